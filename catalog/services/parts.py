"""Only prices and stock of offers, by the hundred: what a source that tells nothing else writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import transaction

from catalog.enums import Availability
from catalog.locks import locked_offers
from catalog.models import Offer, OfferEdit, PriceChange, StockLevel
from catalog.services.changes import WATCHING, announce
from core.bulk import database_time, insert_rows, update_rows

#: A person's word about any of these holds the whole price.
PRICE_FIELDS = ("price_amount", "price_currency", "old_price_amount")


class Part(NamedTuple):
    """`price` is (amount in 1/10,000, currency, old amount or None), `stock` (state, quantity as text or None, days)."""

    offer_id: int
    price: tuple[int, str, int | None] | None = None
    stock: tuple[str, str | None, int | None] | None = None


class PartWritten(NamedTuple):
    """What an offer cost before, where its price was changed."""

    offer_id: int
    old_amount: int | None
    old_currency: str


def write_parts(*, parts: Sequence[Part], now: dt.datetime) -> list[PartWritten]:
    """Changes prices and stock of offers and announces them; nothing else of the offers is touched.

    To be called inside a transaction, whose rows of the offers it locks. A price that a person set stays; an offer that
    is not there any more is passed over. A change of quantity alone touches `StockLevel` and nothing else.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("write_parts belongs into a transaction")
    found = locked_offers([part.offer_id for part in parts]).values_list(
        "pk", "price_amount", "price_currency", "old_price_amount", "availability"
    )
    before = {row[0]: row[1:] for row in found}
    edited = set(
        OfferEdit.objects.filter(offer__in=list(before), field__in=PRICE_FIELDS).values_list(
            "offer_id", flat=True
        )
    )
    writer = _Writer(before, edited, database_time(now))
    written = [writer.write(part) for part in parts if part.offer_id in before]
    writer.flush()
    return written


class _Writer:
    """Collects the rows of one chunk by statement, then sends each statement once."""

    def __init__(self, before: dict[int, tuple[Any, ...]], edited: set[int], moment: Any) -> None:
        self.before = before
        self.edited = edited
        self.moment = moment
        self.updates: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
        self.history: list[tuple[Any, ...]] = []
        self.stock: list[tuple[Any, ...]] = []
        self.changed: list[int] = []
        self.newly_fitting: list[int] = []

    def write(self, part: Part) -> PartWritten:
        amount, currency, old, availability = self.before[part.offer_id]
        names: tuple[str, ...] = ()
        values: tuple[Any, ...] = ()
        was = PartWritten(part.offer_id, None, "")
        is_free = part.offer_id not in self.edited
        if part.price is not None and is_free and part.price != (amount, currency, old):
            names, values = PRICE_FIELDS, part.price
            if part.price[:2] != (amount, currency):
                self.history.append((part.offer_id, *part.price[:2], self.moment))
                was = PartWritten(part.offer_id, amount, currency)
        if part.stock is not None:
            self.stock.append((part.offer_id, *part.stock))
            if part.stock[0] != availability:
                names, values = (*names, "availability"), (*values, part.stock[0])
        if names:
            self.updates.setdefault(names, []).append((*values, self.moment, part.offer_id))
            self.changed.append(part.offer_id)
            if names != ("availability",) or values != (Availability.NONE.value,):
                self.newly_fitting.append(part.offer_id)
        return was

    def flush(self) -> None:
        for columns, rows in self.updates.items():
            update_rows(Offer, (*columns, "updated_at"), rows, also="version = version + 1")
        insert_rows(PriceChange, ("offer_id", "amount", "currency", "changed_at"), self.history)
        insert_rows(
            StockLevel,
            ("offer_id", "state", "quantity", "order_days"),
            self.stock,
            "ON CONFLICT (offer_id) WHERE point_id IS NULL DO UPDATE SET state = excluded.state,"
            " quantity = excluded.quantity, order_days = excluded.order_days",
        )
        announce(self.changed, consumers=("search", WATCHING))
        announce(self.newly_fitting, consumers=("requests",))
