"""Which part of a suggestion has been typed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core import text
from search.suggesting.names import folded_words

_WORD = re.compile(r"[^\W_]+")


def marked(shown: str, typed: str) -> Iterator[tuple[str, bool]]:
    """Segments of `shown`, each with whether it is what was typed: the beginnings of its words. Joined they are
    `shown` again.
    """
    begun = sorted(folded_words(typed), key=len, reverse=True)
    at = 0
    for word in _WORD.finditer(shown):
        folded = text.fold(word.group())
        if len(folded) != len(word.group()):
            continue  # a letter that folds into two: what was typed cannot be placed
        typed_here = next((each for each in begun if folded.startswith(each)), "")
        if not typed_here:
            continue
        start = word.start()
        if start > at:
            yield shown[at:start], False
        at = start + len(typed_here)
        yield shown[start:at], True
    if at < len(shown):
        yield shown[at:], False
