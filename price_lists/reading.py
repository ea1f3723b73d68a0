"""The one door to price-list files: look at one, read it raw, read it into offers. Writes nothing."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as MappingType
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from django.utils.translation import gettext, ngettext

from price_lists.duplicates import merge_duplicates
from price_lists.errors import NoGoodsFound, Refusal
from price_lists.mapping.brands import find_brand_rows
from price_lists.mapping.feeds import feed_table
from price_lists.mapping.identity import identity_of
from price_lists.mapping.memory import NOTHING, Memory
from price_lists.mapping.model import ColumnGuess, Field, Mapping, TableMapping
from price_lists.mapping.sorting import hashed_records, sorted_rows
from price_lists.mapping.tables import find_tables
from price_lists.readers import FeedReader, Peek, Reader, SheetRows, reader_for, recognise
from price_lists.readers.base import PEEK_ROWS
from price_lists.remembering.unknown import Unknown, explained, unknown_words
from price_lists.rows import OfferRow, RawRow, RowIssue
from price_lists.title_rules.actions import NameRules
from price_lists.title_rules.rows import with_rules
from price_lists.validation.feed_rows import FeedNormaliser
from price_lists.validation.normalise import TableNormaliser

__all__ = [
    "ColumnGuess",
    "Field",
    "Inspection",
    "Mapping",
    "RawRow",
    "SheetPreview",
    "TableMapping",
    "adopt",
    "inspect",
    "merge_duplicates",
    "normaliser",
    "raw_rows",
    "read",
]

_SAMPLE_OFFERS = 20
_SHOWN_ROWS = 60


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
    words: tuple[Unknown, ...] = ()  # what the first rows left open, if it was looked for


def inspect(
    path: str | Path,
    *,
    original_name: str = "",
    encoding: str | None = None,
    delimiter: str | None = None,
    sheets: Sequence[str] | None = None,
    header_rows: MappingType[str, int] | None = None,
    memory: Memory | None = None,
) -> Inspection:
    """Recognise the file by its content and guess its mapping from the first rows. Never raises Refusal.

    The keyword arguments are a person's corrections: `header_rows` is {sheet name: row of its header},
    with 0 for "no header"; `sheets` names those to read. With a `memory`, what people confirmed before helps the
    guess, and words that the first rows leave open are looked for.
    """
    path = Path(path)
    empty = Mapping("")
    details: dict[str, Any] = {"original_name": original_name} if original_name else {}
    try:
        format_name, reader = recognise(path)
    except Refusal as refusal:
        return Inspection("", "", "", (), empty, refusal=refusal, details=details)
    try:
        peek = reader.peek(path, format_name, encoding=encoding or "", delimiter=delimiter or "")
    except Refusal as refusal:
        return Inspection(format_name, "", "", (), Mapping(format_name), refusal=refusal, details=details)
    notes: tuple[str, ...] = ()
    if hasattr(reader, "field_of"):
        tables: tuple[TableMapping, ...] = (feed_table(cast("FeedReader", reader), peek),)
    else:
        found = find_tables(
            peek,
            sheets=list(sheets) if sheets is not None else None,
            header_rows=dict(header_rows or {}),
            memory=memory or NOTHING,
        )
        tables, notes = found.tables, found.notes
    mapping = Mapping(format_name, tables, peek.encoding, peek.delimiter, options=dict(peek.options))
    if hasattr(reader, "field_of"):
        feed = cast("FeedReader", reader)
        records = (row for row in reader.rows(path, mapping) if isinstance(row, RawRow))
        identity = identity_of(records, lambda name: str(feed.field_of(name)[0]))
        if identity:
            mapping = replace(mapping, options=mapping.options | {"identity": identity})
            notes += (gettext("Some identifiers stand at several goods; their links tell these apart."),)
    elif tables:
        mapping, said = _with_brand_rows(path, reader, peek, mapping)
        notes += said
    left_out = peek.details.get("files_left_out")
    if left_out:
        notes += (gettext("Not read in the archive: %(files)s.") % {"files": ", ".join(left_out[:10])},)
    listed = {table.sheet for table in tables}
    refused: Refusal | None = None
    sample: tuple[OfferRow | RowIssue, ...] = ()
    words: tuple[Unknown, ...] = ()
    if not tables:
        refused = NoGoodsFound("html_page" if format_name == "html" else "no_goods_found")
    elif memory is None:
        sample = tuple(itertools.islice(_sample(reader, peek, mapping), _SAMPLE_OFFERS))
    else:
        read_first = tuple(_sample(reader, peek, mapping))
        sample, words = read_first[:_SAMPLE_OFFERS], tuple(unknown_words(read_first, memory.brands))
        mapping = explained(mapping, words, memory)
    return Inspection(
        format_name,
        peek.encoding,
        peek.delimiter,
        tuple(_preview(sheet, is_list=sheet.name in listed) for sheet in peek.sheets),
        mapping,
        sample,
        refused,
        notes,
        details | peek.details,
        words,
    )


def adopt(remembered: Mapping, inspection: Inspection) -> Mapping:
    """What was chosen for the last file, applied to this one: fields by heading, places as found now.

    Use it when `inspection.mapping.signature == remembered.signature`; a new signature means a new layout,
    which a person should look at before anything is applied.
    """
    tables = []
    for old, new in itertools.zip_longest(remembered.tables, inspection.mapping.tables):
        if new is None:
            break
        if old is None:
            tables.append(new)
            continue
        chosen = {(column.heading, column.index): column for column in old.columns}
        by_heading = {column.heading: column for column in old.columns if column.heading}
        columns = tuple(
            replace(match, index=column.index, samples=column.samples)
            if (match := chosen.get((column.heading, column.index)) or by_heading.get(column.heading))
            else column
            for column in new.columns
        )
        tables.append(
            replace(
                new,
                columns=columns,
                currency=old.currency or new.currency,
                decimal=old.decimal,
                vat=old.vat,
                category_separator=old.category_separator or new.category_separator,
            )
        )
    return replace(
        inspection.mapping,
        tables=tuple(tables),
        currency=remembered.currency,
        options=dict(remembered.options),
    )


def raw_rows(path: str | Path, mapping: Mapping) -> Iterator[tuple[RawRow, bytes] | RowIssue]:
    """Rows of goods with a 16-byte hash over cells and category context, and issues for the rest.

    Issues are skipped rows (category rows, totals, repeated headers) and what the reader itself could not
    take. The row's number is not hashed, so inserted rows change nothing below them. The mapping is not
    hashed either: who compares hashes compares `mapping.to_json()` too. Raises Refusal, also in the middle
    of a file that is found damaged there: then nothing of it may be applied.
    """
    reader = reader_for(mapping.format)
    if not mapping.tables:
        raise NoGoodsFound("no_goods_found")
    rows = reader.rows(Path(path), mapping)
    yield from hashed_records(rows) if hasattr(reader, "field_of") else sorted_rows(rows, mapping)


def normaliser(
    mapping: Mapping, *, names: NameRules | None = None
) -> Callable[[RawRow], list[OfferRow | RowIssue]]:
    """The function from a raw row to its offer (first, if there is one) and issues. Compiled once.

    With `names` the offers' names are as these rules want them, and there are remarks on those that they find fault with.
    """
    understand = _normaliser(mapping)
    return understand if names is None else with_rules(understand, mapping, names)


def _normaliser(mapping: Mapping) -> Callable[[RawRow], list[OfferRow | RowIssue]]:
    reader = reader_for(mapping.format)
    if hasattr(reader, "field_of"):
        return FeedNormaliser(cast("FeedReader", reader), mapping)
    tables = [TableNormaliser(mapping, table) for table in mapping.tables]
    if len(tables) == 1:
        return tables[0]
    return lambda raw: tables[raw.table](raw)


def read(
    path: str | Path, mapping: Mapping, *, names: NameRules | None = None
) -> Iterator[OfferRow | RowIssue]:
    """Offers and issues, streaming, in the file's order; duplicates are still in. Raises Refusal."""
    normalise = normaliser(mapping, names=names)
    for item in raw_rows(path, mapping):
        if isinstance(item, RowIssue):
            yield item
        else:
            yield from normalise(item[0])


