"""What an offer costs for one piece, one kilogram, litre, metre or sheet: pure, from its price, unit, pack and facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from catalog.enums import PriceBasis
from core.money import round_half_up
from vendors.enums import VatStatus

if TYPE_CHECKING:
    from catalog.attributes.reading import Fact
    from catalog.attributes.rules import CategoryRules

#: Units of sale that are measures: code → (basis, how many of it).
_SOLD_BY: Final[Mapping[str, tuple[PriceBasis, float]]] = {
    "KGM": (PriceBasis.KG, 1.0),
    "GRM": (PriceBasis.KG, 0.001),
    "TNE": (PriceBasis.KG, 1000.0),
    "LTR": (PriceBasis.L, 1.0),
    "MLT": (PriceBasis.L, 0.001),
    "MTR": (PriceBasis.M, 1.0),
    "LM": (PriceBasis.M, 1.0),
    "CMT": (PriceBasis.M, 0.01),
    "MMT": (PriceBasis.M, 0.001),
    "KMT": (PriceBasis.M, 1000.0),
    "MTK": (PriceBasis.M2, 1.0),
    "ST": (PriceBasis.SHEET, 1.0),
}
#: Units of sale that say how many pieces they are, where the offer's pack does not.
_PIECES: Final[Mapping[str, int]] = {"T3": 1000, "DZN": 12}
#: Attributes that say how much a good holds, by code and unit: what else is measured in them (the width of a tape, the
#: sheets that a stapler takes, the spine of a folder) is no content.
CONTENT: Final[Mapping[tuple[str, str], tuple[PriceBasis, float]]] = {
    ("weight", "g"): (PriceBasis.KG, 0.001),
    ("volume", "ml"): (PriceBasis.L, 0.001),
    ("length", "mm"): (PriceBasis.M, 0.001),
    ("tape-length", "mm"): (PriceBasis.M, 0.001),
    ("area", "m2"): (PriceBasis.M2, 1.0),
    ("sheets", "sheet"): (PriceBasis.SHEET, 1.0),
}
#: In mm. What is shorter is not sold by its length: scissors, rulers, pens.
SHORTEST: Final = 1000
_EACH = r"(\d{1,5}(?:[.,]\d{1,3})?)\s?(кг|гр|г|мл|л|kg|gr|g|ml|l)"
_COUNT = (
    r"(\d{1,4})\s?(?:(?:пак\w*|шт\w*|саше|капс\w*|стік\w*|стик\w*|бут\w*|пляш\w*|банк\w*|bags?|pcs?)\.?\s?)?"
)
#: 12 х 0,5 л, 25 пак. по 2 г; 0,5 л х 12 шт.
_TIMES = re.compile(
    rf"(?<![\w.,]){_COUNT}(?:[xх×*]|по)\s?{_EACH}(?![^\W_])|(?<![\w.,]){_EACH}\s?[xх×*]\s?{_COUNT}(?![\w.,])",
    re.IGNORECASE,
)
_WEIGHED: Final[Mapping[str, tuple[str, float]]] = {
    "кг": ("g", 1000.0),
    "kg": ("g", 1000.0),
    "гр": ("g", 1.0),
    "г": ("g", 1.0),
    "gr": ("g", 1.0),
    "g": ("g", 1.0),
    "л": ("ml", 1000.0),
    "l": ("ml", 1000.0),
    "мл": ("ml", 1.0),
    "ml": ("ml", 1.0),
}
_IN_BUNDLES: Final = (("weight", "g"), ("volume", "ml"))


def with_vat(amount: int, vat: str, percent: int) -> int:
    """A stored price with VAT in it: what every ceiling and comparison means."""
    if vat != VatStatus.EXCLUDED:
        return amount
    return round_half_up(Decimal(amount) * (100 + percent) / 100)


def pieces_of(unit: str, pack_count: int) -> int:
    """How many pieces the unit as sold is."""
    return pack_count if pack_count > 1 else _PIECES.get(unit, 1)


def price_of_piece(price: int, *, unit: str, pack_count: int) -> int:
    """Rounded as every price of a piece is, so that tables, graphs and limits agree."""
    pieces = pieces_of(unit, pack_count)
    return price if pieces == 1 else round_half_up(Decimal(price) / pieces)


def unit_prices(
    price: int,
    *,
    unit: str,
    pack_count: int,
    facts: Iterable[Fact] = (),
    rules: CategoryRules | None = None,
    titles: Iterable[str] = (),
) -> tuple[tuple[PriceBasis, int], ...]:
    """The price for each basis that is known but the unit as sold, in the price's own scale.

    What a pack of several holds is known only where its name multiplies («12 х 0,5 л») or counts sheets: else a weight
    may be that of the pack or that of a piece, and nothing is told.
    """
    pieces = pieces_of(unit, pack_count)
    found: dict[PriceBasis, float] = {PriceBasis.PIECE: float(pieces)}
    if sold_by := _SOLD_BY.get(unit):
        found[sold_by[0]] = sold_by[1]
    told = set()
    for fact in facts:
        kind = (fact.attribute.code, fact.attribute.unit)
        told.add(kind)
        if rules and kind[0] in rules.not_sold_by:
            continue
        if kind in CONTENT and isinstance(fact.value, float | int):
            basis, one = CONTENT[kind]
            if basis is PriceBasis.M and fact.value < SHORTEST:
                continue
            if pieces == 1 or (basis is PriceBasis.SHEET and fact.value == pieces):
                found.setdefault(basis, fact.value * one)
    if rules:
        for kind, amount in _bundled(rules, told, titles):
            basis, one = CONTENT[kind]
            found.setdefault(basis, amount * one)
    return tuple(
        (basis, price if amount == 1 else round_half_up(Decimal(price) / Decimal(repr(amount))))
        for basis, amount in found.items()
        if amount > 0
    )


def _bundled(
    rules: CategoryRules, told: set[tuple[str, str]], titles: Iterable[str]
) -> list[tuple[tuple[str, str], float]]:
    """So many of so much each, in a category that weighs or measures its goods, where nothing else says how much."""
    own = {(each.code, each.unit) for each in rules.attributes}
    asked = [
        kind for kind in _IN_BUNDLES if kind in own and kind not in told and kind[0] not in rules.not_sold_by
    ]
    if not asked:
        return []
    for title in titles:
        found = list(_TIMES.finditer(title))
        if len(found) == 1:
            count, each, unit, other_each, other_unit, other_count = found[0].groups()
            name, one = _WEIGHED[(unit or other_unit).lower()]
            amount = int(count or other_count) * float((each or other_each).replace(",", ".")) * one
            return [(kind, round(amount, 6)) for kind in asked if kind[1] == name]
    return []
