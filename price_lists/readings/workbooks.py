"""Reports, comparisons and the vendor's own file with remarks as XLSX, row by row in constant memory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

import xlsxwriter
from django.utils.translation import gettext as _

from core.money import PRICE_SCALE
from price_lists.mapping.model import REMARKS, Mapping
from price_lists.messages import message
from price_lists.models import ImportRun
from price_lists.readers import reader_for
from price_lists.readings.building import build_reading
from price_lists.readings.files import opened
from price_lists.readings.pages import (
    became_text,
    comparison_rows,
    report_rows,
    stock_text,
    text_changes,
    value_text,
)
from price_lists.reports import safe_cell
from price_lists.rows import RawRow, Severity

_LIMIT: Final = 1_048_576
_CELL: Final = 32_767
_OPTIONS: Final = {"constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
#: Numbers that stand in a cell as numbers; codes with a leading nought or many digits stay text.
_PLAIN_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?")
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\]")
_SEVERITIES: Final = {Severity.ERROR.value: 0, Severity.WARNING.value: 1}


def report_book(run: ImportRun, report: str, target: BinaryIO, query: str = "") -> None:
    """One of the four reports."""
    rows = report_rows(build_reading(run), report, query)
    if report == "taken":
        header = [_("Row"), _("Sheet"), _("Key"), _("Name"), _("Category"), _("Brand"), _("Price"),
                  _("Currency"), _("Unit"), _("Stock")]  # fmt: skip
        table: Iterator[list[Any]] = (
            [
                row["row"], row["sheet"], row["key"].partition(":")[2] or row["key"], row["title"],
                row["category"], row["brand"], row["amount"] / PRICE_SCALE, row["currency"],
                became_text("unit", row["unit"]), stock_text(row["state"], row["quantity"]),
            ]
            for row in rows
        )  # fmt: skip
        _write(target, header, table, (8, 14, 22, 50, 36, 18, 12, 10, 10, 20))
    elif report == "made":
        header = [_("Column"), _("In the file"), _("Taken as"), _("Rows"), _("First in row"), _("Sheet")]
        table = (
            [
                row["column"], value_text(row["kind"], row["value"]),
                became_text(row["kind"], row["became"]) or _("left out"),
                row["rows"], row["row"], row["sheet"],
            ]
            for row in rows
        )  # fmt: skip
        _write(target, header, table, (24, 44, 44, 8, 12, 14))
    else:
        header = [_("Row"), _("Sheet"), _("Column"), _("Value"), _("What to do")]
        table = (
            [
                row["row"], row["sheet"], row["column"], row["value"],
                message(row["code"], column=row["column"], value=row["value"]),
            ]
            for row in rows
        )  # fmt: skip
        _write(target, header, table, (8, 14, 22, 44, 80))


def comparison_book(path: Any, target: BinaryIO, *, show: str, sort: str, query: str) -> None:
    """What came, went and changed between two versions."""
    header = [
        _("Change"), _("Key"), _("Name"), _("Old price"), _("Old currency"), _("New price"), _("Currency"), _("Change, %"),
        _("Old stock"), _("Stock"), _("Old name"), _("Also changed"), _("Old row"), _("Row"), _("Sheet"),
    ]  # fmt: skip
    names = {"new": _("new"), "gone": _("gone"), "changed": _("changed")}
    table = (
        [
            names[row["change"]],
            row["key"].partition(":")[2] or row["key"],
            row["title"],
            _amount(row["old_amount"]),
            row["old_currency"],
            _amount(row["amount"]),
            row["currency"],
            None if row["percent"] is None else round(row["percent"], 2),
            stock_text(row["old_state"], row["old_quantity"]) if row["old_state"] else "",
            stock_text(row["state"], row["quantity"]) if row["state"] else "",
            row["old_title"] if row["old_title"] != row["title"] else "",
            "; ".join(text_changes(row)),
            row["old_row"],
            row["row"],
            row["sheet"],
        ]
        for row in comparison_rows(path, show, sort, query)
    )
    _write(target, header, table, (10, 22, 50, 12, 10, 12, 10, 10, 20, 20, 40, 50, 8, 8, 14))


def _amount(stored: int | None) -> float | None:
    """For showing in a spreadsheet only."""
    return None if stored is None else stored / PRICE_SCALE


def _write(
    target: BinaryIO, header: Sequence[str], table: Iterable[Sequence[Any]], widths: Sequence[int]
) -> None:
    with xlsxwriter.Workbook(target, _OPTIONS) as book:
        sheet = book.add_worksheet(_("Report")[:31])
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        for column, name in enumerate(header):
            sheet.write_string(0, column, name, bold)
        for number, row in enumerate(table, 1):
            if number >= _LIMIT:
                break
            for column, cell in enumerate(row):
                if isinstance(cell, int | float):
                    sheet.write_number(number, column, cell)
                elif cell:
                    sheet.write_string(number, column, str(safe_cell(cell))[:_CELL])


class _Remarked:
    """The vendor's rows at their own places, with a column of remarks behind the widest of them."""

    def __init__(self, run: ImportRun, target: BinaryIO) -> None:
        self.run = run
        self.mapping = Mapping.from_json(run.mapping or {})
        self.book = xlsxwriter.Workbook(target, _OPTIONS)
        fill = {"border": 1, "border_color": "#C4C4C4"}
        self.formats = {
            0: self.book.add_format(fill | {"bg_color": "#FFC7CE", "quote_prefix": True}),
            1: self.book.add_format(fill | {"bg_color": "#FFEB9C", "quote_prefix": True}),
        }
        self.remark = self.book.add_format({"italic": True, "font_color": "#9C0006"})
        self.text = self.book.add_format({"quote_prefix": True})
        self.bold = self.book.add_format({"bold": True})
        self.sheets: dict[str, Any] = {}
        self.headings: dict[str, dict[str, int]] = {}
        self.width: dict[str, int] = {}
        self.header_rows: dict[str, int] = {}
        for table in self.mapping.tables:
            known = self.headings.setdefault(table.sheet, {})
            for column in table.columns:
                known.setdefault(column.heading, column.index)
            width = max((column.index for column in table.columns), default=0) + 1
            self.width[table.sheet] = max(width, self.width.get(table.sheet, 0))
            self.header_rows.setdefault(table.sheet, table.header_row)

    def write(self) -> None:
        reader = reader_for(self.mapping.format)
        is_table = self.mapping.is_table
        path = build_reading(self.run)
        with opened(path) as said, self.book:
            if not is_table:
                self._feed_header()
            for row in reader.rows(Path(self.run.price_list.file.path), self.mapping):
                if not isinstance(row, RawRow) or row.sheet not in self.width or row.number >= _LIMIT:
                    continue
                cells = row.cells if is_table else self._laid_out(row)
                place = row.number - 1 if is_table else row.number
                self._row(self._sheet(row.sheet), place, row, cells, said)
            if not self.book.worksheets():
                self.book.add_worksheet()

    def _sheet(self, name: str) -> Any:
        if name not in self.sheets:
            title = _FORBIDDEN.sub(" ", name).strip("' ")[:31]
            taken = {each.get_name().lower() for each in self.book.worksheets()}
            self.sheets[name] = self.book.add_worksheet(
                title if title and title.lower() not in taken else None
            )
            self.sheets[name].set_column(self.width[name], self.width[name], 70)
        return self.sheets[name]

    def _feed_header(self) -> None:
        """A feed becomes a table with a column for each element."""
        sheet = self._sheet("")
        for heading, column in self.headings[""].items():
            sheet.write_string(0, column, heading, self.bold)
        sheet.write_string(0, self.width[""], REMARKS, self.bold)
        sheet.freeze_panes(1, 0)

    def _laid_out(self, row: RawRow) -> tuple[str, ...]:
        cells = [""] * self.width[""]
        for name, value in zip(row.cells[::2], row.cells[1::2], strict=True):
            place = self.headings[""].get(name)
            if place is not None:
                cells[place] = f"{cells[place]}, {value}" if cells[place] else value
        return tuple(cells)

    def _row(self, sheet: Any, place: int, row: RawRow, cells: tuple[str, ...], said: Any) -> None:
        problems = said.execute(
            'SELECT "column", value, code, severity FROM problems WHERE sheet = ? AND row = ?'
            " AND severity <> 'skipped'",
            [row.sheet, row.number],
        ).fetchall()
        marked: dict[int, int] = {}
        for problem in problems:
            index = self.headings[row.sheet].get(problem["column"])
            if index is not None:
                marked[index] = min(marked.get(index, 1), _SEVERITIES[problem["severity"]])
        end = self.width[row.sheet]
        for column, cell in enumerate(cells[:end]):
            colour = self.formats.get(marked[column]) if column in marked else None
            if _PLAIN_NUMBER.fullmatch(cell) and len(cell) <= 15:
                sheet.write_number(place, column, float(cell), colour)
            elif cell:
                quoted = self.text if safe_cell(cell) != cell else None
                sheet.write_string(place, column, cell[:_CELL], colour or quoted)
            elif colour is not None:
                sheet.write_blank(place, column, None, colour)
        if problems:
            texts = [message(each["code"], column=each["column"], value=each["value"]) for each in problems]
            sheet.write_string(place, end, " ".join(dict.fromkeys(texts))[:_CELL], self.remark)
        elif self.mapping.is_table and row.number == max(self.header_rows[row.sheet], 1):
            sheet.write_string(place, end, REMARKS, self.bold)


def remarked_book(run: ImportRun, target: BinaryIO) -> None:
    """The vendor's own rows with a remark beside those that have one and the cells in question coloured."""
    _Remarked(run, target).write()
