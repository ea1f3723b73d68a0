"""Auctions of the demo: one that is over, with its replay, and one to which bids come in."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from django.utils import timezone

from accounts.models import User
from buyer_requests.auctioning import moving, watching
from buyer_requests.auctioning.enums import Form, StepKind, Subject
from buyer_requests.bidding.inputs import BidLineInput, BidTerms
from buyer_requests.enums import RequestState
from buyer_requests.locks import database_now
from buyer_requests.models import Auction, AuctionLot, BuyerRequest
from buyer_requests.services.bids import send_bid
from buyer_requests.services.publishing import publish_request
from buyer_requests.services.writing import LineInput, create_draft, save_draft
from core.money import to_price
from vendors.models import Vendor

OVER: Final = "Меблі для переговорної: аукціон"
COMING: Final = "Картриджі на квартал: аукціон"
#: (what, quantity, unit, the vendors' opening prices per unit)
FURNITURE: Final = (
    ("Крісло офісне з підлокітниками", "8", "H87", ("3650", "3540", "3720")),
    ("Стіл для переговорів 2400 мм", "1", "H87", ("11900", "12400", "11650")),
    ("Дошка маркерна 120×90 см", "2", "H87", ("1480", "1390", "1450")),
)
CARTRIDGES: Final = (
    ("Картридж HP 85A CE285A", "24", "H87", ("890", "865")),
    ("Картридж Canon 725", "12", "H87", ("940", "960")),
)
#: Who names which delivered total, as it comes; the third is not low enough.
MOVES: Final = (
    (1, "42800"),
    (0, "42400"),
    (1, "42390"),
    (2, "41900"),
    (0, "41500"),
    (2, "40950"),
    (1, "40400"),
)
FLOOR: Final = (0, "39900")

Sellers = Sequence[tuple[Vendor, User]]


def hold(buyer: User, sellers: Sellers) -> None:
    """Leaves what is there; a draft that a broken load left is finished."""
    over = _published(buyer, OVER, FURNITURE, days=2, step=Decimal(200), target=Decimal(41000))
    if over is not None:
        _bids(over, sellers, FURNITURE)
        _race(over, sellers)
    coming = _published(buyer, COMING, CARTRIDGES, days=3, step=Decimal(50), target=None)
    if coming is not None:
        _bids(coming, sellers[:2], CARTRIDGES)


def _published(
    buyer: User, title: str, lines: Sequence[tuple[str, str, str, Sequence[str]]], *,
    days: int, step: Decimal, target: Decimal | None,
) -> BuyerRequest | None:  # fmt: skip
    from buyer_requests.auctioning.board import sealed_reserve

    mine = BuyerRequest.objects.filter(buyer=buyer, title=title)
    if mine.exclude(state=RequestState.DRAFT).exists():
        return None
    draft = mine.first() or create_draft(buyer=buyer, title=title)
    end = timezone.make_aware(
        dt.datetime.combine(timezone.localdate() + dt.timedelta(days=days), dt.time(12))
    )
    draft = save_draft(
        buyer=buyer,
        request=draft,
        title=title,
        lines=[
            LineInput(text=text, quantity=Decimal(quantity), unit=unit) for text, quantity, unit, _ in lines
        ],
        place="Київ, вул. Антоновича 50",
        region="UA-30",
        deadline_at=end,
    )
    Auction.objects.update_or_create(
        request=draft,
        defaults={
            "form": Form.OPEN,
            "subject": Subject.TOTAL,
            "step_kind": StepKind.AMOUNT,
            "step_amount": to_price(step),
            "reserve_sealed": sealed_reserve(None if target is None else to_price(target)),
        },
    )
    return publish_request(buyer=buyer, request=draft)


def _bids(
    request: BuyerRequest, sellers: Sellers, lines: Sequence[tuple[str, str, str, Sequence[str]]]
) -> None:
    for place, (vendor, person) in enumerate(sellers):
        send_bid(
            vendor=vendor,
            user=person,
            request=request,
            lines=[
                BidLineInput(
                    line_id=line.pk,
                    title=line.text,
                    quantity=line.quantity,
                    price_amount=to_price(Decimal(prices[place])),
                )
                for line, (_text, _quantity, _unit, prices) in zip(request.lines.all(), lines, strict=True)
            ],
            terms=BidTerms(currency="UAH", delivery_price=to_price(Decimal(450)), delivery_days=3 + place),
        )


def _race(request: BuyerRequest, sellers: Sellers) -> None:
    """All of it happens here and now, in a moment: nothing in a log is made up afterwards."""
    now = database_now()  # the clock that settles: another one may be a millisecond ahead of it
    BuyerRequest.objects.filter(pk=request.pk).update(
        state=RequestState.CLOSED, deadline_at=now, closed_at=now
    )
    Auction.objects.filter(request=request).update(pause_minutes=0)
    watching.settle_one(request.pk)
    names = dict(enumerate(vendor for vendor, _person in sellers))
    for number, (place, price) in enumerate(MOVES):
        time.sleep(0.02)
        moving.place_bid(
            vendor=names[place], request=request, lot=1, amount=to_price(Decimal(price)), key=f"demo-{number}"
        )
    place, price = FLOOR
    moving.set_floor(
        vendor=names[place], request=request, lot=1, amount=to_price(Decimal(price)), key="demo-floor"
    )
    AuctionLot.objects.filter(auction__request=request).update(due_at=database_now())
    watching.settle_one(request.pk)


def sellers_of(vendors: Mapping[str, Vendor], people: Mapping[str, User]) -> Sellers:
    """The three shops that sell for offices."""
    return [(vendors["K"], people["kanc"]), (vendors["O"], people["ofis"]), (vendors["D"], people["dim"])]
