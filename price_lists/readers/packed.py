"""Lists in archives: one file inside read as if it lay there alone, several files as one list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from price_lists.errors import NoGoodsFound, Refusal, TooBig, UnknownFormat, UnreadableFile
from price_lists.readers.base import PEEK_ROWS, Beginning, FeedReader, Peek, Reader, SheetRows
from price_lists.readers.commerceml import CommerceMLReader
from price_lists.readers.unpacking import Part, Unpacked, packing_of, unpack
from price_lists.rows import RawRow, RowIssue

if TYPE_CHECKING:
    from price_lists.mapping.model import Field, Mapping

FILES = "files"  # the format of several tables in one archive
_GENERIC = re.compile(r"[\W\d_]*(?:part|file|chunk|частина|часть|файл|том|vol)?[\W\d_]*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive that some reader knows."""

    part: Part
    format: str
    reader: Reader


@dataclass(frozen=True, slots=True)
class Contents:
    """The lists in an archive, which together are of the format named here, and names of what is none."""

    format: str
    members: list[Member]
    left: list[str]

    def details(self, kind: str) -> dict[str, Any]:
        files: dict[str, Any] = {"packed": kind, "files": [member.part.name for member in self.members]}
        return files | ({"files_left_out": self.left} if self.left else {})


class Opening:
    """A reader that takes its format out of archives, too. Without state but for what it holds open."""

    def __init__(self, inner: Reader, held: Unpacked | None = None) -> None:
        self._inner = inner
        self._held = held  # as long as this reader lives its archive is not taken out again

    @property
    def formats(self) -> frozenset[str]:
        return self._inner.formats

    def recognise(self, path: Path, head: bytes) -> str:
        return self._inner.recognise(path, head)

    def peek(self, path: Path, format_name: str, *, encoding: str = "", delimiter: str = "") -> Peek:
        unpacked = _opened(path)
        if unpacked is None:
            return self._inner.peek(path, format_name, encoding=encoding, delimiter=delimiter)
        contents = contents_of(unpacked)
        members = contents.members
        if isinstance(self._inner, CommerceMLReader):
            peek = self._inner.peek_exchange([member.part.path for member in members], encoding)
        elif len(members) == 1:
            place = members[0].part.path
            peek = self._inner.peek(place, format_name, encoding=encoding, delimiter=delimiter)
        else:
            peek = _joined_peek(self._inner, members, encoding)
        return replace(peek, details=peek.details | contents.details(unpacked.kind))

    def rows(self, path: Path, mapping: Mapping) -> Iterator[RawRow | RowIssue]:
        unpacked = _opened(path)
        if unpacked is None:
            yield from self._inner.rows(path, mapping)
            return
        contents = contents_of(unpacked)
        members = contents.members
        if contents.format != mapping.format:
            raise UnknownFormat("archive_of_different_lists", detail=_names(members))
        if isinstance(self._inner, CommerceMLReader):
            yield from self._inner.exchange_rows([member.part.path for member in members], mapping.encoding)
        elif len(members) == 1:
            yield from self._inner.rows(members[0].part.path, mapping)
        else:
            for member in members:
                # each of several feeds may have an encoding of its own, and damage is told with its name
                own = replace(mapping, encoding="")
                for row in self._inner.rows(member.part.path, own):
                    if isinstance(row, RawRow):
                        yield row._replace(sheet=member.part.name)
                    else:
                        yield replace(row, sheet=member.part.name)


class OpeningFeed(Opening):
    """The same for formats whose elements have names."""

    @property
    def by_name(self) -> bool:
        return getattr(self._inner, "by_name", False)

    def field_of(self, name: str) -> tuple[Field, str]:
        return cast("FeedReader", self._inner).field_of(name)


class FilesReader:
    """Several tables in one archive: each sheet of each file is a sheet of the list."""

    formats = frozenset({FILES})

    def recognise(self, path: Path, head: bytes) -> str:  # noqa: ARG002 - only `recognise_packed` knows
        return ""

    def peek(self, path: Path, format_name: str, *, encoding: str = "", delimiter: str = "") -> Peek:  # noqa: ARG002
        unpacked = _opened(path)
        if unpacked is None:
            raise UnknownFormat("not_a_price_list", detail="a single file")
        contents = contents_of(unpacked)
        sheets: list[SheetRows] = []
        beginning = Beginning()
        for member in contents.members:
            found = member.reader.peek(member.part.path, member.format, encoding=encoding)
            for sheet in found.sheets:
                name = _label(member.part, sheet.name, alone=len(found.sheets) == 1)
                for number, cells in sheet.rows:
                    beginning.take(number, cells, name)
                sheets.append(replace(sheet, name=name, rows=beginning.sheets.get(name, [])))
        return Peek(sheets, encoding, details=contents.details(unpacked.kind))

    def rows(self, path: Path, mapping: Mapping) -> Iterator[RawRow | RowIssue]:
        unpacked = _opened(path)
        if unpacked is None:
            raise UnknownFormat("not_a_price_list", detail="a single file")
        missing = {table.sheet for table in mapping.tables}
        for member in contents_of(unpacked).members:
            found = member.reader.peek(member.part.path, member.format, encoding=mapping.encoding)
            labels = {
                sheet.name: _label(member.part, sheet.name, alone=len(found.sheets) == 1)
                for sheet in found.sheets
            }
            names = {label: name for name, label in labels.items()}
            tables = tuple(
                replace(table, sheet=names[table.sheet]) for table in mapping.tables if table.sheet in names
            )
            missing -= names.keys()
            if not tables:
                continue
            own = replace(
                mapping,
                format=member.format,
                tables=tables,
                encoding=found.encoding,
                delimiter=found.delimiter,
            )
            for row in member.reader.rows(member.part.path, own):
                label = labels.get(row.sheet, row.sheet)
                yield row._replace(sheet=label) if isinstance(row, RawRow) else replace(row, sheet=label)
        if missing:
            raise UnknownFormat("sheet_missing", detail=", ".join(sorted(missing)))


