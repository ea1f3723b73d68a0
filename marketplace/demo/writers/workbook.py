"""The stationer's XLSX: a header block, merged cells, numbered category rows, brand rows, a totals row."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby
from typing import Any

import xlsxwriter

from marketplace.demo.offers import Item
from marketplace.demo.writers.slips import cyrillic_formats, typed

PHOTOS = "https://photos.ryad.example/"
_UNITS = {
    "pcs": "шт.",
    "pack": "уп.",
    "ream": "пач.",
    "set": "набір",
    "box": "кор.",
    "roll": "рул.",
    "pair": "пара",
    "bottle": "пляш.",
}
_HEADINGS = (
    "Код",
    "Артикул",
    "Найменування",
    "Од.",
    "Ціна роздр.",
    "Ціна опт від 10",
    "Залишок",
    "Фото",
)
_WIDTHS = (8, 15, 68, 8, 12, 16, 15, 48)


def workbook(items: Iterable[Item], *, day: dt.date) -> bytes:
    """The price list of `day` as the bytes of an XLSX file."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_urls": False})
    book.set_properties(
        {
            "author": "Канцелярський двір",
            "created": dt.datetime(day.year, day.month, day.day, 9, tzinfo=dt.UTC),
        }
    )
    sheet = book.add_worksheet("Прайс")
    style = _styles(book)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    row = _head(sheet, style, day)
    ordered = sorted(
        items, key=lambda item: (_SECTIONS.index(item.path[0]), item.path, item.good.brand.name.casefold())
    )
    count = 0
    for number, (section, of_section) in enumerate(groupby(ordered, lambda item: item.path[0]), start=1):
        sheet.merge_range(row, 0, row, 7, f"{number}. {section.upper()}", style["section"])
        row += 1
        for part, (group, of_group) in enumerate(groupby(of_section, lambda item: item.path[1]), start=1):
            sheet.merge_range(row, 0, row, 7, f"{number}.{part}. {group}", style["group"])
            row += 1
            for brand, of_brand in groupby(of_group, lambda item: item.good.brand.name):
                sheet.write_string(row, 2, brand, style["brand"])
                row += 1
                for item in of_brand:
                    _good(sheet, row, item, style)
                    row += 1
                    count += 1
    sheet.merge_range(row, 0, row, 3, f"Всього позицій: {count}", style["total"])
    sheet.merge_range(
        row + 2, 0, row + 2, 7, "Ціни дійсні протягом 7 днів. Замовлення приймаємо до 16:00.", style["note"]
    )
    book.close()
    return out.getvalue()


_SECTIONS = (
    "Папір",
    "Письмове приладдя",
    "Папки та архів",
    "Степлери, діроколи, скоби",
    "Дрібна канцелярія",
    "Офісна техніка",
    "Господарські товари",
    "Кава, чай, вода",
)


def _styles(book: Any) -> dict[str, Any]:
    return {
        "name": book.add_format({"bold": True, "font_size": 18, "align": "center", "font_color": "#1F4E79"}),
        "note": book.add_format({"italic": True, "align": "center"}),
        "head": book.add_format({"bold": True, "border": 1, "align": "center", "bg_color": "#D9E2F3"}),
        "section": book.add_format({"bold": True, "font_size": 13, "bg_color": "#BDD7EE"}),
        "group": book.add_format({"bold": True, "indent": 1, "bg_color": "#DDEBF7"}),
        "brand": book.add_format({"bold": True, "italic": True, "indent": 2}),
        "text": book.add_format({"border": 1}),
        "money": book.add_format({"border": 1, "num_format": "#,##0.00"}),
        "total": book.add_format({"bold": True, "align": "right"}),
    }


def _head(sheet: Any, style: dict[str, Any], day: dt.date) -> int:
    """The letterhead and the table's heading; returns the row after them."""
    sheet.merge_range(0, 0, 0, 7, "КАНЦЕЛЯРСЬКИЙ ДВІР", style["name"])
    sheet.merge_range(1, 0, 1, 7, "м. Київ, вул. Прикладна, 7 · канцтовари для офісу та школи", style["note"])
    sheet.merge_range(
        2, 0, 2, 7, "тел.: +380 44 000-00-10, +380 67 000-00-10; kanc@ryad.example", style["note"]
    )
    sheet.write_string(4, 0, f"Прайс-лист від {day:%d.%m.%Y}")
    sheet.write_string(5, 0, "Ціни вказані в грн з ПДВ")
    sheet.write_string(5, 5, "Мінімальне замовлення 500 грн")
    for column, heading in enumerate(_HEADINGS):
        sheet.write_string(7, column, heading, style["head"])
    sheet.freeze_panes(8, 0)
    return 8


def _good(sheet: Any, row: int, item: Item, style: dict[str, Any]) -> None:
    good = item.good
    unit = _UNITS[good.unit]
    sheet.write_string(row, 0, item.code, style["text"])
    if good.mpn.isdigit() and not good.mpn.startswith("0"):
        # Spreadsheets turn such articles into numbers.
        sheet.write_number(row, 1, int(good.mpn), style["text"])
    else:
        sheet.write_string(row, 1, good.mpn, style["text"])
    sheet.write_string(row, 2, cyrillic_formats(typed(good.name_uk, item.code)), style["text"])
    sheet.write_string(row, 3, f"{unit} ({good.pack} шт)" if good.pack > 1 else unit, style["text"])
    sheet.write_number(row, 4, float(item.price), style["money"])
    if item.price < 1000:
        wholesale = (item.price * Decimal("0.93")).quantize(Decimal("0.01"))
        sheet.write_number(row, 5, float(wholesale), style["money"])
    if item.stock is None:
        sheet.write_string(row, 6, "під замовлення", style["text"])
    elif item.stock > 10 and int(item.code) % 3:
        sheet.write_string(row, 6, ">10", style["text"])
    else:
        sheet.write_number(row, 6, item.stock, style["text"])
    sheet.write_string(row, 7, PHOTOS + good.photo, style["text"])
