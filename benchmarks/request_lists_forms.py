"""The forms in which lists arrive: text for a paste, and files as programs write them, with what stands around the lines."""

from __future__ import annotations

import html
import random
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import xlsxwriter
import xlwt

from benchmarks.request_lists_inputs import List, Wanted

_HEAD: Final = {
    "uk": ("№ з/п", "Найменування", "Од. виміру", "Кількість", "Гранична ціна, грн", "Технічні вимоги", "Бажано", "Штрих-код", "Артикул", "Аналоги"),
    "ru": ("№ п/п", "Наименование", "Ед. изм.", "Кол-во", "Цена, грн", "Характеристики", "Желательно", "Штрихкод", "Артикул", "Аналоги"),
    "en": ("No.", "Item", "Unit", "Quantity", "Max price, UAH", "Specification", "Preferred", "EAN", "Part number", "Substitutes"),
}  # fmt: skip
_TITLE: Final = {"uk": "Технічне завдання", "ru": "Заявка на закупку", "en": "List of required goods"}
_TOTAL: Final = {"uk": "Разом", "ru": "Итого", "en": "Total"}
_SECTION: Final = {
    "uk": ("Канцтовари", "Господарчі товари"),
    "ru": ("Канцтовары", "Хозтовары"),
    "en": ("Stationery", "Household"),
}
_YES_NO: Final = {"uk": ("так", "ні"), "ru": ("да", "нет"), "en": ("yes", "no")}
_PLACE: Final = {"uk": "Місце поставки", "ru": "Место поставки", "en": "Delivery address"}
_DAY: Final = {"uk": "Строк поставки: до", "ru": "Срок поставки: до", "en": "Needed by"}
_BEST: Final = {"uk": "бажано", "ru": "желательно", "en": "preferably"}
_ANY: Final = {
    "uk": ("або аналог", "без аналогів"),
    "ru": ("или аналог", "без аналогов"),
    "en": ("or equivalent", "no substitutes"),
}
_CODE: Final = {"uk": ("штрихкод", "арт."), "ru": ("штрихкод", "арт."), "en": ("EAN", "P/N")}


def shown(value: Decimal, language: str) -> str:
    text = f"{value.normalize():f}"
    return text if language == "en" else text.replace(".", ",")


def _money(value: Decimal, language: str) -> str:
    text = f"{value:.2f}" if value % 1 else f"{value:.0f}"
    return text if language == "en" else text.replace(".", ",")


# Text ------------------------------------------------------------------------------------------------------------


def paste_dashes(wanted: List) -> str:
    """One to a line: name — quantity unit до ceiling."""
    most = {"uk": "до {} грн", "ru": "до {} грн", "en": "up to {} UAH"}[wanted.language]
    rows = []
    for line in wanted.lines:
        row = f"{line.text} — {shown(line.quantity, wanted.language)} {line.unit_word}"
        if line.ceiling is not None:
            row += " " + most.format(_money(line.ceiling, wanted.language))
        rows.append(row)
    return "\n".join(rows)


def paste_numbered(wanted: List) -> str:
    """1) name, quantity unit, не дорожче ceiling — with wishes, codes and substitutes where the line has them."""
    most = {"uk": "не дорожче {} грн", "ru": "не дороже {} грн", "en": "max {} UAH"}[wanted.language]
    rows = []
    for number, line in enumerate(wanted.lines, start=1):
        row = f"{number}) {line.text}"
        if line.mpn:
            row += f", {_CODE[wanted.language][1]} {line.mpn}"
        if line.gtin:
            row += f", {_CODE[wanted.language][0]} {line.gtin}"
        if line.substitutes is not None:
            row += f" ({_ANY[wanted.language][0 if line.substitutes else 1]})"
        if line.wish:
            row += f" ({_BEST[wanted.language]} {line.wish[0]})"
        row += f", {shown(line.quantity, wanted.language)} {line.unit_word}"
        if line.ceiling is not None:
            row += ", " + most.format(_money(line.ceiling, wanted.language))
        rows.append(row)
    return "\n".join(rows)


