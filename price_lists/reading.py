"""The one door to price-list files: look at one, read it raw, read it into offers. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from price_lists.errors import Refusal
from price_lists.mapping.model import ColumnGuess, Field, Mapping, TableMapping
from price_lists.rows import OfferRow, RawRow, RowIssue

__all__ = [
    "ColumnGuess",
    "Field",
    "Inspection",
    "Mapping",
    "RawRow",
    "SheetPreview",
    "TableMapping",
    "inspect",
    "merge_duplicates",
    "normaliser",
    "raw_rows",
    "read",
]


@dataclass(frozen=True, slots=True)
class SheetPreview:
    """The first rows of one sheet as they stand, for showing: (number from 1, cells)."""

    name: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    is_product_list: bool
    row_count: int | None = None  # None: not known without reading the whole file


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file is and how it would be read. With a `refusal`, `mapping` has no tables."""

    format: str
    encoding: str
    delimiter: str
    sheets: tuple[SheetPreview, ...]
    mapping: Mapping
    sample: tuple[OfferRow | RowIssue, ...] = ()
    refusal: Refusal | None = None
    notes: tuple[str, ...] = ()  # what the vendor should know about the guess, translated
    details: dict[str, Any] = field(default_factory=dict)


def inspect(
    path: str | Path,
    *,
    original_name: str = "",
    encoding: str | None = None,
    delimiter: str | None = None,
    sheets: Sequence[str] | None = None,
    header_rows: MappingType[str, int] | None = None,
) -> Inspection:
    """Recognise the file by its content and guess its mapping from the first rows. Never raises Refusal.

    The keyword arguments are a person's corrections: `header_rows` is {sheet name: row of its header},
    with 0 for "no header"; `sheets` names those to read.
    """
    raise NotImplementedError


def raw_rows(path: str | Path, mapping: Mapping) -> Iterator[tuple[RawRow, bytes] | RowIssue]:
    """Rows of goods with a 16-byte hash over cells and category context, and issues for the rest.

    Issues are skipped rows (category rows, totals, repeated headers) and what the reader itself could not
    take. The row's number is not hashed, so inserted rows change nothing below them. The mapping is not
    hashed either: who compares hashes compares `mapping.to_json()` too. Raises Refusal.
    """
    raise NotImplementedError


def read(path: str | Path, mapping: Mapping) -> Iterator[OfferRow | RowIssue]:
    """Offers and issues, streaming, in the file's order; duplicates are still in. Raises Refusal."""
    raise NotImplementedError
