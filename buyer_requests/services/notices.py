"""Vendors who are told of a request: those whose offers fit, who follow a category, or whom the buyer chose; once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from django.db import transaction
from django.db.models import Count

from buyer_requests.enums import Audience, NoticeReason, RequestState
from buyer_requests.matching.store import Pair
from buyer_requests.models import BuyerRequest, CategoryFollow, LineMatch, RequestLine, VendorNotice
from buyer_requests.services import messages
from catalog.models import Category
from core import outbox
from notifications.services import Message, notify_many
from vendors.models import Membership, Vendor

CONSUMER = "requests"
TELL = "tell"
_AT_ONCE = 200
_TOLD_AT_ONCE = 200


def note_for_request(request: BuyerRequest, fits: Mapping[int, Collection[int]]) -> int:
    """After a request was matched as a whole: `fits` is {vendor: its lines}. Returns how many vendors are new."""
    wanted: dict[int, tuple[NoticeReason, list[int]]] = {}
    for vendor in followers_of(request):
        wanted[vendor] = (NoticeReason.CATEGORY, [])
    for vendor, lines in fits.items():
        wanted[vendor] = (NoticeReason.MATCH, sorted(lines))
    for vendor in request.invitations.values_list("vendor_id", flat=True):
        wanted[vendor] = (NoticeReason.INVITED, sorted(fits.get(vendor, ())))
    return _note({request.pk: wanted})


def note_for_pairs(pairs: Iterable[Pair]) -> int:
    """After offers were matched: pairs of line and vendor that met. Returns how many notices are new."""
    vendors: dict[int, set[int]] = defaultdict(set)
    for line, vendor in pairs:
        vendors[line].add(vendor)
    ids = sorted(vendors)
    wanted: dict[int, dict[int, tuple[NoticeReason, list[int]]]] = defaultdict(dict)
    for start in range(0, len(ids), 10_000):
        rows = RequestLine.objects.filter(pk__in=ids[start : start + 10_000]).values_list("pk", "request_id")
        for line, request in rows:
            for vendor in vendors[line]:
                wanted[request].setdefault(vendor, (NoticeReason.MATCH, []))[1].append(line)
    return _note(wanted)


def followers_of(request: BuyerRequest) -> set[int]:
    """Vendors who follow a category of a line or one above it.

    A line without a category counts as of the one that most of its matching offers are in.
    """
    categories = set(
        request.lines.exclude(category=None).order_by().values_list("category_id", flat=True).distinct()
    )
    guessed = (
        LineMatch.objects.filter(line__request=request, line__category=None)
        .exclude(offer__category=None)
        .order_by()
        .values_list("line_id", "offer__category_id")
        .annotate(offers=Count("pk"))
    )
    best: dict[int, tuple[int, int]] = {}
    for line, category, offers in guessed:
        best[line] = max(best.get(line, (0, 0)), (offers, category))
    return followers_of_categories(categories | {category for _offers, category in best.values()})


def followers_of_categories(categories: Collection[int]) -> set[int]:
    paths = Category.objects.filter(pk__in=categories).values_list("path", flat=True)
    steps = Category.steplen
    above = {path[:end] for path in paths for end in range(steps, len(path) + 1, steps)}
    if not above:
        return set()
    return set(CategoryFollow.objects.filter(category__path__in=above).values_list("vendor_id", flat=True))


def may_hear(requests: Collection[BuyerRequest], vendor_ids: Collection[int]) -> dict[int, set[int]]:
    """{request: vendors who may be told of it}: approved, in the audience, and not the buyer's own company."""
    approved = set(Vendor.objects.public().filter(pk__in=vendor_ids).values_list("pk", flat=True))
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


def _note(wanted: Mapping[int, Mapping[int, tuple[NoticeReason, list[int]]]]) -> int:
    """Writes down who is to be told; the telling itself is further facts, so that no transaction is long."""
    new = 0
    ids = sorted(wanted)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        requests = list(BuyerRequest.objects.filter(pk__in=some, state=RequestState.OPEN))
        everybody = {vendor for request in some for vendor in wanted[request]}
        allowed = may_hear(requests, everybody)
        told = {
            (notice.request_id, notice.vendor_id): notice
            for notice in VendorNotice.objects.filter(request_id__in=some, vendor_id__in=everybody)
        }
        fresh, grown = [], []
        for request in requests:
            for vendor, (reason, lines) in wanted[request.pk].items():
                if vendor not in allowed[request.pk]:
                    continue
                notice = told.get((request.pk, vendor))
                if notice is None:
                    fresh.append(
                        VendorNotice(request=request, vendor_id=vendor, reason=reason, lines=sorted(lines))
                    )
                elif not set(lines) <= set(notice.lines):
                    notice.lines = sorted({*notice.lines, *lines})
                    grown.append(notice)
        with transaction.atomic():
            VendorNotice.objects.bulk_update(grown, ["lines"], batch_size=200)
            # Another worker may have noted the same pair since the look: the constraint keeps one.
            VendorNotice.objects.bulk_create(fresh, batch_size=1000, ignore_conflicts=True)
            pairs = [(notice.request_id, notice.vendor_id) for notice in fresh]
            outbox.emit_many(
                (CONSUMER, TELL, {"pairs": pairs[first : first + _AT_ONCE]})
                for first in range(0, len(pairs), _AT_ONCE)
            )
        new += len(fresh)
    return new


_KINDS = {
    NoticeReason.MATCH: "request.fits",
    NoticeReason.CATEGORY: "request.category",
    NoticeReason.INVITED: "request.invited",
}


def tell(pairs: Collection[tuple[int, int]]) -> int:
    """Sends the message of each noted pair of request and vendor. Returns how many people were told.

    The message's key is the pair: telling twice adds nothing. A request that closed meanwhile is not told of.
    """
    wanted = {tuple(pair) for pair in pairs}
    notices = VendorNotice.objects.filter(
        request_id__in={request for request, _vendor in wanted},
        vendor_id__in={vendor for _request, vendor in wanted},
        request__state=RequestState.OPEN,
    ).select_related("request", "vendor")
    notices_now = [notice for notice in notices if (notice.request_id, notice.vendor_id) in wanted]
    texts: dict[int, dict[int, str]] = defaultdict(dict)
    requests = {notice.request_id for notice in notices_now}
    for pk, request, text in (
        RequestLine.objects.filter(request_id__in=requests)
        .order_by("position")
        .values_list("pk", "request_id", "text")
    ):
        texts[request][pk] = text
    people = _people({notice.vendor_id for notice in notices_now})
    told = 0
    for start in range(0, len(notices_now), _TOLD_AT_ONCE):
        told += notify_many(
            [
                _message(notice, texts[notice.request_id], people[notice.vendor_id])
                for notice in notices_now[start : start + _TOLD_AT_ONCE]
            ]
        )
    return told


def _people(vendor_ids: Collection[int]) -> dict[int, list[int]]:
    """Who works for each of the vendors."""
    people: dict[int, list[int]] = defaultdict(list)
    for vendor, user in Membership.objects.filter(vendor_id__in=vendor_ids).values_list(
        "vendor_id", "user_id"
    ):
        people[vendor].append(user)
    return people


def _message(notice: VendorNotice, texts: dict[int, str], people: list[int]) -> Message:
    lines = set(notice.lines)
    met = [text for pk, text in texts.items() if pk in lines]
    return messages.to_vendor(
        notice.request,
        notice.vendor,
        people,
        kind=_KINDS[NoticeReason(notice.reason)],
        key="published",
        params={**messages.named_lines(met or texts.values()), "matched": len(met), "total": len(texts)},
    )
