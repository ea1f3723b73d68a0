"""What a reader of one format is: the seam at which a further format is one more module."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from price_lists.rows import RawRow, RowIssue

if TYPE_CHECKING:
    from price_lists.mapping.model import Field, Mapping

COLUMN_CAP = 2048
BLANK_ROWS = 1000  # after so many in a row the sheet is taken to have ended
PEEK_ROWS = 1000
PEEK_SIZE = (
    48 * 1024**2
)  # characters of them in all, as they weigh in memory: rows of a hostile file are wide
PEEK_SHEETS = 500
FIELD_LIMIT = 128 * 1024


@dataclass(frozen=True, slots=True)
class SheetRows:
    """The first rows of one sheet, numbered from 1; blank rows are left out."""

    name: str
    rows: list[tuple[int, tuple[str, ...]]]
    hidden: bool = False
    row_count: int | None = None
    hidden_columns: frozenset[int] = frozenset()  # from 0
    hidden_rows: int = 0  # how many of those looked at


@dataclass(frozen=True, slots=True)
class Peek:
    """What can be said about a file from its beginning."""

    sheets: list[SheetRows]
    encoding: str = ""
    delimiter: str = ""
    currency: str = ""  # that a feed declares for all of its prices
    options: dict[str, str] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)


class Beginning:
    """The first rows of each sheet, as many as are looked at and no more than fit."""

    def __init__(self) -> None:
        self.sheets: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
        self._left = PEEK_SIZE

    @property
    def rows(self) -> list[tuple[int, tuple[str, ...]]]:
        """Those of the only sheet."""
        return self.sheets.setdefault("", [])

    def take(self, number: int, cells: tuple[str, ...], sheet: str = "") -> bool:
        """Whether this sheet wants more."""
        rows = self.sheets.get(sheet)
        if rows is None:
            if len(self.sheets) >= PEEK_SHEETS:
                return False
            rows = self.sheets[sheet] = []
        if len(rows) >= PEEK_ROWS or self._left <= 0:
            return False
        rows.append((number, cells))
        self._left -= sum(map(len, cells)) + 8 * len(cells)
        return len(rows) < PEEK_ROWS and self._left > 0

    @property
    def full(self) -> bool:
        return self._left <= 0

    def named(self) -> list[SheetRows]:
        return [SheetRows(name, rows) for name, rows in self.sheets.items()]


class Reader(Protocol):
    """One format. Readers are modules' singletons without state; `rows` streams with flat memory."""

    @property
    def formats(self) -> frozenset[str]:
        """Names under which mappings refer to this reader."""

    def recognise(self, path: Path, head: bytes) -> str:
        """The format's name if the content is of this kind, else empty. May raise Refusal."""

    def peek(self, path: Path, format_name: str, *, encoding: str = "", delimiter: str = "") -> Peek:
        """The first rows and what had to be found out to read them. Raises Refusal."""

    def rows(self, path: Path, mapping: Mapping) -> Iterator[RawRow | RowIssue]:
        """All rows. `RawRow.table` is left 0: the mapping decides about tables. Raises Refusal."""


class FeedReader(Reader, Protocol):
    """A format whose elements have names: their meaning is known, not guessed."""

    def field_of(self, name: str) -> tuple[Field, str]:
        """The field that an element means, and its kind (an attribute's name, a price kind)."""
