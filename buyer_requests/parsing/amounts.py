"""Amounts inside a sentence: which sum of money a line of a list names, per what, and as a limit or a price."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from buyer_requests.parsing import words

#: Grouped thousands, or plain figures with a fraction.
NUMBER = r"(?:\d{1,3}(?:[ \u00a0\u202f'’]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d{3})+(?:[.,]\d{1,2})(?!\d)|\d+(?:[.,]\d{1,4})?)"
_THOUSAND = r"(?:\s?(?P<k>тис\.?|тыс\.?|к|k)(?![^\W\d_]))?"
_CUR = words.CURRENCY
_RANGE = (
    rf"(?:(?:від|от|from)\s+(?P<from>{NUMBER})\s*(?:до|to)\s+|"
    rf"(?<![xх×*])(?P<low>{NUMBER})(?:[-–—…]|\.\.+|\s[-–—]\s(?=\d+(?:[.,]\d+)?\s?(?:грн|uah|₴|\$|€|usd|eur)))\s*)?"
)
_PER = (
    r"(?:\s*(?:/|за\b|per\b|a\b|each\b|ea\b|кожн\w*|кажд\w*)\s*)"
    r"(?:(?P<per_count>\d+)\s*)?(?:одн[уи]\s+|one\s+)?(?P<per_unit>[^\W\d_][^\W\d_.²³/-]*(?:-[^\W\d_]+)?\.?)?"
)
_AMOUNT = re.compile(
    rf"(?P<total>{words.TOTAL_BEFORE})?[\s:,-]*?"
    rf"(?:(?<![^\W\d_])(?P<mark>{words.CEILING_MARKS})|(?<![^\W\d_])(?P<price>{words.PRICE_MARKS}))?[\s:=-]*"
    rf"(?:(?P<dash>[-–—:=,])\s*)?"
    rf"(?<![\d.,/№#])(?:{_CUR.format(n='a')})?\s*{_RANGE}(?<![^\W\d_])(?P<num>{NUMBER}){_THOUSAND}"
    rf"\s*(?:[,.]?[-–]\s*)?(?:{_CUR.format(n='b')})?"
    rf"(?:\s*(?:з|із|с|без|incl\.?|excl\.?|вкл\.?)\s*(?:пдв|ндс|vat)\b)?"
    rf"(?:\s*\(?(?P<total_after>(?<![^\W\d_])(?:{words.TOTAL_AFTER})(?![^\W\d_]))\)?|{_PER})?",
    re.IGNORECASE,
)
_END = re.compile(r"^\W*$")
_BREAK = re.compile(r"^\s*(?:[,;).–—-]|$|\()")
_DATE = re.compile(r"^[./]\d{1,2}(?:[./]\d{2,4})?|^:\d{2}")


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum named in a line. `per_unit` is a UN/ECE code or '', `per_count` how many of it the sum buys."""

    start: int
    end: int
    value: Decimal
    currency: str
    is_total: bool
    per_unit: str
    per_count: Decimal
    is_range: bool
    confidence: float


def to_decimal(figures: str, *, is_money: bool) -> Decimal | None:
    """Figures as people write them. Three digits after a mark are thousands in money, a fraction elsewhere."""
    compact = re.sub(r"[ \u00a0\u202f'’]", "", figures)
    if "," in compact and "." in compact:
        mark = "," if compact.rfind(",") > compact.rfind(".") else "."
        compact = compact.replace("." if mark == "," else ",", "").replace(",", ".")
    elif is_money and re.fullmatch(r"[1-9]\d{0,2}(?:[.,]\d{3})+", compact):
        compact = compact.replace(",", "").replace(".", "")
    else:
        compact = compact.replace(",", ".")
    try:
        value = Decimal(compact)
    except InvalidOperation:
        return None
    return value if 0 < value < Decimal(10) ** 9 else None


def find_amounts(text: str) -> list[Amount]:
    """Every sum of money that the line names, in its order; figures of other meaning are left alone."""
    found = []
    position = 0
    while match := _AMOUNT.search(text, position):
        amount = _judge(text, match)
        if amount is None:
            # Go on after the number: a mark before it may have been a word of the name.
            position = max(match.end("num"), match.start() + 1)
            continue
        found.append(amount)
        position = max(amount.end, match.start() + 1)
    return found


def _judge(text: str, match: re.Match[str]) -> Amount | None:
    named = match.groupdict()
    currency = next((code for code in words.CURRENCIES if named[f"{code}_a"] or named[f"{code}_b"]), "")
    mark = bool(named["mark"])
    price = (named["price"] or "").lower()
    value = to_decimal(named["num"], is_money=bool(currency or mark or price))
    if value is None:
        return None
    end = match.end()
    per_word = named["per_unit"] or ""
    per_unit = words.unit_code(per_word) if per_word else ""
    is_total = bool(named["total"] or named["total_after"])
    has_per = bool(per_word or named["per_count"]) or bool(
        re.search(r"(?:each|\bea|кожн\w*|кажд\w*)\W*$", match.group(), re.IGNORECASE)
    )
    if per_word and not per_unit and not re.match(r"(?:штук|each|piece|unit|pc)", per_word, re.IGNORECASE):
        end = match.start("per_unit")
        has_per = False
        tail = re.search(r"\s*(?:/|за|per|a)\s*(?:\d+\s*)?$", text[match.start() : end], re.IGNORECASE)
        end = match.start() + tail.start() if tail else end
        named["per_count"] = None
    per_count = Decimal(named["per_count"]) if named["per_count"] and has_per else Decimal(1)
    if not currency:
        confidence = _without_currency(
            text, match, value, mark=mark, price=price, is_total=is_total, has_per=has_per
        )
        if confidence is None:
            return None
        if named["k"] and named["k"].lower() in {"к", "k"} and not (mark or is_total):
            return None
    else:
        confidence = 0.95 if mark or price or is_total else 0.85
    if named["k"]:
        value *= 1000
    return Amount(
        match.start(),
        end,
        value,
        currency,
        is_total and not has_per,
        per_unit,
        per_count,
        bool(named["low"] or named["from"]),
        min(confidence, 0.7) if named["low"] or named["from"] else confidence,
    )


def _without_currency(  # noqa: PLR0911 - a return for each reason
    text: str, match: re.Match[str], value: Decimal, *, mark: bool, price: str, is_total: bool, has_per: bool
) -> float | None:
    """How surely a number that names no currency is a sum: only a mark before it makes it one."""
    if not (mark or price or is_total):
        return None
    rest = text[match.end("num") :]
    if _DATE.match(rest):
        return None
    if price in {"за", "for", "at", "~", "≈"} and not has_per and not _END.match(text[match.end() :]):
        return None
    if has_per or match["total_after"]:
        return 0.85
    after = rest.lstrip()
    word = re.match(r"[^\W\d_]+", after)
    if word or after[:1] in {"%", "°", "/", "*", "x", "х", "×", '"', "″"}:
        return None  # "до 20 арк", "по 10 шт", "max 300 dpi": a property
    if not _BREAK.match(rest):
        return None
    return 0.85 if mark or price in {"по", "@"} or "цін" in price or "цен" in price or is_total else 0.7
