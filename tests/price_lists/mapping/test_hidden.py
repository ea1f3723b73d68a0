"""What a workbook hides: columns that buyers shall not see, rows that are read and told."""

from __future__ import annotations

import re
import struct
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
import xlwt

from price_lists import reading
from price_lists.readers.hidden import hidden_parts
from price_lists.rows import OfferRow
from tests.price_lists.mapping.sheets import understood as understood_rows
from tests.price_lists.reading.test_workbook_formats import record, xlsb_file

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


def old_workbook(path: Path) -> Path:
    book = xlwt.Workbook(encoding="utf-8")
    book.add_sheet("Notes").write(0, 0, "Заходьте")
    sheet = book.add_sheet("Прайс & ціни")
    for number, row in enumerate(ROWS):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    sheet.col(2).hidden = True
    sheet.col(4).hidden = True
    sheet.row(2).hidden = True
    book.save(str(path))
    return path


def test_hidden_columns_and_rows_of_a_workbook_of_before_2007(tmp_path):
    path = old_workbook(tmp_path / "p.xls")
    assert hidden_parts(path, "xls") == {"Прайс & ціни": (frozenset({2, 4}), 1)}
    offers = [
        item for item in reading.read(path, reading.inspect(path).mapping) if isinstance(item, OfferRow)
    ]
    assert [(offer.price, offer.tiers, offer.attributes) for offer in offers] == [
        (Decimal(price), (), {}) for price in (1450, 1120, 2090)
    ]


def test_hidden_columns_and_rows_of_a_workbook_before_unicode(tmp_path):
    """Excel 5: the bare stream, names in the code page that a record tells."""

    def record(kind: int, content: bytes) -> bytes:
        return struct.pack("<HH", kind, len(content)) + content

    name = "Прайс".encode("cp1251")
    begun = record(0x0809, struct.pack("<4H", 0x0500, 5, 0, 0)) + record(0x42, struct.pack("<H", 1251))
    place = len(begun) + 4 + 7 + len(name) + 4
    globals_ = begun + record(0x85, struct.pack("<IHB", place, 0, len(name)) + name) + record(0x0A, b"")
    assert len(globals_) == place
    sheet = record(0x0809, struct.pack("<4H", 0x0500, 0x10, 0, 0))
    sheet += record(0x7D, struct.pack("<5H", 1, 1, 2000, 15, 1) + bytes(2))  # hidden
    sheet += record(0x7D, struct.pack("<5H", 3, 300, 0, 15, 0) + bytes(2))  # no width
    sheet += record(0x7D, struct.pack("<5H", 2, 2, 2000, 15, 0) + bytes(2))
    sheet += record(0x0208, struct.pack("<8H", 0, 0, 1, 255, 0, 0, 0x0120, 0))  # no height
    sheet += record(0x0208, struct.pack("<8H", 1, 0, 1, 255, 0, 0, 0x0100, 0)) + record(0x0A, b"")
    sheet += record(0x7D, struct.pack("<5H", 9, 9, 2000, 15, 1))  # behind the end
    path = tmp_path / "p.xls"
    path.write_bytes(globals_ + sheet)
    assert hidden_parts(path, "xls") == {"Прайс": (frozenset({1, *range(3, 301)}), 1)}


def test_hidden_columns_and_rows_of_a_binary_workbook(tmp_path):
    def column(first: int, last: int, width: int, flags: int) -> bytes:
        return record(60, struct.pack("<4IH", first, last, width, 0, flags))

    columns = record(390) + column(0, 1, 2304, 0) + column(2, 2, 2304, 1) + column(4, 4, 0, 2) + record(391)
    unseen = record(0, struct.pack("<II", 7, 0) + bytes([0, 0, 0, 0x10]) + bytes(5))
    path = xlsb_file(tmp_path / "p.xlsb", columns=columns, rows=unseen + unseen)
    assert hidden_parts(path, "xlsb") == {"Прайс": (frozenset({2, 4}), 2)}
    inspection = reading.inspect(path)
    assert [re.findall(r"\d+", note) for note in inspection.notes if re.search(r"\d", note)][-1:] == [["2"]]
    assert hidden_parts(xlsb_file(tmp_path / "q.xlsb"), "xlsb") == {}


def test_chains_of_sectors_that_bite_their_tail_come_to_an_end(tmp_path):
    whole = bytearray(old_workbook(tmp_path / "p.xls").read_bytes())
    first = struct.unpack_from("<I", whole, 76)[0]
    table = 512 * (first + 1)
    for place in range(0, 512, 4):
        struct.pack_into("<I", whole, table + place, place // 4)  # each sector follows itself
    path = tmp_path / "q.xls"
    path.write_bytes(whole)
    assert hidden_parts(path, "xls") == {}
    for length in (0, 9, 513, 700, len(whole) // 2):
        path.write_bytes(whole[:length])
        assert hidden_parts(path, "xls") == {}
