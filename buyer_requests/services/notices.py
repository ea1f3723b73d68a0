"""Vendors who are noted for a request: by fitting offers, earlier bids, a followed category, or chosen; each once."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from buyer_requests.bidding.automatic import live_vendors
from buyer_requests.enums import Audience, NoticeReason, RequestState
from buyer_requests.matching.store import Pair
from buyer_requests.models import (
    BuyerRequest,
    CategoryFollow,
    Reach,
    RequestLine,
    VendorNotice,
    WaitingVendor,
)
from buyer_requests.telling.delivering import deliver
from buyer_requests.telling.enums import NoticeState
from buyer_requests.telling.past import categories_of, past_of
from buyer_requests.telling.turns import AT_ONCE as WAVE
from buyer_requests.telling.turns import CONSUMER, TELL, Candidate, put_off, split
from buyer_requests.trust.models import HOLDING
from catalog.models import Category
from core import clock, outbox
from core.bulk import database_time, insert_rows, json_text, update_rows
from vendors.models import Membership, Vendor

__all__ = ["TELL", "followers_of_categories", "may_hear", "note_for_pairs", "note_for_request", "tell"]

_AT_ONCE = 200


def note_for_request(request: BuyerRequest, fits: Mapping[int, Collection[int]]) -> int:
    """After a request was matched as a whole: `fits` is {vendor: its lines}. Returns how many vendors are new.

    Of several reasons the strongest counts: chosen, matching offers, what was sold or offered before, the category.
    """
    categories = categories_of(request)
    wanted = {
        vendor: Candidate(vendor, NoticeReason.CATEGORY) for vendor in followers_of_categories(categories)
    }
    why = {vendor: past.as_json() for vendor, past in past_of(request, categories).items()}
    for vendor, did in why.items():
        wanted[vendor] = Candidate(vendor, NoticeReason.PAST, why=did)
    for vendor, lines in fits.items():
        wanted[vendor] = Candidate(vendor, NoticeReason.MATCH, sorted(lines), why.get(vendor, {}))
    for vendor in request.invitations.values_list("vendor_id", flat=True):
        wanted[vendor] = Candidate(
            vendor, NoticeReason.INVITED, sorted(fits.get(vendor, ())), why.get(vendor, {})
        )
    return _note({request.pk: wanted})


def note_for_pairs(pairs: Iterable[Pair]) -> int:
    """After offers were matched: pairs of line and vendor that met. Returns how many notices are new."""
    vendors: dict[int, set[int]] = defaultdict(set)
    for line, vendor in pairs:
        vendors[line].add(vendor)
    ids = sorted(vendors)
    wanted: dict[int, dict[int, Candidate]] = defaultdict(dict)
    for start in range(0, len(ids), 10_000):
        rows = RequestLine.objects.filter(pk__in=ids[start : start + 10_000]).values_list("pk", "request_id")
        for line, request in rows:
            for vendor in vendors[line]:
                wanted[request].setdefault(vendor, Candidate(vendor, NoticeReason.MATCH)).lines.append(line)
    return _note(wanted)


def followers_of_categories(categories: Collection[int]) -> set[int]:
    paths = Category.objects.filter(pk__in=categories).values_list("path", flat=True)
    steps = Category.steplen
    above = {path[:end] for path in paths for end in range(steps, len(path) + 1, steps)}
    if not above:
        return set()
    return set(CategoryFollow.objects.filter(category__path__in=above).values_list("vendor_id", flat=True))


def may_hear(requests: Collection[BuyerRequest], vendor_ids: Collection[int]) -> dict[int, set[int]]:
    """{request: vendors who may be told of it}: approved, not on holiday, in the audience, and not the buyer's own company."""
    approved = set(Vendor.objects.at_work().filter(pk__in=vendor_ids).values_list("pk", flat=True))
    own: dict[int, set[int]] = defaultdict(set)
    buyers = {request.buyer_id for request in requests}
    for user, vendor in Membership.objects.filter(user_id__in=buyers).values_list("user_id", "vendor_id"):
        own[user].add(vendor)
    invited: dict[int, set[int]] = defaultdict(set)
    chosen = [request.pk for request in requests if request.audience == Audience.CHOSEN]
    if chosen:
        rows = BuyerRequest.objects.filter(pk__in=chosen).values_list("pk", "invitations__vendor_id")
        for request_id, vendor in rows:
            invited[request_id].add(vendor)
    return {
        request.pk: (approved & invited[request.pk] if request.audience == Audience.CHOSEN else approved)
        - own[request.buyer_id]
        for request in requests
    }


