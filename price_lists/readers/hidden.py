"""What a workbook keeps from sight: columns and rows that are hidden, of which the parser says nothing.

A vendor hides what buyers shall not see (purchase prices, suppliers), so columns matter;
rows are hidden by collapsed groups and filters as often, so they are counted and told, not left out.
"""

from __future__ import annotations

import html
import re
import struct
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

from price_lists.readers.archives import sheet_parts
from price_lists.readers.base import COLUMN_CAP, SheetRows
from price_lists.readers.hidden_records import Hidden, of_xls, of_xlsb

# A raw "<" cannot stand inside a tag: without it each search ends where the next tag begins, and none takes the square
# of a hostile file's length.
_BYTES = 8 * 1024 * 1024  # as far as a look goes: columns are told before the first row
_ATTRIBUTE = r"\b{}\s*=\s*[\"']([^\"']*)[\"']"
_HIDDEN = re.compile(rb"\bhidden\s*=\s*[\"'](?:1|true)[\"']")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b[^<>]*>")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^<>]*>")
_WIDTH_ZERO = re.compile(rb"\bwidth\s*=\s*[\"']0(?:\.0*)?[\"']")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^<>]{0,2000}\br:id=\"[^\"<>]+\"[^<>]{0,2000}>", re.IGNORECASE)
_TABLE = re.compile(rb"<table:table\s[^<>]*>")
_TABLE_COLUMN = re.compile(rb"<table:table-column\b[^<>]*>")
_TABLE_ROW = re.compile(rb"<table:table-row\b[^<>]*>")
_UNSEEN = re.compile(rb"\btable:visibility\s*=\s*[\"'](?:collapse|filter)[\"']")


def with_hidden(path: Path, format_name: str, sheets: list[SheetRows]) -> list[SheetRows]:
    """The sheets with what is hidden on them, as far as the format lets it be seen."""
    found = hidden_parts(path, format_name)
    return [
        replace(sheet, hidden_columns=found[sheet.name][0], hidden_rows=found[sheet.name][1])
        if sheet.name in found
        else sheet
        for sheet in sheets
    ]


def hidden_parts(path: Path, format_name: str) -> dict[str, Hidden]:
    """By sheet's name; sheets on which nothing is hidden are left out."""
    try:
        if format_name == "xls":
            return _some(of_xls(path))
        with zipfile.ZipFile(path) as archive:
            if format_name == "xlsx":
                found = _of_xlsx(archive, sheet_parts(path))
            elif format_name == "ods":
                found = _of_ods(_beginning(archive, "content.xml"))
            elif format_name == "xlsb":
                found = of_xlsb(archive)
            else:
                return {}
    except (
        zipfile.BadZipFile, zlib.error, struct.error, OSError, LookupError, ValueError, NotImplementedError
    ):  # fmt: skip
        return {}  # damage is told by who reads the file
    return _some(found)


def _some(found: dict[str, Hidden]) -> dict[str, Hidden]:
    return {name: hidden for name, hidden in found.items() if hidden[0] or hidden[1]}


def _beginning(archive: zipfile.ZipFile, part: str) -> bytes:
    with archive.open(part) as stream:
        return stream.read(_BYTES)


def _of_xlsx(archive: zipfile.ZipFile, parts: list[str]) -> dict[str, Hidden]:
    names = [
        html.unescape(_told(tag, "name").decode("utf-8", "replace"))
        for tag in _SHEET.findall(archive.read("xl/workbook.xml"))
    ]
    present = set(archive.namelist())
    found: dict[str, Hidden] = {}
    for name, part in zip(names, parts, strict=False):
        if part not in present:
            continue
        text = _beginning(archive, part)
        columns: set[int] = set()
        for tag in _COLUMN.findall(text.partition(b"sheetData")[0]):
            if _HIDDEN.search(tag) or _WIDTH_ZERO.search(tag):
                first, last = max(int(_told(tag, "min")), 1), int(_told(tag, "max"))
                columns.update(range(first - 1, min(last, COLUMN_CAP)))
        rows = sum(1 for tag in _ROW.findall(text) if _HIDDEN.search(tag)) if b"hidden" in text else 0
        found[name] = frozenset(columns), rows
    return found


def _of_ods(text: bytes) -> dict[str, Hidden]:
    found: dict[str, Hidden] = {}
    starts = list(_TABLE.finditer(text))
    for start, end in zip(starts, [*(match.start() for match in starts[1:]), len(text)], strict=True):
        part = text[start.end() : end]
        columns: set[int] = set()
        place = 0
        for tag in _TABLE_COLUMN.findall(part):
            count = max(int(_told(tag, "table:number-columns-repeated") or 1), 1)
            if _UNSEEN.search(tag):
                columns.update(range(place, min(place + count, COLUMN_CAP)))
            place += count
        rows = sum(1 for tag in _TABLE_ROW.findall(part) if _UNSEEN.search(tag))
        name = html.unescape(_told(start.group(), "table:name").decode("utf-8", "replace"))
        found[name] = frozenset(columns), rows
    return found


def _told(tag: bytes, name: str) -> bytes:
    match = re.search(_ATTRIBUTE.format(re.escape(name)).encode(), tag)
    return match[1] if match else b""
