"""The two sides of the reverse matcher, free of any noun of requests or catalog."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import NamedTuple


class Missed(enum.StrEnum):
    """Limits of a stored query; a near miss fails exactly one of them."""

    PRICE = "price"
    QUANTITY = "quantity"
    VENDOR = "vendor"
    CATEGORY = "category"
    UNIT = "unit"
    PLACE = "place"
    DAYS = "days"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class StoredQuery:
    """A query that waits for offers (a request line, a saved search).

    `text` is analysed here. Amounts are in 1/10,000 UAH per `unit` (UN/ECE code, '' = any). `quantity` is in
    `unit`. A limit that is None does not apply; `vendor_ids` restricts, `excluded_vendor_ids` removes. `place` is where
    the good is needed ("" = anywhere), `days` within how many days at most.
    """

    id: int
    text: str
    max_price: int | None = None
    min_price: int | None = None
    quantity: float | None = None
    unit: str = ""
    vendor_ids: frozenset[int] | None = None
    excluded_vendor_ids: frozenset[int] = frozenset()
    category_ids: frozenset[int] | None = None
    place: str = ""
    days: int | None = None


@dataclass(frozen=True, slots=True)
class OfferDocument:
    """An offer as the matcher sees it.

    `text` is everything that describes it (title, titles by language, brand); `codes` article, MPN, GTIN.
    `titles` are the titles alone, which tell what the good is ((): the lines of `text`), `brand` names no good.
    `price` is in 1/10,000 UAH per one `unit` of the offer, `pack_count` how many pieces (or base units)
    the unit holds. `quantity` is what is available in `unit`, None if not told. `category_ids` are the
    category and all its ancestors. `places` are where it is delivered to (None: not told, so maybe everywhere), within
    `days` at the least; `pickups` are places where it can be collected, within `pickup_days`.
    """

    id: int
    vendor_id: int
    text: str
    codes: tuple[str, ...] = ()
    price: int | None = None
    unit: str = ""
    pack_count: float = 1
    quantity: float | None = None
    category_ids: frozenset[int] = frozenset()
    titles: tuple[str, ...] = ()
    brand: str = ""
    places: frozenset[str] | None = None
    pickups: frozenset[str] = frozenset()
    days: int = 0
    pickup_days: int = 0


class Match(NamedTuple):
    """An offer that meets a query. `price` is 1/10,000 UAH per unit of the query; `score` is 0 to 1, higher
    is closer (share of the offer's title that the query names; half of it where the good is that only by a
    second name).
    """

    query_id: int
    offer_id: int
    vendor_id: int
    score: float
    price: int | None


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An offer that misses exactly one limit; `by` is how much, in the limit's measure. Of a missed WORD `terms` are those
    that would have met it.
    """

    match: Match
    missed: Missed
    by: int | float | None = None
    terms: tuple[str, ...] = ()
