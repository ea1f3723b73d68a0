"""What a good is, apart from what it is for: "staples for a stapler" are no stapler, though all its words are there."""

from __future__ import annotations

import re
from functools import lru_cache

from core import text
from search.percolation import needs

#: What follows names a purpose or a companion, not the good.
_PURPOSE = re.compile(r"\s(?:для|під|под|до|к|for|to\s+fit|compatible\s+with)\s", re.IGNORECASE)
#: Looks like an adjective: then the good is rather named by the next word.
_ADJECTIVE = re.compile(
    r"(?:ий|ій|ый|ой|ая|яя|ое|ее|ова|ева|єва|ська|цька|на|ня|ове|еве|не|ські|цькі|ові|ні|ые|ие|ed|less|ing|ic|al)$"
)
_WORD = re.compile(r"[^\W\d_]{3,}")


def names_the_good(wanted: str, offered: str) -> bool:
    """False where an offer's title mentions the wanted good only as what something else is for.

    `offered` may hold titles in several languages, one a line. A pure function of the two texts.
    """
    own = _what_it_is(offered)
    if own is None:
        return True
    heads = _heads(wanted)
    return not heads or any(not own.isdisjoint(head) for head in heads)


@lru_cache(maxsize=1 << 15)
def _what_it_is(offered: str) -> frozenset[str] | None:
    """Terms before the purpose in each of the titles; None where no title tells a purpose."""
    terms: set[str] = set()
    told = False
    for title in offered.split("\n"):
        place = _PURPOSE.search(title)
        if place and place.start() > 0:
            told = True
            terms.update(text.index_terms(title[: place.start()]))
        else:
            terms.update(text.index_terms(title))
    return frozenset(terms) if told else None


@lru_cache(maxsize=1 << 14)
def _heads(wanted: str) -> tuple[frozenset[str], ...]:
    """Terms of the first word, and of the second where the first is an adjective."""
    place = _PURPOSE.search(wanted)
    words = _WORD.findall(wanted[: place.start()] if place else wanted)
    if not words:
        return ()
    taken = words[:2] if _ADJECTIVE.search(words[0].lower()) else words[:1]
    heads = []
    for word in taken:
        terms = frozenset(term for need in needs(word) for term in need.terms)
        if terms:
            heads.append(terms)
    return tuple(heads)
