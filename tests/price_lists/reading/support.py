"""Builders of price-list files as vendors make them, and a short form of what was read."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path

import xlsxwriter
import xlwt

from price_lists import reading
from price_lists.rows import OfferRow, RowIssue, Severity


def text_file(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def csv_file(path: Path, rows: list[list[object]], *, delimiter: str = ";", encoding: str = "utf-8") -> Path:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    return text_file(path, buffer.getvalue(), encoding)


def xlsx_file(
    path: Path, sheets: dict[str, list[list[object]]], *, merges: dict[str, list[tuple]] | None = None
) -> Path:
    workbook = xlsxwriter.Workbook(str(path))
    for name, rows in sheets.items():
        sheet = workbook.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value not in {None, ""}:
                    sheet.write(number, column, value)
        for first_row, first_column, last_row, last_column, value in (merges or {}).get(name, []):
            sheet.merge_range(first_row, first_column, last_row, last_column, value)
    workbook.close()
    return path


def xls_file(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    workbook = xlwt.Workbook(encoding="utf-8")
    for name, rows in sheets.items():
        sheet = workbook.add_sheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value not in {None, ""}:
                    sheet.write(number, column, value)
    workbook.save(str(path))
    return path


def understood(path: Path, **corrections: object) -> tuple[list[OfferRow], list[RowIssue]]:
    """Offers after merging, and all issues. A refusal fails the test."""
    inspection = reading.inspect(path, **corrections)
    assert inspection.refusal is None, inspection.refusal.as_dict()
    items = list(reading.merge_duplicates(reading.read(path, inspection.mapping)))
    return [i for i in items if isinstance(i, OfferRow)], [i for i in items if isinstance(i, RowIssue)]


def brief(offers: list[OfferRow]) -> list[tuple[str, Decimal, str, str, tuple[str, ...]]]:
    return [(offer.title, offer.price, offer.currency, offer.unit, offer.category_path) for offer in offers]


def errors(issues: list[RowIssue]) -> list[tuple[int, str]]:
    return [(found.row, found.code) for found in issues if found.severity == Severity.ERROR]