def _note(wanted: Mapping[int, Mapping[int, Candidate]]) -> int:
    """Writes down who is to be told; the telling itself is further facts, so that no transaction is long."""
    new = 0
    ids = sorted(wanted)
    for start in range(0, len(ids), _AT_ONCE):
        new += _note_some({request: wanted[request] for request in ids[start : start + _AT_ONCE]})
    return new


def _note_some(wanted: Mapping[int, Mapping[int, Candidate]]) -> int:
    now = clock.now()
    requests = list(
        BuyerRequest.objects.filter(pk__in=wanted, state=RequestState.OPEN).exclude(hold__state__in=HOLDING)
    )
    everybody = {vendor for candidates in wanted.values() for vendor in candidates}
    allowed = may_hear(requests, everybody)
    told: dict[tuple[int, int], tuple[int, list[int], str]] = {
        (request, vendor): (pk, lines, state)
        for pk, request, vendor, lines, state in VendorNotice.objects.filter(
            request_id__in=wanted, vendor_id__in=everybody
        ).values_list("pk", "request_id", "vendor_id", "lines", "state")
    }
    fresh: dict[int, list[Candidate]] = defaultdict(list)
    grown: list[tuple[str, int]] = []
    spared: list[int] = []
    again: list[tuple[int, int]] = []
    for request in requests:
        for vendor, candidate in wanted[request.pk].items():
            if vendor not in allowed[request.pk]:
                continue
            known = told.get((request.pk, vendor))
            if known is None:
                fresh[request.pk].append(candidate)
                continue
            pk, lines, state = known
            if not set(candidate.lines) <= set(lines):
                grown.append((json_text(sorted({*lines, *candidate.lines})), pk))
                if state == NoticeState.SPARED:  # with more lines the vendor's settings may let it through
                    spared.append(pk)
                    again.append((request.pk, vendor))
    turns = _turns(requests, fresh, now)
    noted = [(request.pk, each) for request in requests for each in turns[request.pk][0]]
    at = database_time(timezone.now())
    with transaction.atomic():
        update_rows(VendorNotice, ("lines",), grown)
        VendorNotice.objects.filter(pk__in=spared, state=NoticeState.SPARED).update(state=NoticeState.NEW)
        # Another worker may have noted the same pair since the look: the constraint keeps one.
        insert_rows(
            VendorNotice,
            ("request_id", "vendor_id", "reason", "lines", "why", "state", "created_at"),
            [
                (
                    request_id,
                    each.vendor,
                    each.reason.value,
                    json_text(sorted(each.lines)),
                    json_text(each.why) if each.why else None,
                    NoticeState.NEW.value,
                    at,
                )
                for request_id, each in noted
            ],
            "ON CONFLICT (request_id, vendor_id) DO NOTHING",
        )
        for request in requests:
            if waiting := turns[request.pk][1]:
                put_off(request, waiting, now)
        pairs = [(request_id, each.vendor) for request_id, each in noted] + again
        outbox.emit_many(
            (CONSUMER, TELL, {"pairs": pairs[first : first + _AT_ONCE]})
            for first in range(0, len(pairs), _AT_ONCE)
        )
    return len(noted)


def _turns(
    requests: Collection[BuyerRequest], fresh: Mapping[int, list[Candidate]], now: dt.datetime
) -> dict[int, tuple[list[Candidate], list[Candidate]]]:
    """{request: those who are told now, those who wait}; the database is asked only where there may be too many."""
    turns = {request.pk: (fresh.get(request.pk, []), list[Candidate]()) for request in requests}
    some = [request.pk for request in requests if fresh.get(request.pk)]
    noted = dict(
        VendorNotice.objects.filter(request_id__in=some)
        .order_by()
        .values_list("request")
        .annotate(Count("pk"))
    )
    for request in some:
        if len(fresh[request]) + noted.get(request, 0) <= WAVE:
            continue
        waves = Reach.objects.filter(pk=request).values_list("waves", flat=True).first() or 1
        waits = set(WaitingVendor.objects.filter(request=request).values_list("vendor_id", flat=True))
        candidates = [each for each in fresh[request] if each.vendor not in waits]
        turns[request] = split(
            candidates,
            room=max(0, WAVE * waves - noted.get(request, 0)) if not waits else 0,
            exempt=live_vendors([each.vendor for each in candidates]),
            now=now,
        )
    return turns


def tell(pairs: Collection[tuple[int, int]]) -> int:
    """Tells of noted pairs of request and vendor, as each vendor chose. Returns how many messages are new.

    Telling twice adds nothing. A request that closed or was held back meanwhile is not told of.
    """
    return deliver(pairs)
