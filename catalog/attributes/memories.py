"""Working memory and storage of computers, both of which vendors call memory: told apart by words and by size. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from catalog.attributes.enums import AttributeKind
from core.text import tokens
from core.text.tokens import STOP

if TYPE_CHECKING:
    from catalog.attributes.rules import AttributeRule

#: Where an operator's limits allow both, fewer gigabytes are working memory.
_STORAGE_FROM: Final = 100
_WORKING: Final = re.compile(r"ddr|озп|озу|оператив|(?<![a-z])ram(?![a-z])", re.IGNORECASE)
_STORING: Final = re.compile(
    r"ssd|hdd|nvme|emmc|(?<![a-z])rom(?![a-z])|накопич|накопит|диск|вбудован|встроен", re.IGNORECASE
)
_VAGUE: Final = frozenset(
    term
    for word in ("пам'ять", "память", "memory", "обсяг", "об'єм", "объем", "объём", "ємність", "емкость", "размер", "розмір")
    for token in tokens(word)
    for term in token.terms
)  # fmt: skip


class Memories(NamedTuple):
    """The two attributes of one category."""

    working: AttributeRule
    storage: AttributeRule

    def of_size(self, gigabytes: float) -> AttributeRule | None:
        """Which of them so much is, where no word tells."""
        fitting = [each for each in self if each.fits(gigabytes)]
        if len(fitting) == 2:
            return self.working if gigabytes < _STORAGE_FROM else self.storage
        return fitting[0] if fitting else None

    def told_by(self, text: str) -> AttributeRule | None:
        """Which of them a heading or a cell is about, if it has a word for one of them alone."""
        works, stores = _WORKING.search(text) is not None, _STORING.search(text) is not None
        return None if works == stores else self.working if works else self.storage


def memories_of(attributes: Sequence[AttributeRule]) -> Memories | None:
    """None where the category does not have both, so that nothing is to be told apart."""
    counted = [each for each in attributes if each.kind is AttributeKind.NUMBER and each.unit == "gb"]
    working = [each for each in counted if not each.headings.isdisjoint(("ram", "озп", "озу"))]
    storage = [
        each for each in counted if not each.headings.isdisjoint(("ssd", "hdd", "накопичувач", "накопитель"))
    ]
    return (
        Memories(working[0], storage[0]) if len(working) == len(storage) == 1 and working != storage else None
    )


def is_any_memory(words: Iterable[Iterable[str]]) -> bool:
    """Whether these words, each as its terms, speak of memory and do not say of which: «Обсяг пам'яті»."""
    said = [frozenset(terms) for terms in words]
    return bool(said) and all(not terms.isdisjoint(_VAGUE) for terms in said)


def is_heading_of_any(heading: str) -> bool:
    return is_any_memory(token.terms for token in tokens(heading) if token.kind != STOP)
