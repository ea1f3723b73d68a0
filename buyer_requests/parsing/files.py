"""An uploaded list: read with the price lists' readers, under the same limits, and understood as a table."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from buyer_requests.errors import ListNotReadable
from buyer_requests.parsing.pdf import read_pdf
from buyer_requests.parsing.table import parse_rows
from buyer_requests.parsing.text import MAX_LINES, finished, main_currency, parse_text
from buyer_requests.parsing.types import LeftOut, Note, ParsedLine, ParsedList
from price_lists.errors import NoGoodsFound, Refusal
from price_lists.mapping.model import TABLE_FORMATS
from price_lists.readers import recognise
from price_lists.readers.base import Reader, SheetRows
from price_lists.readers.documents import paragraphs

MAX_BYTES = 5 * 1024 * 1024
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"RIFF")
_HEIC = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif")


def parse_file(path: Path) -> ParsedList:
    """Read a list from a workbook, a document (DOCX, PDF, HTML), CSV, or from plain text with a good to a line.

    At most 1,000 rows of a sheet count. Raises ListNotReadable, with what to do, for anything else.
    """
    if path.stat().st_size > MAX_BYTES:
        raise ListNotReadable("list_too_big", megabytes=MAX_BYTES // 1024 // 1024)
    with path.open("rb") as stream:
        head = stream.read(1024)
    if b"%PDF-" in head:
        return _with_goods(_from_pdf(path))
    if head.startswith(_PICTURES) or head[4:12] in _HEIC:
        raise ListNotReadable("list_is_a_picture")
    try:
        name, reader = recognise(path)
        if name not in TABLE_FORMATS:
            raise ListNotReadable("list_is_a_feed")
        if name == "docx":
            return _with_goods(_from_document(path, reader))
        peek = reader.peek(path, name)
    except Refusal as refusal:
        raise ListNotReadable("list_refused", why=f"{refusal} {refusal.remedy}".strip()) from refusal
    if name == "csv" and _is_plain(peek.sheets):
        text = "\n".join(_joined(cells, peek.delimiter) for _number, cells in peek.sheets[0].rows)
        return _with_goods(parse_text(text))
    return _with_goods(_from_sheets(peek.sheets))


def _with_goods(parsed: ParsedList) -> ParsedList:
    if not parsed.lines:
        raise ListNotReadable("list_without_goods")
    return parsed


def _from_sheets(sheets: list[SheetRows], around: Sequence[str] = ()) -> ParsedList:
    lines: list[ParsedLine] = []
    left: list[LeftOut] = []
    notes: list[tuple[Note, int]] = []
    hidden_rows = further = 0
    shown = [sheet for sheet in sheets if not sheet.hidden and sheet.rows]
    for sheet in shown:
        numbers = [number for number, _cells in sheet.rows]
        read = parse_rows([list(cells) for _number, cells in sheet.rows])
        if lines and not any(
            "quantity" in line.confidence and line.confidence["quantity"] > 0.5 for line in read.lines
        ):
            further += bool(read.lines)
            continue  # a further sheet of notes
        hidden_rows += sheet.hidden_rows
        lines += [replace(line, number=numbers[line.number - 1]) for line in read.lines]
        left += [replace(row, number=numbers[row.number - 1]) for row in read.left_out]
        notes += read.notes
    if hidden_rows:
        notes.append((Note.HIDDEN_ROWS, hidden_rows))
    hidden_sheets = sum(sheet.hidden for sheet in sheets)
    if further + hidden_sheets:
        notes.append((Note.SHEETS_LEFT, further + hidden_sheets))
    parsed = ParsedList(tuple(lines), tuple(left), main_currency(lines), notes=tuple(notes))
    return finished(parsed, around=around)


def _from_document(path: Path, reader: Reader) -> ParsedList:
    """A Word document: its tables, or its paragraphs where no table names goods."""
    text = list(itertools.islice(paragraphs(path), MAX_LINES * 10))
    try:
        sheets = reader.peek(path, "docx").sheets
    except NoGoodsFound:
        sheets = []
    if sheets:
        read = _from_sheets(sheets, around=text)
        if read.lines:
            return read
    return parse_text("\n".join(text))


def _from_pdf(path: Path) -> ParsedList:
    parts = read_pdf(path)
    texts = [line for part in parts for line in part.lines]
    tables = [
        SheetRows(f"Table {index}", [(number, tuple(row)) for number, row in enumerate(part.rows, start=1)])
        for index, part in enumerate(parts, start=1)
        if part.rows
    ]
    if tables:
        read = _from_sheets(tables, around=texts)
        if read.lines:
            return read
    return parse_text("\n".join(_unwrapped(texts)))


_STARTS = re.compile(r"^\s*(?:[•·▪●○◦►✓☐■*-]|[-–—]\s|\(?\d{1,3}(?:\.\d{1,2})*[.)]|№)")


def _unwrapped(rows: list[str]) -> list[str]:
    """Lines that the page's width broke, put back: where items are marked, what is not marked goes on with the one above."""
    marked = [bool(_STARTS.match(row)) for row in rows]
    if sum(marked) < max(3, 0.3 * len(rows)):
        return rows
    first = marked.index(True)
    last = len(marked) - 1 - marked[::-1].index(True)
    out: list[str] = []
    for index, row in enumerate(rows):
        goes_on = (
            first < index <= last + 1
            and not marked[index]
            and bool(out)
            and len(rows[index - 1]) >= 0.75 * max(map(len, rows))
        )
        if goes_on:
            out[-1] = f"{out[-1]} {row}"
        else:
            out.append(row)
    return out


def _joined(cells: tuple[str, ...], delimiter: str) -> str:
    mark = delimiter if delimiter != "\t" else "\t"
    return (f"{mark} " if mark in {",", ";"} else mark).join(cells).strip()


def _is_plain(sheets: list[SheetRows]) -> bool:
    """Sentences rather than cells: rows fall into unequal parts, or into one."""
    rows = [[cell for cell in cells if cell.strip()] for _number, cells in sheets[0].rows] if sheets else []
    rows = [row for row in rows if row]
    if not rows:
        return False
    widths = [len(row) for row in rows]
    if max(widths) == 1:
        return True
    figures = sum(any(re.fullmatch(r"\s*\d+(?:[.,]\d+)?\s*", cell) for cell in row) for row in rows)
    return figures < len(rows) * 0.4
