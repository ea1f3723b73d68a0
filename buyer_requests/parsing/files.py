"""An uploaded list: read with the price lists' readers, under the same limits, and understood as a table."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from buyer_requests.errors import ListNotReadable
from buyer_requests.parsing.table import parse_rows
from buyer_requests.parsing.text import main_currency, parse_text
from buyer_requests.parsing.types import LeftOut, ParsedLine, ParsedList
from price_lists.errors import Refusal
from price_lists.mapping.model import TABLE_FORMATS
from price_lists.readers import recognise
from price_lists.readers.base import SheetRows

MAX_BYTES = 5 * 1024 * 1024


def parse_file(path: Path) -> ParsedList:
    """Read a list from a workbook, a table in DOCX or HTML, CSV, or from plain text with a good to a line.

    At most 1,000 rows of a sheet count. Raises ListNotReadable, with what to do, for anything else.
    """
    if path.stat().st_size > MAX_BYTES:
        raise ListNotReadable("list_too_big", megabytes=MAX_BYTES // 1024 // 1024)
    try:
        name, reader = recognise(path)
        if name not in TABLE_FORMATS:
            raise ListNotReadable("list_is_a_feed")
        peek = reader.peek(path, name)
    except Refusal as refusal:
        raise ListNotReadable("list_refused", why=f"{refusal} {refusal.remedy}".strip()) from refusal
    if name == "csv" and _is_plain(peek.sheets):
        return parse_text("\n".join(_joined(cells, peek.delimiter) for _number, cells in peek.sheets[0].rows))
    lines: list[ParsedLine] = []
    left: list[LeftOut] = []
    for sheet in peek.sheets:
        if sheet.hidden or not sheet.rows:
            continue
        numbers = [number for number, _cells in sheet.rows]
        read = parse_rows([list(cells) for _number, cells in sheet.rows])
        if sheet is not peek.sheets[0] and not any(
            "quantity" in line.confidence and line.confidence["quantity"] > 0.5 for line in read.lines
        ):
            continue  # a further sheet of notes
        lines += [replace(line, number=numbers[line.number - 1]) for line in read.lines]
        left += [replace(row, number=numbers[row.number - 1]) for row in read.left_out]
    if not lines:
        raise ListNotReadable("list_without_goods")
    return ParsedList(tuple(lines), tuple(left), main_currency(lines))


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
