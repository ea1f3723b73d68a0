"""The grammar of numbers and prices in price lists: what is one, what is none, and why not."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from price_lists.validation.currencies import currency_of_sign

# Plain figures, by far the most frequent shape, need no more than this.
_PLAIN = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,2})?\Z")
_SPACES = re.compile("[\\s\u00a0\u202f\u2009\u2007'’`´]+")
_FIGURES = re.compile(r"[0-9](?:[0-9.,]*[0-9])?|[.,][0-9]+")
_EXPONENT = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+\Z")
_AGREEMENT = re.compile(
    r"дог(?:ов)?\b|догов[оі]р|домовл|за\s+запитом|по\s+запрос|запрос|запит|уточн|звон|дзвон|телефонуй|"
    r"\bcall\b|\b(?:on|up\s?on|by|at)\s+(?:request|enquiry|inquiry)|\bp\.?o\.?a\b|\btb[ac]\b|\bзап\b|індивід|индивид|розрах|рассчит|прорах|у\s+менеджера|менедж|\bask\b|negotiab|contact|немає\s+ціни|нет\s+цены|ожида|очіку|^\W*[?]+\W*$",
    re.IGNORECASE,
)
_FROM = re.compile(r"^\s*(?:від|от|from|вiд|ab)\b\.?\s*", re.IGNORECASE)
_RANGE = re.compile(r"[0-9]\s*(?:[-–—…]|\.\.+|до|to)\s*[0-9]")
_KOPECKS = re.compile(r"^([0-9][0-9\s\u00a0]*)[-=]([0-9]{2})$")  # "1 250-00", as invoices have it
_UNIT_TAIL = re.compile(r"\s*(?:/|за|per)\s*(?:1\s*)?[a-zа-яіїєґ²³.]+\s*$", re.IGNORECASE)
_NOTE = re.compile(
    r"(?:з|із|с|без|incl\.?|excl\.?|у\s+т\.?\s*ч\.?|в\s+т\.?\s*ч\.?)\s*(?:пдв|ндс|vat)", re.IGNORECASE
)
_LETTERS = re.compile(r"[^\W\d_]")
LIMIT = Decimal(10) ** 9


class NumberNotUnderstood(ValueError):
    """`args[0]` is the code of the row issue."""


class Price(NamedTuple):
    amount: Decimal
    currency: str  # as a sign in the cell tells it, else empty


@lru_cache(maxsize=65536)
def parse_price(text: str, decimal_mark: str = ".") -> Price:
    """A price as people write it: `1 234,56`, `1.234,56`, `2,999.99`, `1 234.50 грн`, `$12`.

    `decimal_mark` settles "1,234" and "1.234", which alone can mean two things. Raises
    NumberNotUnderstood with the code of the row issue.
    """
    if _PLAIN.match(text):
        # "1.234" is not plain: at most two digits follow the mark here
        amount = Decimal(text.replace(",", "."))
        if amount:
            return Price(amount, "")
        raise NumberNotUnderstood("price_zero")
    stripped = text.strip()
    if not stripped or stripped in {"-", "–", "—", "--", "---", "х", "x", "X", "Х", "."}:
        raise NumberNotUnderstood("price_missing")
    if stripped.startswith("#"):
        raise NumberNotUnderstood("formula_without_value" if stripped == UNCALCULATED else "formula_error")
    rest, currency = _without_currency(_NOTE.sub(" ", stripped))
    if _AGREEMENT.search(stripped) and not any(c.isdigit() for c in stripped):
        raise NumberNotUnderstood("price_by_agreement")
    if _FROM.match(rest):
        raise NumberNotUnderstood("price_from")
    kopecks = _KOPECKS.match(rest)
    if kopecks and int(kopecks[2]) < int(_SPACES.sub("", kopecks[1])):
        rest = f"{kopecks[1]}.{kopecks[2]}"
    if _RANGE.search(rest):
        raise NumberNotUnderstood("price_range")
    rest = _UNIT_TAIL.sub("", rest).strip(" *")
    return _in_bounds(parse_number(rest, decimal_mark), currency)


UNCALCULATED = "#FORMULA?"  # what the spreadsheet reader puts for a formula without a stored value


def parse_number(text: str, decimal_mark: str = ".") -> Decimal:
    """A signed number; only the figures 0 to 9, spaces and apostrophes between thousands, one mark."""
    compact = _SPACES.sub("", text).rstrip(".-=") if not text.isdigit() else text
    if not compact.isascii():
        compact = compact.replace("−", "-").replace("–", "-")
    sign = ""
    if compact[:1] in {"-", "+"}:
        sign, compact = compact[0], compact[1:]
    if _EXPONENT.match(compact):  # spreadsheets print large figures so; the bound is checked by callers
        mantissa, exponent = re.split("[eE]", compact)
        if abs(int(exponent)) > 18:
            raise NumberNotUnderstood("price_absurd")
        return Decimal(sign + mantissa.replace(",", ".")).scaleb(int(exponent))
    if not compact.isascii() or not _FIGURES.fullmatch(compact):
        raise NumberNotUnderstood("price_not_a_number")
    # spaces must stand between thousands: "12 5" is no number
    parts = _SPACES.split(text.strip().lstrip("+-−– "))
    if len(parts) > 1 and any(len(part.partition(",")[0].partition(".")[0]) != 3 for part in parts[1:]):
        tail = parts[-1]
        if not (len(parts) == 2 and tail[:1] in {".", ","}) and not parts[0].endswith((",", ".")):
            raise NumberNotUnderstood("price_not_a_number")
    return Decimal(sign + _with_point(compact, decimal_mark))


def _with_point(figures: str, decimal_mark: str) -> str:
    commas, points = figures.count(","), figures.count(".")
    if not commas and not points:
        return figures
    if commas and points:
        last = "," if figures.rfind(",") > figures.rfind(".") else "."
        other = "." if last == "," else ","
        if figures.count(last) > 1:
            raise NumberNotUnderstood("price_not_a_number")
        whole, _, fraction = figures.rpartition(last)
        groups = whole.split(other)
        if not groups[0] or len(groups[0]) > 3 or any(len(group) != 3 for group in groups[1:]):
            raise NumberNotUnderstood("price_not_a_number")
        return "".join(groups) + "." + fraction
    mark = "," if commas else "."
    groups = figures.split(mark)
    if len(groups) > 2:  # 1,234,567
        if not groups[0] or len(groups[0]) > 3 or any(len(group) != 3 for group in groups[1:]):
            raise NumberNotUnderstood("price_not_a_number")
        return "".join(groups)
    whole, fraction = groups
    if len(fraction) == 3 and 0 < len(whole) <= 3 and whole != "0" and mark != decimal_mark:
        return whole + fraction
    return f"{whole or '0'}.{fraction}"


def _without_currency(text: str) -> tuple[str, str]:
    if not _LETTERS.search(text) and text.isascii() and "$" not in text:
        return text, ""
    found = ""
    rest = text
    for match, code in currency_of_sign(text):
        if found and code != found:
            raise NumberNotUnderstood("price_in_two_currencies")
        found = code
        rest = rest.replace(match, " ", 1)
    return rest.strip(), found


def _in_bounds(amount: Decimal, currency: str) -> Price:
    if amount < 0:
        raise NumberNotUnderstood("price_negative")
    if amount == 0:
        raise NumberNotUnderstood("price_zero")
    if amount > LIMIT:
        raise NumberNotUnderstood("price_absurd")
    return Price(amount, currency)
