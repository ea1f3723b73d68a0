"""What suggestions are: words to search for, and ids of what leads straight to a page. Names are for whoever draws them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InCategory:
    """The words, searched for within one category."""

    words: str
    category_id: int


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Each tuple best first. `words` is what was typed, as it was understood: with `is_corrected`, in another layout,
    alphabet or spelling. Everything named may be shown to anybody at the moment of asking.
    """

    words: str = ""
    is_corrected: bool = False
    queries: tuple[str, ...] = ()
    categories: tuple[int, ...] = ()
    in_categories: tuple[InCategory, ...] = ()
    offers: tuple[int, ...] = ()  # one of each good; filled only where the words point to few
    vendors: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.queries or self.categories or self.in_categories or self.offers or self.vendors)
