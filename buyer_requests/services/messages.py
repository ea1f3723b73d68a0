"""Who is told of what happens to a request, under which key. No message names a buyer or a rival."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from django.urls import reverse

from buyer_requests.enums import BidState
from buyer_requests.models import Award, Bid, BuyerRequest, Question
from notifications.services import Message, notify, notify_many
from vendors.models import Vendor
from vendors.selectors import people_to_tell

#: Lines named in a message; the rest is a number.
NAMED = 5


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
    return notify(
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
    tell_buyer(
        bid.request,
        kind="bid.received" if is_new else "bid.revised",
        key=f"bid:{bid.pk}:{bid.revision}",
        params={"vendor": bid.vendor.name, "priced": bid.lines.count(), "total": bid.request.lines.count()},
    )


def tell_buyer_of_withdrawal(bid: Bid) -> None:
    tell_buyer(
        bid.request,
        kind="bid.withdrawn",
        key=f"bid:{bid.pk}:{bid.revision}:withdrawn",
        params={"vendor": bid.vendor.name},
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
    told = {bid.vendor_id: bid.vendor for bid in _sent(question.request)} | {
        question.vendor_id: question.vendor
    }
    for vendor in told.values():
        tell_vendor(
            question.request,
            vendor,
            kind="request.answer",
            key=f"answer:{question.pk}",
            params={"text": question.text[:300], "answer": question.answer[:300]},
        )


def tell_bidders_of_deadline(request: BuyerRequest) -> None:
    for bid in _sent(request):
        tell_vendor(request, bid.vendor, kind="request.prolonged", key=f"deadline:{request.deadline_at}")


def tell_bidders_of_cancelling(request: BuyerRequest) -> None:
    for bid in _sent(request):
        tell_vendor(request, bid.vendor, kind="request.cancelled", key="cancelled")


def tell_of_award(request: BuyerRequest, bids: Collection[Bid], awards: Collection[Award]) -> None:
    """Every bidder learns how it ended for him, and of nobody else."""
    won = Counter(award.bid_id for award in awards)
    texts = dict(request.lines.values_list("pk", "text"))
    vendors = Vendor.objects.in_bulk([bid.vendor_id for bid in bids])
    for bid in bids:
        given = [texts[award.line_id] for award in awards if award.bid_id == bid.pk]
        tell_vendor(
            request,
            vendors[bid.vendor_id],
            kind="bid.won" if won[bid.pk] else "bid.lost",
            key="award",
            params=named_lines(given),
        )


def _sent(request: BuyerRequest) -> list[Bid]:
    return list(request.bids.filter(state=BidState.SENT).select_related("vendor"))


def _deadline(request: BuyerRequest) -> dict[str, str]:
    return {"deadline_at": request.deadline_at.isoformat()} if request.deadline_at else {}
