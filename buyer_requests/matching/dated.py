"""Once a day: lines that are needed by a day are held against their stored matches again, for each day is one less."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from buyer_requests.enums import RequestState
from buyer_requests.matching.documents import variants
from buyer_requests.matching.incremental import OFFERS_AT_ONCE, match_some
from buyer_requests.matching.open_lines import WHOLE, Shard, open_lines
from buyer_requests.models import LineMatch, RequestLine, VendorFit
from catalog.freshness import fresh
from catalog.models import Offer
from core import outbox

CONSUMER = "requests"
REJUDGE = "rejudge"
LINES_AT_ONCE = 1_000


def ask() -> int:
    """Facts for whoever matches, so that nobody else writes matches of these lines meanwhile; how many lines."""
    ids = _dated()
    outbox.emit_many(
        (CONSUMER, REJUDGE, {"lines": ids[start : start + LINES_AT_ONCE]})
        for start in range(0, len(ids), LINES_AT_ONCE)
    )
    return len(ids)


def rejudge() -> int:
    """All of them here and now; how many lines were looked at."""
    ids = _dated()
    for start in range(0, len(ids), LINES_AT_ONCE):
        rejudge_lines(ids[start : start + LINES_AT_ONCE])
    return len(ids)


def rejudge_lines(line_ids: Sequence[int], *, shard: Shard = WHOLE) -> None:
    """Takes matches away that no longer come in time. New ones cannot come of it. Repeating it changes nothing."""
    some = [line for line in line_ids if shard.has(line)]
    held = set(LineMatch.objects.filter(line__in=some).values_list("offer_id", flat=True))
    for spare in VendorFit.objects.filter(line__in=some).values_list("spare", flat=True):
        held.update(spare)
    offers = sorted(held)
    lines = open_lines(shard).only(some)
    for first in range(0, len(offers), OFFERS_AT_ONCE):
        part = offers[first : first + OFFERS_AT_ONCE]
        match_some(set(part), variants(fresh(Offer.objects.on_sale().filter(pk__in=part))), lines)


def _dated() -> list[int]:
    dated = RequestLine.objects.filter(
        Q(needed_by__isnull=False) | Q(request__needed_by__isnull=False), request__state=RequestState.OPEN
    )
    return list(dated.order_by("pk").values_list("pk", flat=True))
