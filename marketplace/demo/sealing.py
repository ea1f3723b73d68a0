"""Two sealed requests of the demo: one that is open, one whose bids were opened; bid on from the shops' own price lists."""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from collections.abc import Collection
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from buyer_requests.bidding.inputs import BidTerms
from buyer_requests.bidding.prefill import filled_lines
from buyer_requests.errors import RequestNotOpen
from buyer_requests.locks import database_now
from buyer_requests.matching import rematch_request
from buyer_requests.models import BuyerRequest
from buyer_requests.sealing.enums import Reveals
from buyer_requests.sealing.opening import open_request
from buyer_requests.sealing.terms import choose_sealed
from buyer_requests.services.bids import send_bid
from buyer_requests.services.publishing import publish_request
from buyer_requests.services.writing import LineInput, create_draft, save_draft
from catalog.models import Category
from core.money import to_price
from vendors.models import Vendor

OPEN = "Папір на рік — запечатаний конкурс"
OPENED = "Чистячі засоби — запечатаний конкурс, відкрито"
_LINES = {
    OPEN: (("Папір А4 80 г/м² 500 арк.", 600, "PK", "230", "office-paper"), ("Файли А4 40 мкм 100 шт", 60, "PK", "140", "file-sleeves")),
    OPENED: (("Засіб для миття посуду Fairy 500 мл", 48, "H87", "85", "dish-soap"), ("Кава в зернах Lavazza 1 кг", 24, "H87", "900", "coffee")),
}  # fmt: skip
#: The demo's deadline is real: bids have so long to come in, and the load waits for it.
_SECONDS = 2.0


def publish_sealed(buyer: User, vendors: Collection[Vendor]) -> None:
    """What is there already is left; an opening that broke off is done by the worker."""
    if not BuyerRequest.objects.filter(buyer=buyer, title=OPEN).exists():
        request = _published(buyer, OPEN, timezone.now() + dt.timedelta(days=6), Reveals.OWN)
        _bid(request, list(vendors)[:2])
    if not BuyerRequest.objects.filter(buyer=buyer, title=OPENED).exists():
        moment = database_now() + dt.timedelta(seconds=_SECONDS)
        request = _published(buyer, OPENED, moment, Reveals.ALL)
        try:
            with contextlib.suppress(
                RequestNotOpen
            ):  # a busy machine: fewer bids, and the row loads all the same
                _bid(request, vendors)
        finally:
            while not open_request(request.pk) and database_now() < moment + dt.timedelta(seconds=_SECONDS):
                time.sleep(0.05)


def _published(buyer: User, title: str, deadline_at: dt.datetime, reveals: Reveals) -> BuyerRequest:
    categories = dict(Category.objects.values_list("slug", "pk"))
    lines = [
        LineInput(
            text=text,
            quantity=Decimal(quantity),
            unit=unit,
            ceiling_amount=to_price(Decimal(ceiling)),
            category_id=categories.get(slug),
        )
        for text, quantity, unit, ceiling, slug in _LINES[title]
    ]
    draft = create_draft(buyer=buyer, title=title)
    draft = save_draft(
        buyer=buyer, request=draft, title=title, lines=lines, place="Київ", deadline_at=deadline_at
    )
    choose_sealed(request=draft, sealed=True, shows_count=reveals == Reveals.ALL, reveals=reveals)
    request = publish_request(buyer=buyer, request=BuyerRequest.objects.get(pk=draft.pk))
    rematch_request(request.pk)
    return request


def _bid(request: BuyerRequest, vendors: Collection[Vendor]) -> None:
    """Each shop that has the goods sends what is filled in for it, the first one twice."""
    for number, vendor in enumerate(vendors):
        filled = filled_lines(vendor, list(request.lines.all()), request.currency).values()
        lines = [line for each in filled if (line := each.as_input()) is not None]
        if not lines:
            continue
        for terms in ("Оплата за рахунком.", "Оплата за рахунком, відстрочка 10 днів.")[
            : 2 if not number else 1
        ]:
            send_bid(
                vendor=vendor,
                user=vendor.applied_by,
                request=request,
                lines=lines,
                terms=BidTerms(currency=request.currency, delivery_days=3, terms=terms),
            )
