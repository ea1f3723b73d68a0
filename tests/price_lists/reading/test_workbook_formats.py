"""XLSB and ODS, byte by byte as their specifications have them: no writer of either is at hand."""

from __future__ import annotations

import struct
import zipfile
from decimal import Decimal
from pathlib import Path

from price_lists import reading
from tests.price_lists.reading.support import understood

D = Decimal  # prices are written on every other line
ROWS: list[list[str | float]] = [
    ["Артикул", "Назва", "Ціна"],
    ["a-1", "Чай чорний", 50.5],
    ["a-2", "Кава", 90.0],
]


def record(number: int, payload: bytes = b"") -> bytes:
    """One record of [MS-XLSB] 2.1.4: number and size in groups of seven bits."""
    head = bytes([number]) if number < 128 else bytes([number & 0x7F | 0x80, number >> 7])
    size, sizes = len(payload), b""
    while True:
        sizes += bytes([size & 0x7F | (0x80 if size > 127 else 0)])
        size >>= 7
        if not size:
            return head + sizes + payload


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb_file(path: Path, *, columns: bytes = b"", rows: bytes = b"") -> Path:
    cells = b""
    for number, row in enumerate(ROWS):
        cells += record(0, struct.pack("<II", number, 0) + bytes(9))  # BrtRowHdr
        for column, value in enumerate(row):
            place = struct.pack("<II", column, 0)
            text = isinstance(value, str)
            cells += record(6, place + wide(value)) if text else record(5, place + struct.pack("<d", value))
    sheet = record(129) + record(148, struct.pack("<4I", 0, 2, 0, 2)) + columns + record(145) + cells + rows
    sheet += record(146) + record(130)
    bundle = struct.pack("<II", 0, 1) + wide("rId1") + wide("Прайс")
    book = record(131) + record(143) + record(156, bundle) + record(144) + record(132)
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/worksheets/sheet1.bin", sheet)
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{kind}" Target="worksheets/sheet1.bin"/></Relationships>',
        )
    return path


def ods_file(path: Path) -> Path:
    lines = ""
    for row in ROWS:
        cells = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
            if isinstance(value, str)
            else f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
            for value in row
        )
        lines += f"<table:table-row>{cells}</table:table-row>"
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names} office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="Прайс">{lines}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr("content.xml", content)
    return path


def check(path: Path, kind: str) -> None:
    assert reading.inspect(path).format == kind
    offers, issues = understood(path)
    assert [(o.article, o.title, o.price) for o in offers] == [
        ("a-1", "Чай чорний", D("50.5")),
        ("a-2", "Кава", D(90)),
    ]
    assert issues == []


def test_xlsb_under_another_name(tmp_path):
    check(xlsb_file(tmp_path / "price.xls"), "xlsb")


def test_ods_under_another_name(tmp_path):
    check(ods_file(tmp_path / "price.csv"), "ods")


def test_either_inside_an_archive(tmp_path):
    for kind, made in (("xlsb", xlsb_file), ("ods", ods_file)):
        inner = made(tmp_path / f"inner.{kind}")
        path = tmp_path / f"{kind}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(inner, "прайс")
        check(path, kind)
