"""What a workbook hides: columns that buyers shall not see, rows that are read and told."""

from __future__ import annotations

import re
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from price_lists import reading
from price_lists.readers.hidden import hidden_parts
from tests.price_lists.mapping.sheets import understood as understood_rows

ROWS = [
    ["Артикул", "Назва", "Ціна", "Ціна продажу, грн", "Постачальник", "Залишок"],
    ["A1", "Дриль ударна 750 Вт", 900, 1450, "Оптбаза", 5],
    ["A2", "Лобзик 650 Вт", 700, 1120, "Оптбаза", 2],
    ["A3", "Фрезер 1200 Вт", 1300, 2090, "Оптбаза", 1],
]


def workbook(path: Path, *, columns: tuple[int, ...] = (), rows: tuple[int, ...] = ()) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Прайс & ціни")
    for number, row in enumerate(ROWS):
        sheet.write_row(number, 0, row)
    for column in columns:
        sheet.set_column(column, column, None, None, {"hidden": True})
    for row in rows:
        sheet.set_row(row, None, None, {"hidden": True})
    book.close()
    return path


def test_a_hidden_price_is_not_for_buyers(tmp_path):
    path = workbook(tmp_path / "p.xlsx", columns=(2, 4))
    inspection = reading.inspect(path)
    fields = {column.heading: column.field for column in inspection.mapping.tables[0].columns}
    assert fields == {
        "Артикул": "article",
        "Назва": "title",
        "Ціна": "ignore",
        "Ціна продажу, грн": "price",
        "Постачальник": "ignore",
        "Залишок": "stock",
    }
    offers = list(reading.read(path, inspection.mapping))
    assert [(offer.price, offer.tiers, offer.attributes) for offer in offers] == [
        (Decimal(price), (), {}) for price in (1450, 1120, 2090)
    ]
    assert len(inspection.notes) == 1
    assert "“Ціна”, “Постачальник”" in inspection.notes[0]


def test_a_hidden_price_alone_is_taken_with_doubt():
    offers, _issues, found = understood_rows(
        [["Назва", "Ціна"], ["Чай", 50], ["Кава", 150]], hidden_columns=frozenset({1})
    )
    assert [offer.price for offer in offers] == [50, 150]
    price = found.tables[0].columns[1]
    assert (price.field, price.confidence) == ("price", 0.3)  # so little that the guard asks


def test_hidden_rows_are_read_and_told(tmp_path):
    path = workbook(tmp_path / "p.xlsx", rows=(2, 3))
    inspection = reading.inspect(path)
    assert len(list(reading.read(path, inspection.mapping))) == 3
    assert [re.findall(r"\d+", note) for note in inspection.notes] == [["2"]]


def test_nothing_hidden_nothing_told(tmp_path):
    path = workbook(tmp_path / "p.xlsx")
    assert hidden_parts(path, "xlsx") == {}
    assert reading.inspect(path).notes == ()


def test_hidden_columns_of_an_open_document(tmp_path):
    path = tmp_path / "p.ods"
    table = (
        '<table:table table:name="A&amp;B"><table:table-column table:number-columns-repeated="2"/>'
        '<table:table-column table:visibility="collapse" table:number-columns-repeated="2"/><table:table-column/>'
        '<table:table-row table:visibility="filter"/><table:table-row/></table:table>'
        '<table:table table:name="C"><table:table-column/></table:table>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", table)
    assert hidden_parts(path, "ods") == {"A&B": (frozenset({2, 3}), 1)}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive"])
def test_what_is_no_archive_hides_nothing(tmp_path, content):
    path = tmp_path / "p.xlsx"
    path.write_bytes(content)
    assert hidden_parts(path, "xlsx") == {}
