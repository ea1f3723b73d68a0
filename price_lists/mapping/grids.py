"""Goods down, sizes (volumes, thicknesses) across: whether such columns hold prices or stock, or are to be left."""

from __future__ import annotations

import itertools
import re

from django.utils.translation import gettext as _

from price_lists.mapping.candidates import Candidate
from price_lists.mapping.model import Field
from price_lists.validation.texts import language_of

#: What `settle_grid` found: a price for each size, stock for each size, or columns beside a price that are neither.
PRICES, STOCK, LEFT = "prices", "stock", "left"
_BEFORE = re.compile(
    r"^(?:(?:цін[аи]|цен[аы]|price|розмір\w*|размер\w*|size|р|діаметр|диаметр|товщина|толщина|об['’ʼ]?єм|объ?ем|вага|вес|за|для|грн|uah|usd|eur|\$|€|eu|ua|ru|ø|d)\b[\s.,:;()/№-]*|[$€₴ø])+",
    re.IGNORECASE,
)
_SIZE = re.compile(
    r"(?:\d?X{0,4}[SLХM]|[SMLМ]|\d{1,2}XL|X{1,4}[SL]|one ?size|(?:[SMLМX]{1,3}\s?[/-]\s?[SMLМX]{1,4}))\Z",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d{1,3}(?:[.,]5)?(?:\s?[-/–]\s?\d{1,3})?\Z")
_MEASURE = re.compile(
    r"\d+(?:[.,]\d+)?\s?(?:л|мл|кг|г|гр|мм|см|м|l|ml|kg|g|mm|cm|m|вт|w|ач|ah|гб|gb|тб|tb|мкм|дюйм\w*|\"|″)\.?\Z|\d+\s?[xх×*]\s?\d+(?:\s?(?:см|мм|м))?\Z",
    re.IGNORECASE,
)
_SIZE_WORD = re.compile(r"розм|разм|size|діам|диам|товщ|толщ", re.IGNORECASE)
_SMALLEST = 15
_NAMES = {"ru": "Размер", "en": "Size"}


def variant_of(heading: str) -> str:
    """The size, volume or thickness that a heading names ("XL", "42", "2,5 л", "Ціна, грн 36"), else empty."""
    text = " ".join(heading.split())
    bare = _BEFORE.sub("", text).strip(" ()") or text
    if bare != text and bare.isdigit() and int(bare) < _SMALLEST and not _SIZE_WORD.search(text):
        return ""  # "Ціна 1", "Ціна 2": kinds of prices
    return bare if _SIZE.match(bare) or _NUMBER.match(bare) or _MEASURE.match(bare) else ""


def is_row_of_sizes(cells: list[str]) -> bool:
    """Whether these headings are nothing but sizes, in order if they are figures."""
    if len(cells) < 2 or not all(variant_of(cell) for cell in cells):
        return False
    figures = [float(cell.replace(",", ".")) for cell in cells if re.fullmatch(r"\d{1,3}(?:[.,]5)?", cell)]
    if not figures:
        return True
    steps = {round(later - earlier, 1) for earlier, later in itertools.pairwise(figures)}
    return len(figures) >= 3 and len(steps) == 1 and 0 < min(steps) <= 20


def settle_grid(candidates: list[Candidate]) -> str:
    """Gives the columns of sizes their fields and says what they are; empty where there are none."""
    variants = [
        candidate
        for candidate in candidates
        if candidate.look.fill
        and variant_of(candidate.heading)
        and (
            candidate.field == Field.IGNORE
            or (candidate.field == Field.PRICE and candidate.kind != "quantity")
        )
    ]
    if len(variants) < 2 or len({variant_of(candidate.heading) for candidate in variants}) < len(variants):
        return ""
    plain = [
        candidate
        for candidate in candidates
        if candidate.field in {Field.PRICE, Field.DISCOUNT_PRICE}
        and candidate not in variants
        and candidate.look.price * candidate.look.fill > 0.05
    ]
    if not plain:
        return _prices(variants, _named(candidates))
    if len(variants) < 3:
        return ""
    cost = max(candidate.look.mean for candidate in plain)
    counted = all(candidate.look.stock >= 0.6 for candidate in variants)
    if counted and all(candidate.look.mean < cost * 0.3 for candidate in variants):
        for candidate in variants:
            candidate.take(Field.STOCK, 0.6, _("how much there is of this size"), _named(candidates))
        return STOCK
    for candidate in variants:
        candidate.take(Field.IGNORE, 0.5, _("a column of a size, beside a column with the price"))
    return LEFT


def _prices(variants: list[Candidate], name: str) -> str:
    if sum(candidate.look.price >= 0.6 for candidate in variants) < len(variants) * 0.7:
        return ""
    for candidate in variants:
        candidate.take(Field.VARIANT_PRICE, 0.5, _("a price for each size or variant: please confirm"), name)
    return PRICES


def _named(candidates: list[Candidate]) -> str:
    """What the property is called in the sheet's language."""
    headings = " ".join(candidate.heading for candidate in candidates)
    if re.search(r"\b(?:разм|наимен|назван|цена|стоим)", headings, re.IGNORECASE):
        return "Размер"
    return _NAMES.get(language_of(headings), "Розмір")
