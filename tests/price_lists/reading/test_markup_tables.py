"""HTML tables under a spreadsheet's name, and Excel's XML of 2003."""

from __future__ import annotations

import base64
from decimal import Decimal

import pytest

from price_lists import reading
from tests.price_lists.reading.support import text_file, understood


def test_a_table_of_goods_saved_as_xls(tmp_path):
    text = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1251"></head><body><table>'
        "<tr><th>Код</th><th>Назва</th><th>Ціна, грн</th></tr><tr><td colspan=3>Чаї та кава</td></tr>"
        "<tr><td>1</td><td>Чай <b>чорний</b></td><td>50,00</td></tr><tr><td>2</td><td>Кава мелена</td><td>150,00</td></tr>"
        "</table></body></html>"
    )
    path = text_file(tmp_path / "price.xls", text, "cp1251")
    assert reading.inspect(path).format == "html"
    offers, _ = understood(path)
    assert [(o.article, o.title, o.price, o.currency, o.category_path) for o in offers] == [
        ("1", "Чай чорний", Decimal("50.00"), "UAH", ("Чаї та кава",)),
        ("2", "Кава мелена", Decimal("150.00"), "UAH", ("Чаї та кава",)),
    ]


def test_a_page_laid_out_with_tables_is_no_price_list(tmp_path):
    text = (
        "<html><table><tr><td>Логін</td></tr><tr><td>Пароль</td></tr><tr><td><input></td></tr></table></html>"
    )
    refusal = reading.inspect(text_file(tmp_path / "feed.xml", text)).refusal
    assert refusal is not None
    assert refusal.code == "html_page"


def test_excel_xml_of_2003(tmp_path):
    def row(*cells: str) -> str:
        return (
            "<Row>"
            + "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in cells)
            + "</Row>"
        )

    text = (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        '<Worksheet ss:Name="Прайс"><Table>'
        + row("Назва", "Од.", "Ціна")
        + row("Цемент М500", "шт", "165.5")
        + '<Row ss:Index="7"><Cell><Data ss:Type="String">Пісок</Data></Cell><Cell ss:Index="3"><Data ss:Type="Number">60</Data></Cell></Row>'
        "</Table></Worksheet></Workbook>"
    )
    offers, _ = understood(text_file(tmp_path / "price.xls", text))
    assert [(o.row, o.title, o.price, o.unit) for o in offers] == [
        (2, "Цемент М500", Decimal("165.5"), "H87"),
        (7, "Пісок", Decimal(60), ""),
    ]


def saved_page(*pages: tuple[str, str]) -> str:
    parts = "".join(
        f"--x1\r\nContent-Type: text/html; charset={charset!r}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        f"{base64.encodebytes(page.encode(charset)).decode()}\r\n".replace("'", '"')
        for page, charset in pages
    )
    return (
        "From: <Saved by a browser>\r\nSubject: Price\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n"
        f'\ttype="text/html";\r\n\tboundary="x1"\r\n\r\n{parts}'
        "--x1\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--x1--\r\n"
    )


def test_a_web_page_saved_whole(tmp_path):
    rows = "<tr><td>Назва</td><td>Ціна</td></tr><tr><td>Чай {0}</td><td>50</td></tr><tr><td>Кава {0}</td><td>90</td></tr>"
    page = "<html><body><table>" + rows + "</table></body></html>"
    text = saved_page((page.format("один"), "cp1251"), (page.format("два"), "utf-8"))
    path = text_file(tmp_path / "price.mht", text)
    assert reading.inspect(path).format == "html"
    offers, issues = understood(path)
    assert [(offer.sheet, offer.title, offer.price) for offer in offers] == [
        ("Table 1", "Чай один", 50),
        ("Table 1", "Кава один", 90),
        ("Table 2", "Чай два", 50),
        ("Table 2", "Кава два", 90),
    ]
    assert issues == []


@pytest.mark.parametrize("page", ["<html><form>Sign in</form></html>", "<html></html>"])
def test_a_saved_page_without_a_table_is_a_page(tmp_path, page):
    refusal = reading.inspect(text_file(tmp_path / "p.mhtml", saved_page((page, "utf-8")))).refusal
    assert refusal is not None
    assert refusal.code == "html_page"


def test_a_list_that_only_looks_like_a_letter_is_a_list(tmp_path):
    text = "Від: склад\nДата: сьогодні\nНазва;Ціна\nЧай;50\nКава;90\n"
    assert [offer.title for offer in understood(text_file(tmp_path / "p.csv", text))[0]] == ["Чай", "Кава"]


def test_a_letter_of_parts_without_end_is_not_taken_apart(tmp_path):
    page = "<table>" + "<tr><td>Назва<td>Ціна" * 3 + "</table>"
    parts = "\r\n--x1\r\n\r\n" * 5000
    text = saved_page((page, "utf-8")).replace("--x1--", parts)
    refusal = reading.inspect(text_file(tmp_path / "p.mhtml", text)).refusal
    assert refusal is not None
    assert refusal.code == "html_page"
