"""The child process that parses workbooks: it may die without harm to the worker that started it.

Started by `readers.spreadsheets` with a JSON order on its command line; writes marshal frames to standard
output. Imports nothing of the project, so that it starts quickly and its memory is the parser's alone.
"""

from __future__ import annotations

import datetime as dt
import json
import marshal
import resource
import struct
import sys
from collections.abc import Callable, Iterator
from typing import Any

_BATCH = 500
_EPOCH = dt.date(1899, 12, 30)


def _number(value: float) -> str:
    if value != value or value in {float("inf"), float("-inf")}:  # noqa: PLR0124 - NaN differs from itself
        return str(value)
    if value.is_integer() and abs(value) < 1e18:
        return str(int(value))
    text = format(value, ".15g")
    if "e" in text:
        text = format(value, ".18f").rstrip("0")
    return text


def _date(value: dt.date) -> str:
    # No price list is of 1904: a small number was only formatted as a date.
    if value.year < 1905:
        days = (value - _EPOCH).days
        return str(days - 1 if value < dt.date(1900, 3, 1) else days)
    return value.isoformat()


def _moment(value: dt.datetime) -> str:
    if value.year < 1905:
        seconds = value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
        return _number(float(_date(value.date())) + round(seconds / 86400, 10))
    if not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    return value.isoformat(sep=" ", timespec="seconds")


_TO_TEXT: dict[type, Callable[[Any], str]] = {
    float: _number,
    int: str,
    bool: lambda value: "true" if value else "false",
    dt.date: _date,
    dt.datetime: _moment,
    dt.time: lambda value: value.isoformat(),
    dt.timedelta: str,
}


def _column(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def _send(*frame: Any) -> None:
    data = marshal.dumps(frame)
    sys.stdout.buffer.write(struct.pack("<I", len(data)))
    sys.stdout.buffer.write(data)


def _rows(  # noqa: C901, PLR0912 - the hot loop of workbooks
    sheet: Any, order: dict[str, Any], marks: dict[int, list[tuple[int, str]]]
) -> Iterator[tuple[int, list[str]]]:
    cap, blank_rows = order["column_cap"], order["blank_rows"]
    down: dict[int, list[tuple[int, int]]] = {}  # row -> (column, top row): vertically merged, filled down
    tops: dict[int, dict[int, str]] = {}  # top row -> column -> text
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if top < bottom and bottom - top < 5000 and left == right and left < cap:
            tops.setdefault(top, {})[left] = ""
            for row in range(top + 1, bottom + 1):
                down.setdefault(row, []).append((left, top))
    # iter_rows begins at the sheet's first row, but at the first used column
    pad = [""] * (sheet.start[1] if sheet.start else 0)
    text_of = _TO_TEXT
    blank = 0
    for number, values in enumerate(sheet.iter_rows()):
        cells = pad + [value if type(value) is str else text_of[type(value)](value) for value in values]
        if number in marks:
            for column, mark in marks[number]:
                if column < len(cells) and not cells[column]:
                    cells[column] = mark
        if number in tops:
            tops[number] = {column: cells[column] for column in tops[number] if column < len(cells)}
        if number in down and any(cells):
            for column, top in down[number]:
                if column < len(cells) and not cells[column]:
                    cells[column] = tops[top].get(column, "")
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            blank += 1
            if blank >= blank_rows:
                return
            continue
        blank = 0
        if len(cells) > cap:
            filled = sum(1 for cell in cells if cell)
            if filled > cap:
                _send("error", "too_many_columns", str(filled))
                raise SystemExit(0)
            del cells[cap:]
        yield number + 1, cells


def main(order: dict[str, Any]) -> None:  # noqa: C901 - the order of the protocol
    resource.setrlimit(resource.RLIMIT_AS, (order["memory"], order["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (order["seconds"], order["seconds"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        workbook = CalamineWorkbook.from_path(order["path"])
        listed = [
            (meta.name, str(meta.visible).endswith(".Visible"), str(meta.typ).endswith(".WorkSheet"))
            for meta in workbook.sheets_metadata
        ]
        _send("sheets", listed)
        for place, (name, _visible, worksheet) in enumerate(listed):
            if not worksheet or (order["sheets"] is not None and name not in order["sheets"]):
                continue
            marks: dict[int, list[tuple[int, str]]] = {}
            for cell, mark in order["marks"].get(str(place), {}).items():
                letters = cell.rstrip("0123456789")
                marks.setdefault(int(cell[len(letters) :]) - 1, []).append((_column(letters), mark))
            sheet = workbook.get_sheet_by_index(place)
            _send("sheet", name, sheet.total_height + 1)
            batch: list[tuple[int, list[str]]] = []
            sent = 0
            for row in _rows(sheet, order, marks):
                batch.append(row)
                sent += 1  # noqa: SIM113 - a count over the whole sheet
                if len(batch) >= _BATCH:
                    _send("rows", batch)
                    batch = []
                if sent >= order["rows"]:
                    break
            if batch:
                _send("rows", batch)
            del sheet
        _send("end")
    except PasswordError:
        _send("error", "encrypted_file", "")
    except MemoryError:
        _send("error", "spreadsheet_too_big", "")
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        _send("error", "damaged_file", str(error)[:200])
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(json.loads(sys.stdin.read()))
