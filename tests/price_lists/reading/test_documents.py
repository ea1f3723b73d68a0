"""Tables in Word documents and in pages: merged cells, several tables, breaks inside cells."""

from __future__ import annotations

import zipfile
from decimal import Decimal
from pathlib import Path

from price_lists import reading
from tests.price_lists.reading.support import text_file, understood

D = Decimal  # prices are written on every other line
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def cell(text: str, *, span: int = 1, merge: str = "") -> str:
    properties = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    if merge:
        properties += '<w:vMerge w:val="restart"/>' if merge == "restart" else "<w:vMerge/>"
    runs = "</w:t></w:r><w:r><w:br/><w:t>".join(text.split("\n"))
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{runs}</w:t></w:r></w:p></w:tc>"


def table(columns: int, *rows: list[str]) -> str:
    grid = "".join("<w:gridCol/>" for _ in range(columns))
    body = "".join(f"<w:tr>{''.join(row)}</w:tr>" for row in rows)
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>"


def paragraph(text: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def plain(*texts: str) -> list[str]:
    return [cell(text) for text in texts]


def docx_file(path: Path, *parts: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><w:document {W}><w:body>{"".join(parts)}</w:body></w:document>',
        )
    return path


def test_several_tables_with_merged_cells(tmp_path):
    path = docx_file(
        tmp_path / "price.doc",
        paragraph("ТОВ «Лист», тел. (044) 111-22-33"),
        table(2, plain("Директор", "Іван")),
        paragraph("Папір", "Heading1"),
        table(
            4,
            plain("Артикул", "Назва", "Виробник", "Ціна, грн"),
            [*plain("a-1", "Папір\nА4"), cell("Фабрика", merge="restart"), cell("150,00")],
            [*plain("a-2", "Папір А3"), cell("", merge="on"), cell("300,00")],
        ),
        paragraph("Ручки", "Heading1"),
        table(
            4, plain("Артикул", "Назва", "Виробник", "Ціна, грн"), plain("b-1", "Ручка синя", "Перо", "12,50")
        ),
    )
    inspection = reading.inspect(path)
    assert inspection.format == "docx"
    assert inspection.mapping.is_table
    offers, _ = understood(path)
    assert [(o.article, o.title, o.maker, o.price, o.currency, o.category_path) for o in offers] == [
        ("a-1", "Папір А4", "Фабрика", D(150), "UAH", ("Папір",)),
        ("a-2", "Папір А3", "Фабрика", D(300), "UAH", ("Папір",)),
        ("b-1", "Ручка синя", "Перо", D("12.50"), "UAH", ("Ручки",)),
    ]


def test_a_table_that_goes_on_after_a_page_break_is_one_list(tmp_path):
    path = docx_file(
        tmp_path / "price.docx",
        table(
            3,
            plain("Код", "Назва", "Ціна"),
            plain("1", "Чай", "50"),
            [cell("Кава", span=3)],
            plain("2", "Мелена", "90"),
        ),
        paragraph(""),
        table(3, plain("3", "Зернова", "95")),
    )
    offers, _ = understood(path)
    assert [(o.article, o.title, o.price, o.category_path) for o in offers] == [
        ("1", "Чай", D(50), ()),
        ("2", "Мелена", D(90), ("Кава",)),
        ("3", "Зернова", D(95), ("Кава",)),
    ]


def test_a_document_without_tables_is_refused(tmp_path):
    refusal = reading.inspect(docx_file(tmp_path / "letter.docx", paragraph("Добрий день"))).refusal
    assert refusal is not None
    assert refusal.code == "document_without_tables"


def test_a_document_with_entities_expands_nothing(tmp_path):
    path = tmp_path / "bomb.docx"
    entities = (
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
        + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
        + "]>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        rows = table(2, plain("Назва", "Ціна"), plain("Чай &j;", "50"), plain("Кава", "60"))
        archive.writestr(
            "word/document.xml", f"{entities}<w:document {W}><w:body>{rows}</w:body></w:document>"
        )
    refusal = reading.inspect(path).refusal
    assert refusal is None or refusal.code == "damaged_file"
    if refusal is None:
        assert {len(offer.title) < 50 for offer in understood(path)[0]} == {True}


def test_other_office_documents_are_named(tmp_path):
    path = tmp_path / "slides.pptx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("ppt/presentation.xml", "<p/>")
    refusal = reading.inspect(path).refusal
    assert refusal is not None
    assert (refusal.code, "presentation" in str(refusal)) == ("not_a_price_list", True)


def test_cells_of_pages_that_reach_over_rows_and_break_lines(tmp_path):
    text = """<html><head><meta charset="utf-8"></head><body><table>
    <tr><th>Виробник</th><th>Назва</th><th>Ціна, грн</th><th>Фото</th></tr>
    <tr><td rowspan="2">Перо</td><td>Ручка<br>синя</td><td>12,50</td><td><img src="https://pens.example/1.jpg"></td></tr>
    <tr><td>Ручка <b>чор</b>на</td><td>13</td><td></td></tr>
    <tr><td>Лист</td><td>Папір А4</td><td>150</td><td></td></tr></table></body></html>"""
    offers, _ = understood(text_file(tmp_path / "price.xls", text))
    assert [(o.maker, o.title, o.price, o.photos) for o in offers] == [
        ("Перо", "Ручка синя", D("12.50"), ("https://pens.example/1.jpg",)),
        ("Перо", "Ручка чорна", D(13), ()),
        ("Лист", "Папір А4", D(150), ()),
    ]