def paste_columns(wanted: List) -> str:
    """Cells copied from a spreadsheet."""
    head = _HEAD[wanted.language]
    rows = ["\t".join((head[0], head[1], head[2], head[3], head[4]))]
    rows += [
        "\t".join(
            (
                str(number),
                line.text,
                line.unit_word,
                shown(line.quantity, wanted.language),
                _price(line, wanted),
            )
        )
        for number, line in enumerate(wanted.lines, start=1)
    ]
    return "\n".join(rows)


def paste_tender(wanted: List) -> str:
    """A tender's text: each good with its requirements below it."""
    says = {
        "uk": ("Кількість", "Гранична ціна за одиницю"),
        "ru": ("Количество", "Предельная цена"),
        "en": ("Quantity", "Max price"),
    }[wanted.language]
    rows = [_TITLE[wanted.language], ""]
    for number, line in enumerate(wanted.lines, start=1):
        rows.append(f"{number}. {line.text}")
        rows += [f"   - {must}" for must in line.must]
        rows += [f"   - {_BEST[wanted.language]} {wish}" for wish in line.wish]
        if line.substitutes is not None:
            rows.append(f"   - {_ANY[wanted.language][0 if line.substitutes else 1]}")
        rows.append(f"   - {says[0]}: {shown(line.quantity, wanted.language)} {line.unit_word}")
        if line.ceiling is not None:
            rows.append(f"   - {says[1]}: {_money(line.ceiling, wanted.language)} грн")
    return "\n".join(
        [*rows, "", f"{_PLACE[wanted.language]}: {wanted.place}", f"{_DAY[wanted.language]} {_day(wanted)}"]
    )


def letter(wanted: List) -> str:
    """A mail with greeting, errand, terms and signature; the price is said as people say it."""
    around = {
        "uk": ("Доброго дня!\n\nНаша компанія просить надати комерційну пропозицію на такі товари:", "Доставка: {place}. Потрібно до {day}.\nОплата безготівкова, рахунок надішліть на пошту.\n\nЗ повагою,\nОлена Коваль\nменеджерка із закупівель\nтел. +380 44 123 45 67"),
        "ru": ("Здравствуйте!\n\nПросим прислать коммерческое предложение на следующие товары:", "Доставка: {place}. Нужно до {day}.\nОплата по счету.\n\nС уважением,\nИван Сидоренко\nотдел снабжения\nтел. 050 123-45-67"),
        "en": ("Dear all,\n\nPlease send us a quote for the following items:", "Delivery to {place}. Needed by {day}.\nPayment by invoice.\n\nBest regards,\nJane Miller\nOffice manager\n+44 20 7946 0958"),
    }[wanted.language]  # fmt: skip
    most = {"uk": "до {} грн за од.", "ru": "до {} грн за ед.", "en": "up to {} UAH each"}[wanted.language]
    rows = []
    for line in wanted.lines:
        row = f"- {line.text}, {shown(line.quantity, wanted.language)} {line.unit_word}"
        if line.ceiling is not None:
            row += f" ({most.format(_money(line.ceiling, wanted.language))})"
        rows.append(row)
    below = around[1].format(place=wanted.place, day=_day(wanted))
    return "\n".join([around[0], *rows, "", below])


# Files -------------------------------------------------------------------------------------------------------------


