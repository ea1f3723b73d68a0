"""What an import did, row by row, for reading and downloading: lines kept as files beside the vendor's own.

A chunk's lines are one file named by its first staged row, so that a chunk done twice leaves one copy.
"""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.utils.translation import gettext as _

from core.money import PRICE_SCALE
from price_lists.enums import Change, Kind
from price_lists.messages import message
from price_lists.models import ImportRun, RowProblem
from price_lists.rows import Severity

#: A cell that begins so is a formula to a spreadsheet program; some take wide signs for plain ones.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Line(NamedTuple):
    """One offer that an import touched; amounts in 1/10,000."""

    change: str
    row: int
    sheet: str
    key: str
    offer_id: int
    title: str
    kinds: int = 0
    old_amount: int | None = None
    old_currency: str = ""
    amount: int | None = None
    currency: str = ""


def folder(run: ImportRun) -> Path:
    return Path(settings.PRIVATE_ROOT) / "import_reports" / str(run.pk)


def write_part(run: ImportRun, first: int, lines: Iterable[Line], *, kind: str = "rows") -> None:
    """Keeps a chunk's lines; written before the chunk is committed, overwritten if it is done again."""
    place = folder(run)
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{kind}-{first:012d}.jsonl").write_bytes(
        b"".join(orjson.dumps(tuple(line)) + b"\n" for line in lines)
    )


def lines(run: ImportRun) -> Iterator[Line]:
    """What the import did, in the file's order, then what it took off sale."""
    place = folder(run)
    if not place.is_dir():
        return
    for part in sorted(place.glob("rows-*.jsonl")) + sorted(place.glob("vanished-*.jsonl")):
        with part.open("rb") as file:
            for line in file:
                yield Line(*orjson.loads(line))


def forget(run: ImportRun) -> None:
    shutil.rmtree(folder(run), ignore_errors=True)


def table(run: ImportRun) -> Iterator[list[Any]]:
    """The report as rows of a table, its header first: problems, then what was done. In the active language."""
    yield [
        _("Result"),
        _("Row"),
        _("Sheet"),
        _("Key"),
        _("Name"),
        _("Column"),
        _("Value"),
        _("Message"),
        _("Old price"),
        _("New price"),
        _("Currency"),
    ]
    results = {
        Severity.ERROR.value: _("not taken"),
        Severity.WARNING.value: _("taken with a change"),
        Severity.SKIPPED.value: _("not a good"),
    }
    for problem in RowProblem.objects.filter(run=run).order_by("row", "pk").iterator(chunk_size=2000):
        text = message(problem.code, column=problem.column, value=problem.value)
        yield [
            results.get(problem.severity, problem.severity), problem.row, problem.sheet, "", "",
            problem.column, problem.value, text, None, None, "",
        ]  # fmt: skip
    changes = {
        Change.NEW.value: _("new"),
        Change.CHANGED.value: _("changed"),
        Change.VANISHED.value: _("off sale"),
    }
    for line in lines(run):
        yield [
            changes.get(line.change, line.change), line.row or None, line.sheet, line.key, line.title, "", "",
            kinds_in_words(line.kinds), _amount(line.old_amount), _amount(line.amount), line.currency,
        ]  # fmt: skip


def kinds_in_words(kinds: int) -> str:
    return ", ".join(str(kind.label) for kind in Kind if kinds & kind)


def as_csv(run: ImportRun) -> Iterator[bytes]:
    """The report as CSV (UTF-8 with a byte-order mark, so that spreadsheet programs see the encoding)."""
    yield b"\xef\xbb\xbf"
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for number, row in enumerate(table(run)):
        writer.writerow([safe_cell(cell) for cell in row])
        if number % 500 == 499:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def as_xlsx(run: ImportRun, target: Any) -> None:
    """Writes the report as a workbook into a binary file object, row by row in constant memory."""
    import xlsxwriter

    with xlsxwriter.Workbook(
        target, {"constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    ) as book:
        sheet = book.add_worksheet(_("Report")[:31])
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for column, width in enumerate((18, 8, 14, 22, 48, 18, 24, 60, 12, 12, 10)):
            sheet.set_column(column, column, width)
        for number, row in enumerate(table(run)):
            if number >= 1_048_576:
                break
            for column, cell in enumerate(row):
                if isinstance(cell, int | float):
                    sheet.write_number(number, column, cell)
                elif cell:
                    sheet.write_string(number, column, safe_cell(cell)[:32_767], None if number else bold)


def safe_cell(cell: Any) -> Any:
    """Text that a spreadsheet program would run as a formula gets an apostrophe before it."""
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return "" if cell is None else cell


def _amount(stored: int | None) -> float | None:
    """For showing in a spreadsheet only."""
    return None if stored is None else stored / PRICE_SCALE
