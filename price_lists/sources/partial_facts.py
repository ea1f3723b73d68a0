"""What is known of the offers that a batch of prices or stock is about, asked in two plain statements.

Django's own `__in` over some thousand ids takes longer than the databases do: two thirds of reading an unchanged file.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection

from catalog.services.parts import PRICE_FIELDS
from core.bulk import among
from price_lists.models import Source
from price_lists.sources.precedence import Above, Said

_FACTS = """
SELECT o.id, o.title, o.brand, o.unit, o.price_amount, o.price_currency, o.old_price_amount,
    COALESCE(s.state, o.availability), s.quantity, s.order_days,
    p.price_amount, p.price_currency, p.old_price_amount, p.stock_state, p.quantity, p.order_days
FROM catalog_offer o
    LEFT JOIN catalog_stocklevel s ON s.offer_id = o.id AND s.point_id IS NULL
    LEFT JOIN price_lists_partialvalue p ON p.source_id = %s AND p.offer_id = o.id
WHERE o.withdrawn_at IS NULL AND """
_EDITED = "SELECT DISTINCT offer_id FROM catalog_offeredit WHERE field IN (%s, %s, %s) AND "
_BY_KEY = "SELECT key, offer_id FROM price_lists_sourceitem WHERE NOT withdrawn AND "


class Now(NamedTuple):
    """An offer as it is on sale."""

    title: str
    brand: str
    unit: str
    amount: int
    currency: str
    old: int | None
    state: str
    quantity: str | None
    days: int | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the offers of one batch."""

    now: dict[int, Now]
    edited: set[int]
    above: dict[int, Said]
    known: dict[int, Said]  # what the source said of them before


def facts_of(offer_ids: Collection[int], *, source: Source, above: Above) -> Facts:
    """Offers that are not on sale are not among them."""
    now: dict[int, Now] = {}
    known: dict[int, Said] = {}
    for row in _rows(_FACTS, [source.pk], "o.id", offer_ids):
        pk, title, brand, unit, amount, currency, old, state, quantity, days = row[:10]
        now[pk] = Now(title, brand, unit, amount, currency, old, state, _plain(quantity), days)
        said_amount, said_currency, said_old, said_state, said_quantity, said_days = row[10:]
        if said_currency is not None:  # there is a row
            known[pk] = Said(
                None if said_amount is None else (said_amount, said_currency, said_old),
                (said_state, _plain(said_quantity), said_days) if said_state else None,
            )
    edited = {row[0] for row in _rows(_EDITED, PRICE_FIELDS, "offer_id", offer_ids)}
    return Facts(now, edited, above.of(offer_ids), known)


def offers_of_keys(keys: Collection[str], *, sources: Collection[int]) -> dict[str, list[int]]:
    """The offers that lists have on sale under these keys."""
    found: dict[str, list[int]] = {}
    for source_id in sources:  # one by one: that is how the index by source and key is used
        for key, offer_id in _rows(_BY_KEY + "source_id = %s AND ", [source_id], "key", keys):
            found.setdefault(key, []).append(offer_id)
    return found


def _rows(statement: str, first: Collection[Any], column: str, values: Collection[Any]) -> list[Any]:
    if not values:
        return []
    condition, parameter = among(column, values)
    with connection.cursor() as cursor:
        cursor.execute(statement + condition, [*first, parameter])
        return list(cursor.fetchall())


@lru_cache(maxsize=4096)
def _plain(quantity: Decimal | float | None) -> str | None:
    """SQLite gives numbers as floats, whose shortest writing has the 14 figures that the column takes."""
    return None if quantity is None else f"{Decimal(str(quantity)).normalize():f}"
