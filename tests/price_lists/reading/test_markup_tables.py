"""HTML tables under a spreadsheet's name, and Excel's XML of 2003."""

from __future__ import annotations

from decimal import Decimal

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
