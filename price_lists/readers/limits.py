"""What one value, one good and one tree of groups may take: a hostile feed ends in a refusal, not in the worker's memory.

Parsers build a good as a whole before anybody can look at it, so the bounds of size hold in the stream that feeds
them. No honest feed comes near any of them.
"""

from __future__ import annotations

import resource
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from price_lists.errors import TooBig
from price_lists.messages import issue
from price_lists.rows import RowIssue

VALUE_BYTES: Final = 8 * 1024**2  # the longest text between two signs of markup
RECORD_BYTES: Final = 16 * 1024**2  # one good as it stands in the file, or what stands between two
RECORD_SIGNS: Final = 500_000  # signs of markup there: each may cost the parser 250 bytes
RECORD_FIELDS: Final = 5_000  # elements or keys of one good
NAME_BYTES: Final = 1_000  # a name of a field: they are remembered
NAMES: Final = 20_000  # so many different ones are remembered
CATEGORIES: Final = 200_000
CHOICES: Final = 500_000  # values that properties are chosen from
JOINED_TEXT: Final = 1024**2  # of one good that several files of an exchange tell of
CATEGORY_TEXT: Final = 32 * 1024**2  # characters of their names in all
MEMORY: Final = 1024**3  # by which the process may grow while one file is read
_STEP: Final = 1024**2  # after so many bytes it is looked at
_STATE: Final = Path("/proc/self/statm")
_DEPTH: Final = 30  # a tree of groups that is deeper has a circle in it
_SHOWN: Final = 60


def record_too_big(number: int, field: str, value: str, *, limit: int | None = None) -> TooBig:
    """The refusal of a good that is too large to be built; `field` and `value` are what was read last of it."""
    return TooBig(
        "record_too_big",
        row=number,
        field=_shown(field),
        value=_shown(value),
        limit=max((RECORD_BYTES if limit is None else limit) // 1024**2, 1),
        most=RECORD_SIGNS,
    )


def value_too_long(number: int, field: str, value: str) -> TooBig:
    return TooBig(
        "value_too_long",
        row=number,
        field=_shown(field),
        value=_shown(value),
        limit=max(VALUE_BYTES // 1024**2, 1),
    )


def name_too_long(number: int, name: str) -> TooBig:
    return TooBig("name_too_long", row=number, value=_shown(name), limit=NAME_BYTES)


def too_many_fields(number: int, cells: list[str] | tuple[str, ...]) -> RowIssue:
    """The issue of a good whose `cells` are of more than RECORD_FIELDS fields: it alone is left out."""
    name = cells[2 * RECORD_FIELDS].partition("\x00")[0]
    return issue("too_many_fields", row=number, column=_shown(name), value=str(len(cells) // 2))


class Growth:
    """The last bound, for what the others do not see: a parser remembers every name of an element, say."""

    def __init__(self) -> None:
        self._begun = _resident()
        self._read = 0

    def check(self, size: int, number: int) -> bool:
        """Told of the bytes that were read; whether it was time to look. Raises TooBig."""
        self._read += size
        if self._read < _STEP:
            return False
        self._read = 0
        if _resident() - self._begun > MEMORY:
            raise TooBig("reading_too_big", row=number, limit=MEMORY // 1024**2)
        return True


def _resident() -> int:
    """Bytes of memory that this process holds; 0 where the system does not tell."""
    try:
        return int(_STATE.read_bytes().split()[1]) * resource.getpagesize()
    except (OSError, IndexError, ValueError):
        return 0


class CategoryTree:
    """Names of groups by id and the groups above them. Raises TooBig when there are more than any shop has."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self._parents: dict[str, str] = {}
        self._text = 0

    def add(self, identifier: str, name: str, parent: str) -> None:
        if not identifier or not name:
            return
        self._text += len(name) + len(identifier) + len(parent)
        if len(self.names) >= CATEGORIES or self._text > CATEGORY_TEXT:
            raise TooBig(
                "too_many_categories", limit=CATEGORIES, field=_shown(identifier), value=_shown(name)
            )
        self.names[identifier] = name[:NAME_BYTES]
        if parent and parent != identifier:
            self._parents[identifier] = parent

    def path(self, identifier: str) -> tuple[str, ...]:
        path: list[str] = []
        seen: set[str] = set()
        current: str | None = identifier
        while current in self.names and current not in seen and len(path) < _DEPTH:
            seen.add(current)
            path.append(self.names[current])
            current = self._parents.get(current)
        return tuple(reversed(path))

    def paths(self) -> Mapping[str, tuple[str, ...]]:
        return {identifier: self.path(identifier) for identifier in self.names}


def _shown(text: str) -> str:
    plain = " ".join(text[: 4 * _SHOWN].split())
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…"