FILES_READER = FilesReader()


def _opened(path: Path) -> Unpacked | None:
    with path.open("rb") as stream:
        head = stream.read(8)
    kind = packing_of(path, head)
    return unpack(path, kind) if kind else None


def recognise_packed(path: Path, kind: str) -> tuple[str, Reader]:
    """The format of what is inside, and the reader for it, which holds the archive open. Raises Refusal."""
    unpacked = unpack(path, kind)
    contents = contents_of(unpacked)
    if contents.format == FILES:
        return FILES, _HeldFiles(unpacked)
    reader = contents.members[0].reader
    made = OpeningFeed if hasattr(reader, "field_of") else Opening
    return contents.format, made(reader, unpacked)


class _HeldFiles(FilesReader):
    def __init__(self, held: Unpacked) -> None:
        self._held = held


def contents_of(unpacked: Unpacked) -> Contents:
    """The lists inside, looked for once. Raises Refusal: that of the only file, or one that names all files."""
    known = unpacked.contents
    if isinstance(known, Contents):
        return known
    contents = unpacked.contents = _contents(unpacked)
    return contents


def _contents(unpacked: Unpacked) -> Contents:
    from price_lists.readers import recognise_plain

    found: list[Member] = []
    left: list[str] = list(unpacked.aside)
    refused: list[Refusal] = []
    for part in unpacked.parts:
        try:
            format_name, reader = recognise_plain(part.path)
        except Refusal as refusal:
            refused.append(refusal)
            left.append(part.name)
            continue
        found.append(Member(part, format_name, reader))
    if not found:
        if len(unpacked.parts) == 1:
            raise refused[0]
        if not left:
            raise NoGoodsFound("empty_file")
        raise UnknownFormat("archive_without_list", detail=", ".join(left[:10]))
    # a damaged list beside good ones is no note: leaving it out would lose its goods unseen
    damaged = next((refusal for refusal in refused if isinstance(refusal, UnreadableFile | TooBig)), None)
    if damaged is not None:
        raise damaged
    if len(found) == 1:
        return Contents(found[0].format, found, left)
    return _belonging(found, left)


def _belonging(found: list[Member], left: list[str]) -> Contents:
    """Of several files those that make one list; notes beside feeds and beside tables are no part of it."""
    feeds = [member for member in found if hasattr(member.reader, "field_of")]
    tables = [member for member in found if member not in feeds]
    good = _with_goods(tables)
    notes = left + [member.part.name for member in tables if member not in good]
    if feeds:
        if good or len({member.format for member in feeds}) > 1:
            raise UnknownFormat("archive_of_different_lists", detail=_names(feeds + good))
        return Contents(feeds[0].format, feeds, notes)
    if not good:  # all are shown, so that a person can choose
        return Contents(FILES, tables, left)
    return Contents(good[0].format if len(good) == 1 else FILES, good, notes)


def _names(members: list[Member]) -> str:
    return ", ".join(member.part.name for member in members[:10])


def _with_goods(tables: list[Member]) -> list[Member]:
    from price_lists.mapping.tables import find_tables

    return [
        member for member in tables if find_tables(member.reader.peek(member.part.path, member.format)).tables
    ]


def _label(part: Part, sheet: str, *, alone: bool) -> str:
    stem = part.name.rpartition("/")[2].rpartition(".")[0] or part.name
    if _GENERIC.match(stem):
        stem = f"List {stem}"
    return stem if alone else f"{stem} › {sheet}"


def _joined_peek(inner: Reader, members: list[Member], encoding: str) -> Peek:
    """The beginnings of several feeds of one kind."""
    beginning = Beginning()
    first: Peek | None = None
    currencies: set[str] = set()
    for member in members:
        found = inner.peek(member.part.path, member.format, encoding=encoding)
        first = first or found
        currencies.add(found.currency)
        for number, cells in found.sheets[0].rows[: max(PEEK_ROWS // len(members), 50)]:
            beginning.take(number, cells)
    assert first is not None
    currency = currencies.pop() if len(currencies) == 1 else ""
    return replace(first, sheets=[SheetRows("", beginning.rows)], currency=currency)
