"""What people confirmed before, as it is handed to whoever guesses: words and their answers with the evidence. Pure."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from typing import NamedTuple


class Remembered(NamedTuple):
    """An answer, and who gave it: `own` is the vendor's own word, otherwise so many vendors agree and so many do not.

    The answer of a heading is a field, with ":" and the kind where it is a price of a known kind.
    """

    answer: str
    vendors: int
    others: int = 0
    own: bool = False

    @property
    def sureness(self) -> float:
        """How sure a guess by this alone may be, from 0 to 1. A person's word about the file itself is 1."""
        if self.own:
            return 0.9
        share = self.vendors / max(self.vendors + self.others, 1)
        return round(min(0.9, 0.7 + 0.02 * self.vendors) * share, 2)


Words = MappingType[str, Remembered]


@dataclass(frozen=True, slots=True)
class Memory:
    """By folded word: headings as `mapping.vocabulary.plain` folds them, stock and units as `mapping.words.plain_word`,
    brands as written, layouts by `Mapping.signature`.
    """

    headings: Words = field(default_factory=dict)
    stock: Words = field(default_factory=dict)
    units: Words = field(default_factory=dict)
    brands: Words = field(default_factory=dict)
    layouts: Words = field(default_factory=dict)

    def own(self) -> Memory:
        """What the vendor's own people said, alone."""
        return Memory(
            *(
                {word: said for word, said in words.items() if said.own}
                for words in (self.headings, self.stock, self.units, self.brands, self.layouts)
            )
        )


NOTHING = Memory()
