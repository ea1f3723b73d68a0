"""What follows a published version, out of the outbox: lines are matched, vendors told, rules bid, bidders asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.utils import timezone

from buyer_requests.bidding.automatic import bid_by_rules
from buyer_requests.changing import tellings
from buyer_requests.changing.services import CHANGED
from buyer_requests.enums import RequestState
from buyer_requests.matching.forward import match_texts
from buyer_requests.matching.queries import stored_queries
from buyer_requests.matching.store import by_pair, replace_pairs
from buyer_requests.models import BuyerRequest, RequestLine, VendorFit, VendorNotice
from buyer_requests.services import notices


def after_changes(facts: Iterable[dict[str, Any]]) -> None:
    """Takes those of the facts that tell of a published version."""
    for fact in facts:
        if fact["topic"] == CHANGED:
            _after_change(fact)


def _after_change(fact: dict[str, Any]) -> None:
    """Takes a fact of the topic "changed": {request, version, lines}. Repeating it changes nothing.

    Rules bid before people are told: who has answered by then is told of that, and is asked nothing.
    """
    request = BuyerRequest.objects.filter(pk=fact["request"], state=RequestState.OPEN).first()
    if request is None:
        return
    notices.note_for_request(request, rematch_lines(request, fact["lines"]))
    noted = VendorNotice.objects.filter(request=request).values_list("vendor_id", flat=True)
    bid_by_rules([(request.pk, vendor) for vendor in noted])
    tellings.tell_bidders(request, fact["version"])


def rematch_lines(request: BuyerRequest, line_ids: Collection[int]) -> dict[int, set[int]]:
    """Matches some lines of a request anew: {vendor: those of the lines that it can meet}. Others keep what they have."""
    lines = list(RequestLine.objects.filter(request=request, pk__in=line_ids).select_related("request"))
    if not lines:
        return {}
    ids = [line.pk for line in lines]
    found = by_pair(each for offers in match_texts(stored_queries(lines)).values() for each in offers)
    held = set(VendorFit.objects.filter(line__in=ids).values_list("line_id", "vendor_id"))
    replace_pairs({**{pair: [] for pair in held}, **found}, spare={})
    touched = {line for line, _vendor in (*held, *found)}
    RequestLine.objects.filter(pk__in=[pk for pk in ids if pk not in touched]).update(
        match_count=0, matched_at=timezone.now()
    )
    fits: dict[int, set[int]] = defaultdict(set)
    for line, vendor in found:
        fits[vendor].add(line)
    return dict(fits)
