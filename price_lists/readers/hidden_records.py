"""Hidden columns and rows of workbooks that are written in records: XLS ([MS-XLS]) and XLSB ([MS-XLSB])."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

from price_lists.readers.base import COLUMN_CAP
from price_lists.readers.compound import NotCompound, stream

Hidden = tuple[frozenset[int], int]  # columns from 0, how many rows

_BYTES = 32 * 1024 * 1024  # as far as a look goes
_SHEETS = 500
# Records of XLS
_BOF, _EOF, _BOUNDSHEET, _CODEPAGE, _COLINFO, _ROW = 0x0809, 0x0A, 0x85, 0x42, 0x7D, 0x0208
# Records of XLSB
_BUNDLE, _COLUMN, _ROW_HEAD, _DATA_END = 156, 60, 0, 146
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^<>]*>")


def of_xls(path: Path) -> dict[str, Hidden]:
    """By sheet's name. Raises ValueError or struct.error for what is no such workbook."""
    try:
        book = stream(path, ("Workbook", "Book"), limit=_BYTES)
    except NotCompound:
        with path.open("rb") as file:  # Excel 5 may write the bare stream
            book = file.read(_BYTES)
    wide = len(book) > 6 and struct.unpack_from("<H", book, 4)[0] >= 0x0600
    codepage = "cp1251"
    sheets: list[tuple[str, int]] = []
    for kind, start, size in _records(book, 0):
        if kind == _CODEPAGE and size >= 2:
            number = struct.unpack_from("<H", book, start)[0]
            codepage = {1200: "utf-16-le", 10007: "mac_cyrillic", 32768: "mac_roman"}.get(
                number, f"cp{number}"
            )
        elif kind == _BOUNDSHEET and size > 8 and len(sheets) < _SHEETS:
            place = struct.unpack_from("<I", book, start)[0]
            sheets.append((_sheet_name(book[start + 6 : start + size], codepage, wide=wide), place))
        elif kind == _EOF:
            break
    return {name: _of_substream(book, place) for name, place in sheets if place < len(book)}


def _sheet_name(told: bytes, codepage: str, *, wide: bool) -> str:
    """The name behind its length: in Excel 97 and later one byte or two to a letter, before that in a code page."""
    if not wide:
        return told[1 : 1 + told[0]].decode(codepage, "replace")
    if told[1] & 1:
        return told[2 : 2 + 2 * told[0]].decode("utf-16-le", "replace")
    return told[2 : 2 + told[0]].decode("latin-1")


def _of_substream(book: bytes, place: int) -> Hidden:
    columns: set[int] = set()
    rows = 0
    begun = False
    for kind, start, size in _records(book, place):
        if not begun:  # the offset points at the beginning of the sheet, or at nothing
            if kind != _BOF:
                break
            begun = True
        elif kind == _COLINFO and size >= 10:
            first, last, width, _format, flags = struct.unpack_from("<5H", book, start)
            if flags & 1 or not width:
                columns.update(range(first, min(last + 1, COLUMN_CAP)))
        elif kind == _ROW and size >= 16:
            rows += bool(struct.unpack_from("<H", book, start + 12)[0] & 0x20)
        elif kind == _EOF:
            break
    return frozenset(columns), rows


def _records(book: bytes, place: int) -> Iterator[tuple[int, int, int]]:
    """Kind, place and size of each record's content."""
    while place + 4 <= len(book):
        kind, size = struct.unpack_from("<HH", book, place)
        yield kind, place + 4, size
        place += 4 + size


def of_xlsb(archive: zipfile.ZipFile) -> dict[str, Hidden]:
    """By sheet's name. Raises KeyError, ValueError or struct.error for what is no such workbook."""
    targets: dict[str, str] = {}
    for tag in _RELATION.findall(archive.read("xl/_rels/workbook.bin.rels")):
        identifier, target = re.search(rb"\bId=\"([^\"]+)\"", tag), re.search(rb"\bTarget=\"([^\"]+)\"", tag)
        if identifier and target:
            name = target[1].decode("utf-8", "replace")
            targets[identifier[1].decode("utf-8", "replace")] = (
                name.lstrip("/") if name[0] == "/" else f"xl/{name}"
            )
    book = _beginning(archive, "xl/workbook.bin")
    present = set(archive.namelist())
    found: dict[str, Hidden] = {}
    for kind, start, size in _wide_records(book):
        if kind == _BUNDLE and len(found) < _SHEETS:
            content = book[start : start + size]
            relation, behind = _wide_text(content, 8)
            name, _end = _wide_text(content, behind)
            if targets.get(relation) in present:
                found[name] = _of_sheet(_beginning(archive, targets[relation]))
    return found


def _of_sheet(sheet: bytes) -> Hidden:
    columns: set[int] = set()
    rows = 0
    for kind, start, size in _wide_records(sheet):
        if kind == _ROW_HEAD and size >= 12:
            rows += bool(sheet[start + 11] & 0x10)
        elif kind == _COLUMN and size >= 18:
            first, last, width, _format, flags = struct.unpack_from("<4IH", sheet, start)
            if flags & 1 or not width:
                columns.update(range(first, min(last + 1, COLUMN_CAP)))
        elif kind == _DATA_END:
            break
    return frozenset(columns), rows


def _wide_records(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Kind, place and size: both numbers are written in groups of seven bits."""
    place, end = 0, len(data)
    while place < end:
        kind = data[place]
        place += 1
        if kind & 0x80 and place < end:
            kind = kind & 0x7F | (data[place] & 0x7F) << 7
            place += 1
        size = 0
        for turn in range(4):
            if place >= end:
                return
            byte = data[place]
            place += 1
            size |= (byte & 0x7F) << 7 * turn
            if not byte & 0x80:
                break
        yield kind, place, size
        place += size


def _wide_text(data: bytes, place: int) -> tuple[str, int]:
    length = struct.unpack_from("<I", data, place)[0]
    end = place + 4 + 2 * length
    return data[place + 4 : end].decode("utf-16-le", "replace"), end


def _beginning(archive: zipfile.ZipFile, part: str) -> bytes:
    with archive.open(part) as file:
        return file.read(_BYTES)
