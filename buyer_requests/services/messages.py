"""Who is told of what happens to a request, under which key. No message names a buyer or a rival."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.urls import reverse

from buyer_requests.auctioning.guards import hides_bids
from buyer_requests.bidding.enums import Side
from buyer_requests.enums import BidState
from buyer_requests.models import Award, Bid, BuyerRequest, CounterOffer, Question, VendorNotice
from buyer_requests.sealing import messages as under_seal
from buyer_requests.sealing.holding import is_sealed
from buyer_requests.telling.enums import NoticeState
from core.money import PRICE_SCALE
from notifications.services import Message, notify, notify_many
from vendors.models import Membership, Vendor
from vendors.selectors import people_to_tell

#: Lines named in a message; the rest is a number.
NAMED = 5
#: Vendors who are told in the same statements.
TOLD_AT_ONCE = 300


def page_of_buyer(request: BuyerRequest) -> str:
    return reverse("requests:detail", args=[request.public_id])


def page_of_vendor(request: BuyerRequest, vendor: Vendor) -> str:
    return reverse("requests_desk:detail", args=[vendor.slug, request.public_id])


def tell_vendor(
    request: BuyerRequest, vendor: Vendor, *, kind: str, key: str, params: dict[str, Any] | None = None
) -> int:
    """One message to everybody who works for the vendor. The buyer is left out: also who buys may sell."""
    people = people_to_tell(vendor).values_list("pk", flat=True)
    return notify_many([to_vendor(request, vendor, people, kind=kind, key=key, params=params)])


def to_vendor(
    request: BuyerRequest,
    vendor: Vendor,
    people: Iterable[int],
    *,
    kind: str,
    key: str,
    params: dict[str, Any] | None = None,
) -> Message:
    """The message that `tell_vendor` sends, for telling many vendors at once."""
    return Message(
        users=[pk for pk in people if pk != request.buyer_id],
        kind=kind,
        params={"request": request.title, "vendor": vendor.name, **_deadline(request), **(params or {})},
        url=page_of_vendor(request, vendor),
        key=f"request:{request.pk}:{vendor.pk}:{key}",
    )


def tell_buyer(request: BuyerRequest, *, kind: str, key: str, params: dict[str, Any] | None = None) -> int:
    said = to_buyer(request, kind=kind, key=key, params=params)
    return notify(users=said.users, kind=said.kind, params=said.params, url=said.url, key=said.key)


def to_buyer(request: BuyerRequest, *, kind: str, key: str, params: dict[str, Any] | None = None) -> Message:
    """The message that `tell_buyer` sends, for telling of many things at once."""
    return Message(
        users=[request.buyer_id],
        kind=kind,
        params={"request": request.title, **_deadline(request), **(params or {})},
        url=page_of_buyer(request),
        key=f"request:{request.pk}:{key}",
    )


def named_lines(texts: Iterable[str]) -> dict[str, Any]:
    """Parameters that name some lines: `lines` (at most five texts, then an ellipsis) and `matched`."""
    every = list(texts)
    shown = [text if len(text) <= 80 else f"{text[:79]}…" for text in every[:NAMED]]
    return {"lines": "; ".join(shown) + ("; …" if len(every) > NAMED else ""), "matched": len(every)}


def tell_buyer_of_bid(bid: Bid, *, is_new: bool) -> None:
    if hides_bids(bid.request):
        return
    tell_buyer(
        bid.request,
        kind="bid.received" if is_new else "bid.revised",
        key=f"bid:{bid.pk}:{bid.revision}",
        params={"vendor": bid.vendor.name, "priced": bid.lines.count(), "total": bid.request.lines.count()},
    )


def tell_buyer_of_withdrawal(bid: Bid) -> None:
    if hides_bids(bid.request):
        return
    tell_buyer(
        bid.request,
        kind="bid.withdrawn",
        key=f"bid:{bid.pk}:{bid.revision}:withdrawn",
        params={"vendor": bid.vendor.name},
    )


def tell_of_counter(counter: CounterOffer, kind: str) -> None:
    """To the side that has to know: of a new one the other, of an answer its author, of an end both."""
    bid = counter.bid
    params: dict[str, Any] = {
        "vendor": bid.vendor.name,
        "line": counter.line.text[:80] if counter.line else "",
        "price": f"{counter.price_amount / PRICE_SCALE:.2f} {bid.currency}" if counter.price_amount else "—",
        "day": counter.delivery_on.isoformat() if counter.delivery_on else "—",
        "text": counter.text,
    }
    key = f"counter:{counter.pk}:{counter.state}"
    by_buyer = counter.side == Side.BUYER
    if kind == "counter.expired" or (kind == "counter.made") == by_buyer:
        tell_vendor(bid.request, bid.vendor, kind=f"{kind}.vendor", key=key, params=params)
    if kind == "counter.expired" or (kind == "counter.made") != by_buyer:
        tell_buyer(bid.request, kind=f"{kind}.buyer", key=key, params=params)


def tell_vendor_of_automatic_bid(bid: Bid, rule: str) -> None:
    tell_vendor(
        bid.request,
        bid.vendor,
        kind="bid.automatic",
        key="automatic",
        params={"rule": rule, "priced": bid.lines.count(), "total": bid.request.lines.count()},
    )


def tell_buyer_of_closing(request: BuyerRequest) -> None:
    bids = request.bids.filter(state=BidState.SENT).count()
    tell_buyer(request, kind="request.closed", key=f"closed:{request.deadline_at}", params={"bids": bids})


def tell_buyer_of_question(question: Question) -> None:
    tell_buyer(
        question.request,
        kind="request.question",
        key=f"question:{question.pk}",
        params={"text": question.text[:300]},
    )


def tell_of_answer(question: Question) -> None:
    told = {vendor.pk: vendor for vendor in _bidders(question.request)} | {
        question.vendor_id: question.vendor
    }
    under_seal.tell_bidders(question.request, "answer", f"answer:{question.pk}", noted=told)
    params = {"text": question.text[:300], "answer": question.answer[:300]}
    tell_vendors(
        question.request,
        [(vendor, "request.answer", f"answer:{question.pk}", params) for vendor in told.values()],
    )


def tell_bidders_of_deadline(request: BuyerRequest) -> None:
    sealed = is_sealed(request)
    key = f"deadline:{request.deadline_at}"
    told = _tell_bidders(request, kind="sealed.prolonged" if sealed else "request.prolonged", key=key)
    under_seal.tell_bidders(request, "deadline", key, noted=told)


def tell_bidders_of_cancelling(request: BuyerRequest) -> None:
    sealed = is_sealed(request)
    # Once an operator has opened it again, it may be cancelled again.
    key = f"cancelled:{request.closed_at}"
    told = _tell_bidders(request, kind="sealed.cancelled" if sealed else "request.cancelled", key=key)
    under_seal.tell_bidders(request, "cancelled", key, noted=told)


def tell_bidders_of_criteria(request: BuyerRequest, key: str) -> None:
    sealed = is_sealed(request)
    told = _tell_bidders(request, kind="sealed.criteria" if sealed else "request.criteria", key=key)
    under_seal.tell_bidders(request, "criteria", key, noted=told)


def tell_bidders_of_wording(request: BuyerRequest, number: int) -> None:
    """Of a further version while bids are sealed: nobody knows who has to confirm, so all hear it. The request is locked."""
    key = f"changed:{number}"
    told = _tell_bidders(request, kind="sealed.changed", key=key)
    under_seal.tell_bidders(request, "changed", key, noted=told)


def _tell_bidders(request: BuyerRequest, *, kind: str, key: str) -> set[int]:
    vendors = _bidders(request)
    tell_vendors(request, [(vendor, kind, key, {}) for vendor in vendors])
    return {vendor.pk for vendor in vendors}


def tell_vendors(request: BuyerRequest, told: Collection[tuple[Vendor, str, str, dict[str, Any]]]) -> None:
    """Each vendor of its own (kind, key, parameters), in as many statements for hundreds of bidders as for one."""
    people: dict[int, list[int]] = defaultdict(list)
    vendors = [vendor for vendor, *_rest in told]
    members = Membership.objects.filter(vendor__in=vendors, user__is_active=True).order_by("user")
    for vendor, user in members.values_list("vendor_id", "user_id"):
        people[vendor].append(user)
    every = [
        to_vendor(request, vendor, people[vendor.pk], kind=kind, key=key, params=params)
        for vendor, kind, key, params in told
    ]
    for first in range(0, len(every), TOLD_AT_ONCE):
        notify_many(every[first : first + TOLD_AT_ONCE])


def tell_of_award(request: BuyerRequest, bids: Collection[Bid], awards: Collection[Award]) -> None:
    """Every bidder learns how it ended for him, and of nobody else. Who lost is told once, at the first decision."""
    is_first = not request.awards.exclude(pk__in=[award.pk for award in awards]).exists()
    texts = dict(request.lines.values_list("pk", "text"))
    won: dict[int, list[str]] = defaultdict(list)
    for award in awards:
        won[award.bid_id].append(texts[award.line_id])
    vendors = Vendor.objects.in_bulk([bid.vendor_id for bid in bids])
    key = "award" if is_first else f"award:{min(award.pk for award in awards)}"
    tell_vendors(
        request,
        [
            (
                vendors[bid.vendor_id],
                "bid.won" if bid.pk in won else "bid.lost",
                key,
                named_lines(won.get(bid.pk, [])),
            )
            for bid in bids
            if is_first or bid.pk in won
        ],
    )


def tell_buyer_of_answer(
    request: BuyerRequest, vendor: Vendor, awards: Collection[Award], *, accepts: bool
) -> None:
    tell_buyer(
        request,
        kind="award.accepted" if accepts else "award.declined",
        key=f"answer:{min(award.pk for award in awards)}",
        params={"vendor": vendor.name, **named_lines(award.line.text for award in awards)},
    )


def tell_of_expiry(request: BuyerRequest, awards: Collection[Award]) -> None:
    """The buyer of all, each vendor of its own."""
    _tell_of_awards(request, awards, vendors="bid.late", buyer="award.expired", key="expired")


def tell_of_passing(request: BuyerRequest, awards: Collection[Award]) -> None:
    """Those to whom lines passed, and the buyer."""
    _tell_of_awards(request, awards, vendors="bid.won", buyer="award.passed", key="award")


def _tell_of_awards(
    request: BuyerRequest, awards: Collection[Award], *, vendors: str, buyer: str, key: str
) -> None:
    """By vendor, a message to it and one to the buyer; in as many statements for many vendors as for one."""
    texts = dict(request.lines.values_list("pk", "text"))
    by_vendor: dict[int, list[Award]] = {}
    for award in awards:
        by_vendor.setdefault(award.bid.vendor_id, []).append(award)
    names = Vendor.objects.in_bulk(by_vendor)
    told = [
        (
            names[vendor],
            f"{key}:{min(award.pk for award in own)}",
            named_lines(texts[award.line_id] for award in own),
        )
        for vendor, own in by_vendor.items()
    ]
    tell_vendors(request, [(vendor, vendors, its_key, lines) for vendor, its_key, lines in told])
    notify_many(
        [
            to_buyer(request, kind=buyer, key=its_key, params={"vendor": vendor.name, **lines})
            for vendor, its_key, lines in told
        ]
    )


def tell_buyer_of_free_lines(request: BuyerRequest, count: int) -> None:
    last = request.awards.order_by("-answered_at").values_list("pk", flat=True).first()
    tell_buyer(request, kind="award.free", key=f"free:{last}", params={"matched": count})


def _bidders(request: BuyerRequest) -> list[Vendor]:
    """Who has a bid in force. While bids are sealed, all who were told of the request: bidders stay among them.

    Whom their own settings spared, or whose turn has not come, hear nothing of it later either.
    """
    if is_sealed(request):
        told = (NoticeState.TOLD, NoticeState.COLLECTED, NoticeState.INBOX)
        noted = VendorNotice.objects.filter(request=request, state__in=told).values("vendor")
        return list(Vendor.objects.public().filter(pk__in=noted).order_by("pk"))
    return [bid.vendor for bid in request.bids.filter(state=BidState.SENT).select_related("vendor")]


def _deadline(request: BuyerRequest) -> dict[str, str]:
    return {"deadline_at": request.deadline_at.isoformat()} if request.deadline_at else {}
