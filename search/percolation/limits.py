"""What a stored query limits beside its words: vendor, category, unit, quantity, price."""

from __future__ import annotations

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


def keeps(query: StoredQuery, offer: OfferDocument) -> tuple[bool, int | None]:
    """Whether every limit is kept, and the price: `fit` for the inner loop, where most pairs are plain."""
    if (
        query.quantity is not None
        or query.category_ids is not None
        or (query.unit and query.unit != offer.unit)
    ):
        fitting = fit(query, offer)
        return not fitting.missed, fitting.price
    price = offer.price
    if query.max_price is not None and (price is None or price > query.max_price):
        return False, price
    if query.min_price is not None and (price is None or price < query.min_price):
        return False, price
    vendor = offer.vendor_id
    if query.vendor_ids is not None and vendor not in query.vendor_ids:
        return False, price
    return vendor not in query.excluded_vendor_ids, price


def _rounded(value: float) -> int:
    return int(value + 0.5)
