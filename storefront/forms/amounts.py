"""Numbers as people type them: prices, and measures with or without a unit. Pure."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from core.text.measures import UNITS, measures_of, number_text
from price_lists.validation.currencies import currency_of_sign

_AMOUNT = re.compile(r"[0-9]{1,12}([.,][0-9]{1,4})?")
_MEASURE = re.compile(r"([0-9]{1,12}(?:[.,][0-9]{1,6})?)(\D{0,12})")
_BLANKS = re.compile(r"[\s'’_]+")


def amount_of(text: str) -> Decimal | None:
    """«1 234,5» → 1234.5; None for what is no amount."""
    plain = _BLANKS.sub("", text)
    if not _AMOUNT.fullmatch(plain):
        return None
    try:
        return Decimal(plain.replace(",", "."))
    except InvalidOperation:
        return None


def price_of(text: str) -> tuple[Decimal, str] | None:
    """An amount with the code of the currency that stands beside it, "" for none: «5 USD», «$5», «200 грн»."""
    signs = currency_of_sign(text)
    if len(signs) > 1:
        return None
    sign, code = signs[0] if signs else ("", "")
    around = text.partition(sign) if sign else (text, "", "")
    if around[0].strip() and around[2].strip(" ."):
        return None
    amount = amount_of(around[0] if around[0].strip() else around[2])
    return None if amount is None else (amount, code)


def amount_text(amount: Decimal) -> str:
    """As an address has it: without idle zeros, never with an exponent."""
    return f"{amount.normalize():f}"


def measure_of(text: str, unit: str, one: float) -> float | None:
    """A value in the base `unit`: a bare number counts in steps of `one`, one with a unit is what it says («1,5 л» of a
    volume). None for what is no number, or is of something else.
    """
    found = _MEASURE.fullmatch(_BLANKS.sub("", text).casefold())
    if found is None:
        return None
    digits, name = found.groups()
    if not name:
        return round(float(digits.replace(",", ".")) * one, 9)
    if name not in UNITS:
        return None
    return next((each.value for each in measures_of(digits, name) if each.unit == unit), None)


def measure_text(value: float, one: float) -> str:
    """The number that a field shows and an address has."""
    return number_text(round(value / one, 6))
