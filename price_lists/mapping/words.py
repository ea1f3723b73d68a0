"""Words of a file's cells that a person explained: stock, units and brands, kept in the mapping's options. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping as MappingType
from dataclasses import replace
from typing import Final, NamedTuple

from core.text import fold
from price_lists.mapping.model import Mapping
from price_lists.rows import Availability
from price_lists.validation.stock import Stock, parse_stock
from price_lists.validation.units import CODES, UnitOfMeasure

STOCK: Final = "stock"
UNIT: Final = "unit"
BRAND: Final = "brand"
KINDS: Final = (STOCK, UNIT, BRAND)
#: A person's word that a cell says nothing of this kind: it is left as it is and not asked about again.
NOTHING_SAID: Final = "-"
#: Explained words of one kind that a source keeps.
MOST: Final = 300
LONGEST: Final = 80


def plain_word(text: str) -> str:
    """A cell without what does not matter to its meaning: case, spacing, the marks around it."""
    return " ".join(text.casefold().split()).strip(" .,;:!()[]")[:LONGEST]


def plain_brand(text: str) -> str:
    """A brand as written: here case is what is asked about."""
    return " ".join(text.split())[:LONGEST]


def letters_of(brand: str) -> str:
    """Equal for spellings of one brand: its folded letters and figures."""
    return "".join(filter(str.isalnum, fold(brand)))


def folded(kind: str, text: str) -> str:
    return plain_brand(text) if kind == BRAND else plain_word(text)


def is_answer(kind: str, word: str, answer: str) -> bool:
    """Whether it can be said of that word: of a brand only that it is another spelling, never that it is another one."""
    if kind == STOCK:
        return answer in {NOTHING_SAID, Availability.IN_STOCK, Availability.TO_ORDER, Availability.NONE}
    if kind == UNIT:
        return answer == NOTHING_SAID or answer in CODES
    if kind != BRAND or not 0 < len(answer) <= LONGEST:
        return False
    return answer == NOTHING_SAID or "" != letters_of(answer) == letters_of(word)


def answers(options: MappingType[str, str], kind: str) -> dict[str, str]:
    """Folded word -> answer, of those that a mapping's options hold."""
    start = f"{kind}:"
    return {name.removeprefix(start): said for name, said in options.items() if name.startswith(start)}


def with_answers(mapping: Mapping, said: MappingType[tuple[str, str], str]) -> Mapping:
    """The mapping with `{(kind, word): answer}` added; an empty answer takes one away. Others are left out."""
    options = dict(mapping.options)
    for (kind, word), answer in said.items():
        name = f"{kind}:{folded(kind, word)}"
        if not answer:
            options.pop(name, None)
        elif is_answer(kind, word, answer) and (name in options or len(answers(options, kind)) < MOST):
            options[name] = answer
    return replace(mapping, options=options)


class Explained(NamedTuple):
    """What a person explained, ready for reading: folded words of units and the brands' spellings, and stock."""

    units: dict[str, UnitOfMeasure]
    brands: dict[str, str]
    parse_stock: Callable[[str], Stock]  # the plain one where no word of stock is explained


def explained_in(options: MappingType[str, str]) -> Explained:
    stock = {
        word: Stock(None, Availability.UNKNOWN if answer == NOTHING_SAID else Availability(answer))
        for word, answer in answers(options, STOCK).items()
        if is_answer(STOCK, word, answer)
    }

    def parse_explained(text: str) -> Stock:
        said = parse_stock(text)
        return said if said.understood else stock.get(plain_word(text), said)

    return Explained(
        units={
            word: UnitOfMeasure("" if answer == NOTHING_SAID else answer, 1)
            for word, answer in answers(options, UNIT).items()
        },
        brands={
            word: answer
            for word, answer in answers(options, BRAND).items()
            if answer != NOTHING_SAID and is_answer(BRAND, word, answer)
        },
        parse_stock=parse_explained if stock else parse_stock,
    )


#: "shop.example.ua"; not "від 1.25", not "Опт. від 10".
_ADDRESS: Final = re.compile(r"\w\.[^\W\d_]{2,}")


def may_leave(text: str) -> bool:
    """Whether a word may be shown to other vendors at all: nothing long, no address, no phone, no number of anything."""
    return (
        0 < len(text) <= 40
        and sum(char.isdigit() for char in text) <= 4
        and not set("@/\\+") & set(text)
        and _ADDRESS.search(text) is None
    )
