"""Who is told of a published version, and of a confirmed bid."""

from __future__ import annotations

from collections import defaultdict

from django.db import transaction
from django.db.models import F

from buyer_requests.changing.content import difference
from buyer_requests.changing.models import BidStanding, RequestRevision
from buyer_requests.enums import BidState, RequestState
from buyer_requests.locks import locked_request
from buyer_requests.models import Bid, BidLine, BidRevision, BuyerRequest
from buyer_requests.sealing.holding import is_sealed
from buyer_requests.services import messages
from notifications.services import notify_many
from vendors.models import Membership


def tell_bidders(request: BuyerRequest, number: int) -> int:
    """What version `number` changed, to everybody whose bid is in force; each bidder is told of its own lines.

    Telling twice adds nothing. Who has answered that version meanwhile (a rule, a quick person) is not asked. Returns
    how many people were told; of a sealed request, whose bidders nobody counts, 0.
    """
    versions = {
        each.number: each
        for each in RequestRevision.objects.filter(request=request, number__in=(number - 1, number))
    }
    if number not in versions or number - 1 not in versions:
        return 0
    if is_sealed(request):
        with transaction.atomic():
            current, _now = locked_request(request.pk)
            if is_sealed(current) and current.state == RequestState.OPEN:
                messages.tell_bidders_of_wording(current, number)
        return 0
    changes = difference(versions[number - 1].content, versions[number].content)
    texts = {line.line_id: line.text for line in (*changes.material, *changes.removed) if line.line_id}
    bids = list(
        Bid.objects.filter(request=request, state=BidState.SENT).select_related("vendor").order_by("pk")
    )
    answered = set(
        BidStanding.objects.filter(bid__request=request, number__gte=number).values_list("bid", flat=True)
    )
    own: dict[int, list[int]] = defaultdict(list)
    priced = BidLine.objects.filter(
        bid__request=request, line__in=[line.line_id for line in changes.material]
    )
    for bid_id, line_id in priced.values_list("bid", "line").order_by("line__position"):
        own[bid_id].append(line_id)
    for bid_id, gone in _priced_before(request, {line.line_id for line in changes.removed}).items():
        own[bid_id] += gone
    people: dict[int, list[int]] = defaultdict(list)
    members = Membership.objects.filter(vendor__in=[bid.vendor_id for bid in bids], user__is_active=True)
    for vendor, user in members.order_by("user").values_list("vendor_id", "user_id"):
        people[vendor].append(user)
    told = 0
    for first in range(0, len(bids), messages.TOLD_AT_ONCE):
        some = []
        for bid in bids[first : first + messages.TOLD_AT_ONCE]:
            kind, lines = _kind(bid, own, texts, asks=changes.asks, answered=bid.pk in answered)
            some.append(
                messages.to_vendor(
                    request,
                    bid.vendor,
                    people[bid.vendor_id],
                    kind=kind,
                    key=f"changed:{number}",
                    params=messages.named_lines(lines),
                )
            )
        told += notify_many(some)
    return told


def _kind(
    bid: Bid, own: dict[int, list[int]], texts: dict[int, str], *, asks: bool, answered: bool
) -> tuple[str, list[str]]:
    """The kind of message and the texts of lines that it names."""
    if answered:
        return ("request.changed.rule" if bid.is_automatic else "request.changed.told"), []
    if not asks:
        return "request.changed.told", []
    if bid.pk in own:
        return "request.changed.lines", [texts[line] for line in own[bid.pk] if line in texts]
    # A bid whose lines cannot be read here is asked about all of them.
    if not bid.lines.exists() and texts:
        return "request.changed.lines", list(texts.values())
    return "request.changed.rest", []


def _priced_before(request: BuyerRequest, gone: set[int | None]) -> dict[int, list[int]]:
    """{bid: lines that its last revision priced and that are gone}."""
    found: dict[int, list[int]] = {}
    last = BidRevision.objects.filter(bid__request=request, number=F("bid__revision"))
    for bid, content in last.values_list("bid", "content").iterator(chunk_size=100) if gone else ():
        lines = [each["line"] for each in (content or {}).get("lines", ()) if each["line"] in gone]
        if lines:
            found[bid] = lines
    return found


def tell_buyer_of_confirmation(bid: Bid, number: int) -> None:
    messages.tell_buyer(
        bid.request,
        kind="bid.confirmed",
        key=f"bid:{bid.pk}:confirmed:{number}",
        params={"vendor": bid.vendor.name},
    )
