"""Currencies as price lists write them: codes, signs, words, and inside headings."""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = {
    "UAH": "uah грн грн. гривня гривні гривна гривны гривень гривен гр ₴ 980 uan",
    "USD": "usd $ дол дол. долл долл. доллар доллары долларов долар долари доларів us$ у.е у.е. уе у.о у.о. уо 840 "
    "dollar dollars",
    "EUR": "eur € євро евро euro euros 978",
    "RUB": "rub rur ₽ руб руб. рубль рубли рублей рублів р. р 643 рос.руб",
    "PLN": "pln zł zl злотий злотый злотых злотих зл. зл 985",
    "GBP": "gbp £ фунт фунтов фунтів 826",
    "CHF": "chf франк 756",
    "CZK": "czk kč крон 203",
    "BYN": "byn byr бел.руб белруб 933",
    "KZT": "kzt ₸ тенге тг тг. 398",
    "MDL": "mdl лей леи леїв 498",
    "GEL": "gel ₾ ларі лари 981",
    "RON": "ron румлей 946",
    "HUF": "huf форинт 348",
    "TRY": "try ₺ 949",
    "CNY": "cny юань ¥ 156",
    "JPY": "jpy 392",
}
_BY_WORD = {word: code for code, words in _WORDS.items() for word in words.split()}


def _signs() -> str:
    """Longest first, letters bounded, so that "грн" is no part of a word and "р." none of "пр.".

    Gathered by their first letter, which lets most places of a text be passed over at a look.
    """
    by_first: dict[str, list[str]] = {}
    for word in sorted(_BY_WORD, key=len, reverse=True):
        if not word.isdigit():
            end = r"(?![^\W\d_])" if word[-1].isalpha() else ""
            by_first.setdefault(word[0], []).append(re.escape(word[1:]) + end)
    groups = (
        (r"(?<![^\W\d_])" if first.isalpha() else "") + re.escape(first) + f"(?:{'|'.join(rest)})"
        for first, rest in by_first.items()
    )
    return f"(?=[{re.escape(''.join(by_first))}])(?:{'|'.join(groups)})"


_SIGN = re.compile(_signs(), re.IGNORECASE)
# In a heading "р" alone stands for too many words.
_NOT_IN_HEADINGS = frozenset({"р", "гр", "зл", "лей", "try", "ron", "крон", "уо", "уе"}) - {"уе"}


@lru_cache(maxsize=1024)
def currency_code(text: str) -> str:
    """The ISO 4217 code that a currency cell means ("грн.", "UAH", "980", "$"), empty if unknown."""
    word = text.strip().lower().strip(" ,;()[]")
    if word in _BY_WORD:
        return _BY_WORD[word]
    word = word.rstrip(".")
    if word in _BY_WORD:
        return _BY_WORD[word]
    if re.fullmatch(r"[a-z]{3}", word) and word.upper() in ISO_CODES:
        return word.upper()
    return ""


def currency_of_sign(text: str) -> list[tuple[str, str]]:
    """Every currency sign or word inside a price cell, with its code."""
    return [(match.group(), _BY_WORD[_folded(match)]) for match in _SIGN.finditer(text)]


def _folded(match: re.Match[str]) -> str:
    """As the words above are written: an expression that ignores case takes «ſ» for «s», which lower() leaves alone."""
    return match.group().casefold()


@lru_cache(maxsize=4096)
def currency_in_heading(text: str) -> str:
    """The one currency that a heading such as "Ціна, грн" or "Price (USD)" names, else empty."""
    found = {
        _BY_WORD[word]
        for word in map(_folded, _SIGN.finditer(text.replace("_", " ")))
        if word not in _NOT_IN_HEADINGS
    }
    return found.pop() if len(found) == 1 else ""


ISO_CODES = frozenset(
    [
        "AED",
        "AMD",
        "ARS",
        "AUD",
        "AZN",
        "BGN",
        "BRL",
        "BYN",
        "CAD",
        "CHF",
        "CLP",
        "CNY",
        "CZK",
        "DKK",
        "EGP",
        "EUR",
        "GBP",
        "GEL",
        "HKD",
        "HRK",
        "HUF",
        "IDR",
        "ILS",
        "INR",
        "ISK",
        "JPY",
        "KGS",
        "KRW",
        "KZT",
        "MDL",
        "MXN",
        "MYR",
        "NOK",
        "NZD",
        "PHP",
        "PLN",
        "RON",
        "RSD",
        "RUB",
        "SAR",
        "SEK",
        "SGD",
        "THB",
        "TJS",
        "TMT",
        "TRY",
        "TWD",
        "UAH",
        "USD",
        "UZS",
        "VND",
        "ZAR",
    ]
)
