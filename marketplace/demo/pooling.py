"""A pooled request of the demo: an office, a lyceum, a café and a studio buy paper together, six packs short of the next price."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from buyer_requests.bidding.inputs import BidLineInput, BidTerms
from buyer_requests.enums import RequestState
from buyer_requests.models import BuyerRequest, PoolTerms
from buyer_requests.pooling.enums import DeliveryRule
from buyer_requests.pooling.joining import Taking, join
from buyer_requests.services.bids import send_bid
from buyer_requests.services.publishing import publish_request
from buyer_requests.services.writing import LineInput, create_draft, save_draft
from core.money import to_price
from vendors.models import Vendor

TITLE = "Папір А4 разом: беремо палетами"
TEXT = "Папір А4 80 г/м² 500 арк."
#: Who joins, with packs, limit and place. The organiser takes 40.
JOINERS = (
    ("lyceum", 30, "200", "Київ, вул. Велика Васильківська 12", "UA-30"),
    ("cafe", 16, "", "Київ, вул. Ярославів Вал 5", "UA-30"),
    ("studio", 8, "205", "Бровари, вул. Київська 3", "UA-32"),
)
#: From so many packs on, so much a pack; the first from one on.
PRICES = (("1", "208.00"), ("50", "198.50"), ("100", "189.00"), ("300", "181.00"))


def publish_pool(people: Mapping[str, User], vendor: Vendor, owner: User, category: int | None) -> None:
    """Leaves what is there; a draft that a broken load left is finished."""
    buyer = people["buyer"]
    mine = BuyerRequest.objects.filter(buyer=buyer, title=TITLE)
    if mine.exclude(state=RequestState.DRAFT).exists():
        return
    draft = mine.first() or create_draft(buyer=buyer, title=TITLE)
    draft = save_draft(
        buyer=buyer,
        request=draft,
        title=TITLE,
        lines=[LineInput(text=TEXT, quantity=Decimal(40), unit="PK", category_id=category)],
        notes="Кожен платить і отримує окремо. Потрібен рахунок на кожного.",
        place="Київ, Печерський район",
        region="UA-30",
        deadline_at=_end_of(9),
    )
    PoolTerms.objects.update_or_create(
        request=draft,
        defaults={"join_until": _end_of(6), "least_quantity": Decimal(5), "delivery_rule": DeliveryRule.EACH},
    )
    request = publish_request(buyer=buyer, request=draft)
    line = request.lines.get()
    prices = [(Decimal(least), to_price(Decimal(price))) for least, price in PRICES]
    send_bid(
        vendor=vendor,
        user=owner,
        request=request,
        lines=[
            BidLineInput(
                line_id=line.pk,
                title=TEXT,
                quantity=Decimal(600),
                price_amount=prices[0][1],
                breaks=tuple(prices[1:]),
                is_divisible=True,
            )
        ],
        terms=BidTerms(
            currency="UAH",
            delivery_price=to_price(Decimal(90)),
            free_delivery_from=to_price(Decimal(1500)),
            delivery_days=1,
            terms="Рахунок кожному окремо, доставка по Києву та області наступного дня.",
        ),
    )
    for key, packs, limit, place, region in JOINERS:
        ceiling = to_price(Decimal(limit)) if limit else None
        join(
            user=people[key],
            request=request,
            takings={line.pk: Taking(Decimal(packs), ceiling)},
            place=place,
            region=region,
        )


def _end_of(days: int) -> dt.datetime:
    day = timezone.localdate() + dt.timedelta(days=days)
    return timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59, 59)))
