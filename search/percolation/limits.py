"""What a stored query limits beside its words: vendor, category, unit, quantity, price."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.text.heads import HEAD
from core.text.measures import number_text
from search.percolation.lines import named, needs, text_terms, titles_of, wanted_heads
from search.percolation.types import Missed, OfferDocument, StoredQuery

#: UN/ECE codes of units that say the same, to one of them: pieces under their several names.
_SAME = {
    "C62": "H87",
    "EA": "H87",
    "NMP": "PK",
    "PA": "PK",
    "XPK": "PK",
    "XPA": "PK",
    "XBX": "BX",
    "Z2": "BX",
    "CT": "BX",
    "BG": "PK",
    "BE": "PK",
    "RL": "RO",
    "LTR": "LTR",
    "L": "LTR",
}
#: Units that hold a number of pieces, told by the offer's pack count.
_PACKS = frozenset(["PK", "BX", "SET", "RO", "RM", "CS", "PR", "DZN"])
PIECE = "H87"
#: Measured goods: code → (base, factor).
_MEASURED = {
    "KGM": ("g", 1000.0),
    "GRM": ("g", 1.0),
    "TNE": ("g", 1_000_000.0),
    "LTR": ("ml", 1000.0),
    "MLT": ("ml", 1.0),
    "MTR": ("mm", 1000.0),
    "CMT": ("mm", 10.0),
    "MMT": ("mm", 1.0),
    "MTK": ("m2", 1.0),
    "MTQ": ("m3", 1.0),
}


@dataclass(frozen=True, slots=True)
class Fit:
    """How an offer stands to the limits of a query: price per unit of the query, and what it misses."""

    price: int | None
    missed: tuple[tuple[Missed, int | float | None], ...]


def units_in(query: StoredQuery, offer: OfferDocument) -> float | None:
    """How many units of the query one unit of the offer is; None where the two cannot be compared.

    Any offer meets a query without a unit, one to one. A piece is compared with a pack through the pack count,
    where the pack holds pieces of the very good and the query does not ask for packs of that size by its words.
    """
    asked = query.unit
    wanted, given = _SAME.get(asked, asked), _SAME.get(offer.unit, offer.unit)
    if not wanted or not given or wanted == given:
        return 1.0
    if wanted in _MEASURED and given in _MEASURED:
        (base, factor), (own_base, own_factor) = _MEASURED[wanted], _MEASURED[given]
        return own_factor / factor if base == own_base else None
    if wanted == PIECE and given in _PACKS:
        # A pack of unknown content is one thing that is sold.
        return float(offer.pack_count) if offer.pack_count > 1 and _holds_pieces(query, offer) else 1.0
    if wanted in _PACKS and given == PIECE:
        # A thing sold by the piece that holds several is a pack by itself.
        return 1.0
    if wanted in _PACKS and given in _PACKS:
        return 1.0
    return None


def _holds_pieces(query: StoredQuery, offer: OfferDocument) -> bool:
    """Whether the pack's count is of the pieces that the query counts: not of sheets, nor of another good in it."""
    size = number_text(offer.pack_count)
    told = {term for need in needs(query.text) for term in need.terms}
    if not told.isdisjoint((f"{size}pc", f"{size}sheet")):
        # "Staples 24/6 1000 pcs, 5 pieces" are five packs.
        return False
    terms = text_terms(offer.text)
    if f"{size}sheet" in terms and f"{size}pc" not in terms:
        return False
    return named(wanted_heads(query.text), titles_of(offer), offer.brand) == HEAD


def fit(query: StoredQuery, offer: OfferDocument) -> Fit:
    missed: list[tuple[Missed, int | float | None]] = []
    if offer.vendor_id in query.excluded_vendor_ids or (
        query.vendor_ids is not None and offer.vendor_id not in query.vendor_ids
    ):
        missed.append((Missed.VENDOR, None))
    if query.category_ids is not None and query.category_ids.isdisjoint(offer.category_ids):
        missed.append((Missed.CATEGORY, None))
    if query.place or query.days is not None:
        missed += _late_or_away(query, offer)
    units = units_in(query, offer)
    if units is None:
        missed.append((Missed.UNIT, None))
        return Fit(None, tuple(missed))
    price = None if offer.price is None else _rounded(offer.price / units)
    if query.max_price is not None and (price is None or price > query.max_price):
        missed.append((Missed.PRICE, None if price is None else price - query.max_price))
    elif query.min_price is not None and (price is None or price < query.min_price):
        missed.append((Missed.PRICE, None if price is None else query.min_price - price))
    if query.quantity is not None and offer.quantity is not None and offer.quantity * units < query.quantity:
        missed.append((Missed.QUANTITY, query.quantity - offer.quantity * units))
    return Fit(price, tuple(missed))


def _late_or_away(query: StoredQuery, offer: OfferDocument) -> list[tuple[Missed, int | float | None]]:
    """Whether the good comes to the place, or can be collected there, and the soonest of these ways."""
    place = query.place
    delivered = not place or offer.places is None or place in offer.places
    collected = place in offer.pickups if place else bool(offer.pickups)
    missed: list[tuple[Missed, int | float | None]] = []
    if not delivered and not collected:
        missed.append((Missed.PLACE, None))
    if query.days is not None:
        soonest = offer.pickup_days if collected else offer.days
        if delivered:
            soonest = min(soonest, offer.days)
        if soonest > query.days:
            missed.append((Missed.DAYS, soonest - query.days))
    return missed


def keeps(query: StoredQuery, offer: OfferDocument) -> tuple[bool, int | None]:
    """Whether every limit is kept, and the price: `fit` for the inner loop, where most pairs are of one unit."""
    if query.unit and offer.unit and query.unit != offer.unit:
        fitting = fit(query, offer)
        return not fitting.missed, fitting.price
    price, vendor = offer.price, offer.vendor_id
    kept = (
        (query.max_price is None or (price is not None and price <= query.max_price))
        and (query.min_price is None or (price is not None and price >= query.min_price))
        and (query.quantity is None or offer.quantity is None or offer.quantity >= query.quantity)
        and (query.vendor_ids is None or vendor in query.vendor_ids)
        and vendor not in query.excluded_vendor_ids
        and (query.category_ids is None or not query.category_ids.isdisjoint(offer.category_ids))
        and not ((query.place or query.days is not None) and _late_or_away(query, offer))
    )
    return kept, price


def least_price(offer: OfferDocument) -> float:
    """No query's unit makes the offer cheaper than that, so one with a lower ceiling need not look at it any further."""
    if offer.price is None:
        return math.inf
    if _SAME.get(offer.unit, offer.unit) in _MEASURED:
        return -math.inf
    return offer.price // max(1, offer.pack_count)


def is_plain(query: StoredQuery) -> bool:
    """Whether the query limits nothing but its unit, its quantity and the highest price."""
    return (
        query.min_price is None
        and query.vendor_ids is None
        and not query.excluded_vendor_ids
        and query.category_ids is None
        and not query.place
        and query.days is None
    )


def _rounded(value: float) -> int:
    return int(value + 0.5)