def write_xlsx(wanted: List, path: Path) -> None:
    """A title block, a merged heading, sections, all columns, totals, a signature; some rows stand under formulas."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet, bold = book.add_worksheet("Лист1"), book.add_format({"bold": True})
        sheet.merge_range(0, 0, 0, 9, _TITLE[wanted.language], bold)
        sheet.write(1, 0, f"{_PLACE[wanted.language]}: {wanted.place}")
        sheet.write(2, 0, f"{_DAY[wanted.language]} {_day(wanted)}")
        head = _HEAD[wanted.language]
        for column, name in enumerate(head):
            sheet.merge_range(4, column, 5, column, name, bold)
        for column in range(len(head)):
            sheet.write(6, column, column + 1)
        row, half = 7, len(wanted.lines) // 2
        for number, line in enumerate(wanted.lines, start=1):
            if number in {1, half + 1}:
                sheet.merge_range(row, 0, row, 9, _SECTION[wanted.language][number > 1], bold)
                row += 1
            sheet.write(row, 0, number)
            for column, cell in enumerate(_cells(line, wanted)[1:], start=1):
                if column == 3:
                    sheet.write_number(row, column, float(line.quantity))
                elif column == 4 and line.ceiling is not None:
                    # A formula with its value, as programs keep it.
                    sheet.write_formula(row, column, f"={float(line.ceiling)}", None, float(line.ceiling))
                elif cell:
                    sheet.write_string(row, column, cell)
            row += 1
        sheet.write(row, 1, _TOTAL[wanted.language])
        sheet.write_formula(
            row, 3, f"=SUM(D8:D{row})", None, float(sum(line.quantity for line in wanted.lines))
        )


def write_xls(wanted: List, path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("List")
    sheet.write(0, 0, _TITLE[wanted.language])
    for column, name in enumerate(_HEAD[wanted.language][:5]):
        sheet.write(2, column, name)
    for row, line in enumerate(wanted.lines, start=3):
        values: list[Any] = [
            row - 2,
            line.text,
            line.unit_word,
            float(line.quantity),
            float(line.ceiling) if line.ceiling else "",
        ]
        for column, value in enumerate(values):
            sheet.write(row, column, value)
    book.save(str(path))


def write_ods(wanted: List, path: Path) -> None:
    rows = [
        _HEAD[wanted.language][:5],
        *(_cells(line, wanted, number)[:5] for number, line in enumerate(wanted.lines, start=1)),
    ]
    body = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{html.escape(cell)}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    names = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{names}office:1.0" xmlns:table="{names}table:1.0"'
        f' xmlns:text="{names}text:1.0" office:version="1.2"><office:body><office:spreadsheet><table:table table:name="A">{body}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), kind)
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>',
        )


def write_csv(wanted: List, path: Path) -> None:
    """Semicolons in the encoding of an old office program; no counting column."""
    rows = [";".join(_HEAD[wanted.language][1:5])]
    rows += [
        ";".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in _cells(line, wanted)[1:5])
        for line in wanted.lines
    ]
    text = "\r\n".join(rows)
    path.write_bytes(
        text.encode("utf-8-sig" if "²" in text else "cp1251", "replace")
    )  # which has no raised two


def write_docx_table(wanted: List, path: Path) -> None:
    rows = [
        _HEAD[wanted.language],
        *(_cells(line, wanted, number) for number, line in enumerate(wanted.lines, start=1)),
    ]
    table = "".join(
        "<w:tr>"
        + "".join(
            f"<w:tc><w:tcPr/><w:p><w:r><w:t xml:space='preserve'>{html.escape(cell)}</w:t></w:r></w:p></w:tc>"
            for cell in row
        )
        + "</w:tr>"
        for row in rows
    )
    grid = "<w:tblGrid>" + "<w:gridCol/>" * 10 + "</w:tblGrid>"
    _write_docx(
        path,
        [_TITLE[wanted.language], f"{_PLACE[wanted.language]}: {wanted.place}"],
        f"<w:tbl>{grid}{table}</w:tbl>",
        [f"{_DAY[wanted.language]} {_day(wanted)}"],
    )


def write_docx_list(wanted: List, path: Path) -> None:
    """A list that Word numbers: the figures are not in the text."""
    _write_docx(
        path,
        [_TITLE[wanted.language], "", *paste_dashes(wanted).split("\n")],
        "",
        [f"{_PLACE[wanted.language]}: {wanted.place}"],
    )


def _write_docx(path: Path, above: list[str], table: str, below: list[str]) -> None:
    def paragraph(text: str) -> str:
        return f"<w:p><w:r><w:t xml:space='preserve'>{html.escape(text)}</w:t></w:r></w:p>"

    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    package = "http://schemas.openxmlformats.org/package/2006"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<?xml version="1.0"?><Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<?xml version="1.0"?><Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Target="word/document.xml" '
            'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>',
        )
        archive.writestr(
            "word/document.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{word}"><w:body>{"".join(map(paragraph, above))}{table}{"".join(map(paragraph, below))}</w:body></w:document>',
        )


def page_of(wanted: List, *, ruled: bool) -> str:
    """The page that a browser prints to PDF: a table with drawn cells and all columns, or one that stands by blanks alone."""
    width = 10 if ruled else 5
    head = "".join(f"<th>{html.escape(name)}</th>" for name in _HEAD[wanted.language][:width])
    rows = "".join(
        "<tr>"
        + "".join(f"<td>{html.escape(cell)}</td>" for cell in _cells(line, wanted, number)[:width])
        + "</tr>"
        for number, line in enumerate(wanted.lines, start=1)
    )
    style = (
        "td,th{border:1px solid #333;padding:2px}table{border-collapse:collapse;font-size:7pt}"
        if ruled
        else "td,th{padding:4px 14px;text-align:left}table{font-size:9pt}"
    )
    return (
        f"<!doctype html><meta charset=utf-8><style>body{{font-family:sans-serif}}{style}</style><h2>{_TITLE[wanted.language]}</h2>"
        f"<p>{_PLACE[wanted.language]}: {wanted.place}</p><table><tr>{head}</tr>{rows}</table><p>{_DAY[wanted.language]} {_day(wanted)}</p>"
    )


def _price(line: Wanted, wanted: List) -> str:
    return "" if line.ceiling is None else _money(line.ceiling, wanted.language)


def _cells(line: Wanted, wanted: List, number: int | str = "") -> list[str]:
    yes, no = _YES_NO[wanted.language]
    return [
        str(number), line.text, line.unit_word, shown(line.quantity, wanted.language), _price(line, wanted), "; ".join(line.must),
        "; ".join(line.wish), line.gtin, line.mpn, "" if line.substitutes is None else yes if line.substitutes else no,
    ]  # fmt: skip


def _day(wanted: List) -> str:
    assert wanted.day is not None
    year, month, day = wanted.day
    style = random.Random(wanted.seed).randint(0, 1)
    return f"{day:02d}.{month:02d}.{year}" if style else f"{day}.{month:02d}.{year}"


TEXTS: Final[dict[str, Callable[[List], str]]] = {
    "paste, dashes": paste_dashes,
    "paste, numbered": paste_numbered,
    "paste, columns": paste_columns,
    "paste, tender": paste_tender,
    "letter": letter,
}
FILES: Final[dict[str, tuple[str, Callable[[List, Path], None]]]] = {
    "XLSX": ("xlsx", write_xlsx),
    "XLS": ("xls", write_xls),
    "ODS": ("ods", write_ods),
    "CSV": ("csv", write_csv),
    "DOCX table": ("docx", write_docx_table),
    "DOCX list": ("docx", write_docx_list),
}
PAGES: Final = {"PDF, ruled table": True, "PDF, plain table": False}
#: What a form has room for, beyond name, quantity, unit and ceiling.
RICH: Final = {
    "paste, numbered": {"wish", "gtin", "mpn", "substitutes"},
    "paste, tender": {"must", "wish", "substitutes"},
    "XLSX": {"must", "wish", "gtin", "mpn", "substitutes"},
    "DOCX table": {"must", "wish", "gtin", "mpn", "substitutes"},
    "PDF, ruled table": {"must", "wish", "gtin", "mpn", "substitutes"},
}
#: Where the list says a place and a day for all of its lines.
TERMS: Final = {"paste, tender", "letter", "XLSX", "DOCX table", "PDF, ruled table", "PDF, plain table"}
