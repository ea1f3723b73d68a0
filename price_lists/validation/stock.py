"""Stock as figures and words: "в наявності", "под заказ", ">10 шт.", "+", "5 дней"."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from price_lists.rows import Availability
from price_lists.validation.numbers import NumberNotUnderstood, parse_number


class Stock(NamedTuple):
    quantity: Decimal | None
    availability: Availability
    order_days: int | None = None
    understood: bool = True


_NONE = re.compile(
    r"^(?:нет|нету|нема|немає|відсутн\w*|отсут\w*|закінчи(?:вся|лась|лися|лось|в)|закончил\w*|out[\s_-]*of[\s_-]*stock|false|no|none|ні|н|-+|–|—|x|х|"
    r"sold\s*out|discontinued|not\s*(?:available|in\s*stock)|unavailable|знят\w*|снят\w*|недоступн\w*|розпродан\w*|продано|распродан\w*|"
    r"не\s+(?:в|є\s+в|на)?\s*(?:наявності|наличии|складі|складе)|не\s*поставля\w*|не\s*виробля\w*|не\s*производ\w*|архів\w*|архив\w*)(?:$|[\s.,!(])",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"замовл|под\s*заказ|заказ|pre-?\s?order|back-?\s?order|on\s+order|by\s+order|очіку|ожида|в\s*дороз|в\s*пути|їде|едет|транзит|transit|to\s*order|"
    r"available_for_order|made\s*to\s*order|резерв|поступ|надход|expected|coming|soon|скоро|незабаром",
    re.IGNORECASE,
)
_IN = re.compile(
    r"наявн|налич|^є$|^є\s|есть|^(?:low|high|limited)?[\s_-]*(?:in)?[\s_-]*stock|^available|^true$|^yes$|^y$|^так$|^да$|^д$|^\++$|^[*•●○◐✓✔√v!]+$|склад|много|багато|"
    r"достатн|достаточн|мало|закінчу|заканчива|limited|^few|^many|^low$|^high$|enough|plenty|останн|последн|готов|presence|доступн|^і$|^x{2,}$|^х{2,}$",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"^\s*(?:более|більше|больше|понад|свыше|менее|менше|меньше|до|over|more\s+than|less\s+than|від|от|from|>=?|<=?|≥|≤|~|≈)?\s*"
    r"(?P<count>[0-9][0-9\s\u00a0.,]*?)\s*(?P<plus>\+)?\s*(?P<tail>[^\W\d_]{0,9}\.?)\s*$",
    re.IGNORECASE,
)
_RANGE = re.compile(r"^\s*(?P<low>\d+)\s*[-–]\s*(?P<high>\d+)\s*(?:шт|pcs)?\.?\s*$")
_DAYS = re.compile(
    r"(?P<count>\d{1,3})(?:\s*[-–]\s*(?P<high>\d{1,3}))?\s*(?:дн|дней|дня|день|дні|днів|доб|сут|day|рабоч|роб)",
    re.IGNORECASE,
)
_UNKNOWN = Stock(None, Availability.UNKNOWN)


@lru_cache(maxsize=16384)
def parse_stock(text: str) -> Stock:  # noqa: C901, PLR0911, PLR0912 - one kind of wording after the other
    """What a stock or availability cell says. Bounds (">10") give no quantity, only "in stock"."""
    word = text.strip()
    if not word:
        return _UNKNOWN
    if word.isdigit() and word.isascii() and len(word) <= 9:
        quantity = Decimal(word)
        return Stock(quantity, Availability.IN_STOCK if quantity else Availability.NONE)
    if word.startswith("#"):
        return _UNKNOWN._replace(understood=False)
    days = _DAYS.search(word)
    if days:
        return Stock(None, Availability.TO_ORDER, int(days["high"] or days["count"]))
    if _NONE.match(word):
        return Stock(None, Availability.NONE)
    if _ORDER.search(word):
        return Stock(None, Availability.TO_ORDER)
    span = _RANGE.match(word)
    if span:
        return Stock(None, Availability.IN_STOCK if int(span["high"]) else Availability.NONE)
    count = _COUNT.match(word)
    if count:
        try:
            quantity = parse_number(count["count"].strip(), ",")
        except NumberNotUnderstood:
            return _UNKNOWN._replace(understood=False)
        bounded = not word[0].isdigit() or bool(count["plus"])
        if quantity == 0 and not word.startswith((">", "б", "п")):
            return Stock(quantity, Availability.NONE)
        return Stock(None if bounded else quantity, Availability.IN_STOCK)
    try:
        quantity = parse_number(word, ".")
    except NumberNotUnderstood:
        pass
    else:
        if quantity < 0:
            return Stock(quantity, Availability.NONE)
        return Stock(quantity, Availability.IN_STOCK if quantity else Availability.NONE)
    if _IN.search(word):
        return Stock(None, Availability.IN_STOCK)
    return _UNKNOWN._replace(understood=False)


def summed(one: Stock, other: Stock) -> Stock:
    """Stock of one good at two places."""
    quantity = other.quantity if one.quantity is None else one.quantity
    if one.quantity is not None and other.quantity is not None:
        quantity = one.quantity + other.quantity
    ranked = (Availability.IN_STOCK, Availability.TO_ORDER, Availability.NONE, Availability.UNKNOWN)
    best = min(one.availability, other.availability, key=ranked.index)
    return Stock(quantity, best, one.order_days or other.order_days)
