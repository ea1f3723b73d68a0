"""What a column's values look like, whatever its heading says."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from price_lists.mapping.words import plain_word
from price_lists.validation.currencies import currency_code
from price_lists.validation.gtin import GtinNotTaken, parse_gtin
from price_lists.validation.numbers import NumberNotUnderstood, parse_price
from price_lists.validation.stock import parse_stock
from price_lists.validation.units import parse_unit

_URL = re.compile(r"^(?:https?:)?//|^www\.", re.IGNORECASE)
_PHOTO = re.compile(r"\.(?:jpe?g|png|webp|gif|bmp)\b", re.IGNORECASE)
_CODE = re.compile(r"^(?=.*\d)[\w./\\-]{2,40}$")
_FIGURE = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]")
_SEEMS_FIGURE = re.compile(r"^[\d\s.,\u00a0]+$")


@dataclass(frozen=True, slots=True)
class Look:
    """Shares run from 0 to 1 of the filled cells; `fill` is the share of filled cells."""

    fill: float
    price: float
    integer: float
    fraction: float
    words: float
    length: float
    distinct: float
    url: float
    photo: float
    gtin: float
    unit: float
    currency: float
    stock: float
    code: float
    mean: float
    samples: tuple[str, ...]
    counting: bool  # 1, 2, 3 ... down the rows


class _Seen(NamedTuple):
    """What one cell looks like by itself."""

    amount: float | None
    words: bool
    url: bool
    photo: bool
    gtin: bool
    unit: bool
    currency: bool
    stock: bool
    code: bool


def look_at(
    values: list[str], stock_words: AbstractSet[str] = frozenset(), unit_words: AbstractSet[str] = frozenset()
) -> Look:
    """The look of one column's cells, those of goods' rows only. Folded words that people explained count as known."""
    filled = [value.strip() for value in values if value.strip()]
    count = len(filled)
    if not count:
        return Look(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (), counting=False)
    price = integer = fraction = words = url = photo = gtin = unit = currency = stock = code = 0
    total = 0.0
    length = 0
    figures: list[int] = []
    for value in filled:
        length += len(value)
        if len(value) > 200:
            words += 1
            url += bool(_URL.match(value))
            photo += bool(_PHOTO.search(value))
            continue
        seen = _seen(value)
        if seen.amount is not None:
            price += 1
            total += seen.amount
            if seen.amount == int(seen.amount):
                integer += 1
                figures.append(int(seen.amount))
            else:
                fraction += 1
        words += seen.words
        url += seen.url
        photo += seen.photo
        if len(value) <= 40:
            gtin += seen.gtin
            unit += seen.unit or (
                bool(unit_words) and not value.isdigit() and plain_word(value) in unit_words
            )
            currency += seen.currency
            stock += seen.stock or (bool(stock_words) and plain_word(value) in stock_words)
            code += seen.code
    samples = tuple(dict.fromkeys(value[:80] for value in filled))[:3]
    counting = (
        len(figures) >= 3
        and figures[:50] == list(range(figures[0], figures[0] + len(figures[:50])))
        and figures[0] in {0, 1}
    )
    return Look(
        fill=count / len(values),
        price=price / count,
        integer=integer / count,
        fraction=fraction / count,
        words=words / count,
        length=length / count,
        distinct=len(set(filled)) / count,
        url=url / count,
        photo=photo / count,
        gtin=gtin / count,
        unit=unit / count,
        currency=currency / count,
        stock=stock / count,
        code=code / count,
        mean=total / price if price else 0.0,
        samples=samples,
        counting=counting,
    )


def decimal_mark(values: list[str]) -> tuple[str, bool]:
    """The mark before the fraction in a price column, and whether the values leave it open.

    "1,234" alone can be either; other values of the column decide ("12,50" or "1.234,56").
    """
    votes = {",": 0, ".": 0}
    unclear = {",": 0, ".": 0}
    for value in values:
        figures = re.sub(r"[^\d.,]", "", value).strip(".,")
        commas, points = figures.count(","), figures.count(".")
        if commas and points:
            votes["," if figures.rfind(",") > figures.rfind(".") else "."] += 2
        elif commas + points == 1:
            mark = "," if commas else "."
            whole, fraction = figures.split(mark)
            if len(fraction) == 3 and 0 < len(whole) <= 3 and whole != "0":
                unclear[mark] += 1
            else:
                votes[mark] += 1
        elif commas > 1 or points > 1:
            votes["." if commas else ","] += 1
    if votes[","] != votes["."]:
        return ("," if votes[","] > votes["."] else "."), False
    if unclear[","] or unclear["."]:
        # Prices with exactly three decimals throughout are thousands in all likelihood.
        only = "," if unclear[","] >= unclear["."] else "."
        return ("." if only == "," else ","), True
    return ".", False


@lru_cache(maxsize=8192)
def _seen(value: str) -> _Seen:
    """The marks of one cell; columns say the same again and again."""
    is_url = bool(_URL.match(value))
    is_short = len(value) <= 40
    is_word = is_short and not value.isdigit()
    return _Seen(
        # without a figure it is no amount, whatever else it says
        amount=_amount(value) if _FIGURE.search(value) else None,
        words=len(_LETTER.findall(value)) >= 3,
        url=is_url,
        photo=is_url and bool(_PHOTO.search(value)),
        gtin=is_short and len(value) >= 8 and _is_gtin(value),
        unit=is_word and bool(parse_unit(value).code),
        currency=is_word and bool(currency_code(value)),
        stock=is_short and parse_stock(value).understood,
        code=is_short and bool(_CODE.match(value)),
    )


def _amount(value: str) -> float | None:
    try:
        # Prom writes the prices of several quantities into one cell: "90;80"
        return float(parse_price(value.partition(";")[0]).amount)
    except NumberNotUnderstood as error:
        return 0.0 if error.args[0] in {"price_zero", "price_negative"} else None


def _is_gtin(value: str) -> bool:
    if not _SEEMS_FIGURE.match(value):
        return False
    try:
        parse_gtin(value)
    except GtinNotTaken:
        return False
    return True