def _with_brand_rows(
    path: Path, reader: Reader, peek: Peek, mapping: Mapping
) -> tuple[Mapping, tuple[str, ...]]:
    """The mapping with the groups' headings that name brands, and a note that says so.

    A file that is longer than the rows looked at is read to its end, but only if these have brand rows.
    """
    first = (RawRow(sheet.name, number, cells) for sheet in peek.sheets for number, cells in sheet.rows)
    found = find_brand_rows(sorted_rows(first, mapping), mapping)
    if any(found) and any(sheet.rows and sheet.rows[-1][0] >= PEEK_ROWS for sheet in peek.sheets):
        # damage further down is told when the file is read
        with suppress(Refusal):
            found = find_brand_rows(sorted_rows(reader.rows(path, mapping), mapping), mapping)
    if not any(found):
        return mapping, ()
    tables = tuple(replace(table, brand_rows=rows) for table, rows in zip(mapping.tables, found, strict=True))
    names = list(dict.fromkeys(brand for rows in found for brand in rows.values()))
    shown = ", ".join(f"“{name}”" for name in names[:5])
    note = ngettext(
        "%(count)d heading inside the groups names a brand (%(names)s): it became the brand of the goods below it, not a group.",
        "%(count)d headings inside the groups name brands (%(names)s): they became the brands of the goods below them, not groups.",
        len(names),
    ) % {"count": len(names), "names": shown + ("…" if len(names) > 5 else "")}
    return replace(mapping, tables=tables), (note,)


def _sample(reader: object, peek: Peek, mapping: Mapping) -> Iterator[OfferRow | RowIssue]:
    rows = (RawRow(sheet.name, number, cells) for sheet in peek.sheets for number, cells in sheet.rows)
    found = hashed_records(rows) if hasattr(reader, "field_of") else sorted_rows(rows, mapping)
    normalise = normaliser(mapping)
    for item in found:
        if isinstance(item, RowIssue):
            yield item
        else:
            yield from normalise(item[0])


def _preview(sheet: SheetRows, *, is_list: bool) -> SheetPreview:
    return SheetPreview(sheet.name, tuple(sheet.rows[:_SHOWN_ROWS]), is_list, sheet.row_count)
