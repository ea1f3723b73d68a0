"""Paths of categories in one cell: "Одяг > Взуття", "БЯЗЬ/КПБ бязь", and slashes that part no levels."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

_SURE = re.compile(r"\s*(?:>>|->|=>|»|>|\||\\|→|::|&gt;)\s*")
_SPACED_SLASH = re.compile(r"\s+/\s+")
_LAST_WORD = re.compile(r"([^\W\d_]*)[\W\d_]*\Z")
_FIRST_WORD = re.compile(r"\A\W*([^\W\d_]*)")


def guess_separator(cells: list[str], rows: list[str]) -> str:
    """A bare slash if it parts levels in these category cells or category rows, else empty.

    Signs that mean nothing else (an angle, a bar, a spaced slash) are always taken, without being told.
    """
    for values in (list(dict.fromkeys(cells)), rows):
        slashed = [value for value in values if "/" in value and not _SURE.search(value)]
        if len(slashed) < 3 or len(slashed) < len(values) * 0.25:
            continue
        firsts = Counter(value.split("/")[0].strip().lower() for value in slashed)
        shared = sum(count for count in firsts.values() if count > 1)
        if shared / len(slashed) >= 0.5:
            return "/"
    return ""


@lru_cache(maxsize=8192)
def split_path(text: str, separator: str = "") -> tuple[str, ...]:
    """The levels of a category cell, cleaned; a cell without separators is one level."""
    if _SURE.search(text):
        parts = _SURE.split(text)
    elif separator == "/":
        parts = _split_at_slashes(text)
    elif separator:
        parts = text.split(separator)
    else:
        parts = _SPACED_SLASH.split(text)
    levels = [" ".join(part.split()) for part in parts]
    return tuple(level[:200] for level in levels if level)[:12]


def _split_at_slashes(text: str) -> list[str]:
    """Split at slashes, but not inside "120г/м2" or "п/э": between scraps a slash belongs to the word."""
    parts: list[str] = []
    for piece in text.split("/"):
        if parts:
            before, after = _LAST_WORD.search(parts[-1]), _FIRST_WORD.match(piece)
            if before and after and 0 < len(before[1]) <= 2 and 0 < len(after[1]) <= 2:
                parts[-1] += "/" + piece
                continue
        parts.append(piece)
    return parts
