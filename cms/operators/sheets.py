"""Tables of the operators' desk as files: CSV and XLSX, in which no cell is run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

import xlsxwriter
from django.http import HttpResponse

from price_lists.reports import safe_cell

FORMATS: Final = ("csv", "xlsx")
_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_OPTIONS: Final = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
#: Rows of a file; beyond that nobody reads on.
MOST_ROWS: Final = 10_000


def table_file(kind: str, name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """`kind` is one of FORMATS; `name` is the file's without its ending."""
    content = _as_csv(header, rows) if kind == "csv" else _as_xlsx(header, rows)
    response = HttpResponse(content, content_type=_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def _as_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(header)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    # The mark by which Excel knows UTF-8.
    return b"\xef\xbb\xbf" + target.getvalue().encode()


def _as_xlsx(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, _OPTIONS) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 0, 40)
        for column, name in enumerate(header):
            sheet.write_string(0, column, name, bold)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if isinstance(cell, int | float):
                    sheet.write_number(number, column, cell)
                elif cell:
                    sheet.write_string(number, column, str(safe_cell(cell)))
    return target.getvalue()
