"""Price lists for measuring imports: one list of goods, written in each format family, and parsed barely."""

from __future__ import annotations

import csv
import gzip
import itertools
import json
import os
import random
import zipfile
from collections.abc import Callable
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("RYAD_SHARED_DATA", ROOT.parent / "shared" / "data"))
HEADER = [
    "Артикул", "Назва", "Ціна, грн", "Стара ціна", "Од.", "Залишок", "Бренд", "Код виробника", "Штрихкод",
    "Категорія", "Посилання", "Фото",
]  # fmt: skip
_KEYS = (
    "id", "title", "price", "old_price", "unit", "quantity", "brand", "mpn", "gtin", "category", "url",
    "image",
)  # fmt: skip
_NUMBERS = frozenset({2, 3, 5})
GROUPS, SECTIONS = 240, 12
_THINGS = (
    "Степлер Папір Ручка Олівець Зошит Калькулятор Маркер Папка Ножиці Клей Дырокол Блокнот Мышь Клавиатура"
)
_SORTS = (
    "металевий офісний кольоровий синий чёрный компактный professional mini deluxe 24/6 А4 А5 №10 80 г/м2"
)
Row = list[str]


def titles() -> list[str]:
    """Real titles where the shared vocabulary lies beside the repository, else some of our own making."""
    source = SHARED / "titles_vocab.tsv.gz"
    if source.exists():
        with gzip.open(source, "rt", encoding="utf-8") as file:
            found = [line.rstrip("\n").split("\t")[2] for line in itertools.islice(file, 1, None)]
        random.Random(7).shuffle(found)
        # Titles alone: one that reads as a total or a heading would rightly be no good.
        return [title for title in found if 8 < len(title) < 300 and title[:1].isalpha() and " " in title]
    sorts = _SORTS.split()
    return [f"{thing} {first} {second}" for thing in _THINGS.split() for first in sorts for second in sorts]


def goods(rows: int) -> list[Row]:
    """Twelve columns of synthetic goods: the titles are real, the rest is drawn with a fixed seed."""
    vocabulary = titles()
    chance = random.Random(11)
    made = []
    for number in range(rows):
        title = vocabulary[number % len(vocabulary)]
        if number >= len(vocabulary):
            title += f" {number // len(vocabulary) + 1}"
        price = chance.randrange(500, 5_000_000) / 100
        group = number % GROUPS
        made.append([
            f"A{number:07d}", title, f"{price:.2f}", f"{price * 1.1:.2f}" if number % 5 == 0 else "", "шт",
            str(chance.randrange(0, 200)), f"Brand {number % 300}", f"MP-{number % 9000}", _gtin(number),
            f"Розділ {group % SECTIONS} / Група {group}", f"https://shop.example/p/{number}",
            f"https://shop.example/i/{number}.jpg",
        ])  # fmt: skip
    return made


def repriced(rows: list[Row]) -> list[Row]:
    """One good in a hundred costs 3 % more."""
    return [
        [*row[:2], f"{float(row[2]) * 1.03:.2f}", *row[3:]] if n % 100 == 0 else row
        for n, row in enumerate(rows)
    ]


def _gtin(number: int) -> str:
    body = f"482{number:09d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{(10 - total % 10) % 10}"


def write_csv(path: Path, rows: list[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=";").writerows([HEADER, *rows])


def write_xlsx(path: Path, rows: list[Row]) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([HEADER, *rows]):
            for column, value in enumerate(row):
                if number and column in _NUMBERS and value:
                    sheet.write_number(number, column, float(value))
                else:
                    sheet.write_string(number, column, value)


def write_ods(path: Path, rows: list[Row]) -> None:
    """As a spreadsheet program writes it, without styles."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        kind = "application/vnd.oasis.opendocument.spreadsheet"
        archive.writestr(zipfile.ZipInfo("mimetype"), kind)
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest'
            ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
            '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
            "</manifest:manifest>",
        )
        with archive.open("content.xml", "w", force_zip64=True) as part:
            name = "urn:oasis:names:tc:opendocument:xmlns"
            part.write(
                f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{name}:office:1.0"'
                f' xmlns:table="{name}:table:1.0" xmlns:text="{name}:text:1.0" office:version="1.2"><office:body>'
                '<office:spreadsheet><table:table table:name="Sheet1">'.encode()
            )
            for number, row in enumerate([HEADER, *rows]):
                cells = "".join(_ods_cell(value, number and at in _NUMBERS) for at, value in enumerate(row))
                part.write(f"<table:table-row>{cells}</table:table-row>".encode())
            part.write(b"</table:table></office:spreadsheet></office:body></office:document-content>")


def _ods_cell(value: str, is_number: object) -> str:
    if not value:
        return "<table:table-cell/>"
    text = f"<text:p>{escape(value)}</text:p></table:table-cell>"
    if is_number:
        return f'<table:table-cell office:value-type="float" office:value="{value}">{text}'
    return f'<table:table-cell office:value-type="string">{text}'


def write_yml(path: Path, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n<yml_catalog><shop><currencies><currency id="UAH" rate="1"/>'
        )
        file.write("</currencies><categories>")
        file.writelines(f'<category id="{10_000 + at}">Розділ {at}</category>' for at in range(SECTIONS))
        file.writelines(
            f'<category id="{at}" parentId="{10_000 + at % SECTIONS}">Група {at}</category>'
            for at in range(GROUPS)
        )
        file.write("</categories><offers>\n")
        for number, row in enumerate(rows):
            article, title, price, old, _unit, stock, brand, mpn, gtin, _category, url, photo = row
            file.write(
                f'<offer id="{article}" available="true"><name>{escape(title)}</name><price>{price}</price>'
                + (f"<oldprice>{old}</oldprice>" if old else "")
                + f"<currencyId>UAH</currencyId><categoryId>{number % GROUPS}</categoryId><vendor>{brand}</vendor>"
                f"<vendorCode>{mpn}</vendorCode><barcode>{gtin}</barcode><stock_quantity>{stock}</stock_quantity>"
                f"<url>{url}</url><picture>{photo}</picture></offer>\n"
            )
        file.write("</offers></shop></yml_catalog>")


def write_google(path: Path, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n<rss xmlns:g="http://base.google.com/ns/1.0" version="2.0">'
            "<channel><title>Bench</title><link>https://shop.example/</link>\n"
        )
        for article, title, price, _old, _unit, _stock, brand, mpn, gtin, category, url, photo in rows:
            file.write(
                f"<item><g:id>{article}</g:id><g:title>{escape(title)}</g:title><g:price>{price} UAH</g:price>"
                f"<g:availability>in stock</g:availability><g:brand>{brand}</g:brand><g:mpn>{mpn}</g:mpn>"
                f"<g:gtin>{gtin}</g:gtin><g:product_type>{category.replace(' / ', ' &gt; ')}</g:product_type>"
                f"<g:link>{url}</g:link><g:image_link>{photo}</g:image_link></item>\n"
            )
        file.write("</channel></rss>")


def write_jsonl(path: Path, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            record = {key: value for key, value in zip(_KEYS, row, strict=True) if value}
            record |= {"price": float(row[2]), "quantity": int(row[5]), "currency": "UAH"}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


def parse_csv(path: Path) -> int:
    with path.open(newline="", encoding="utf-8") as file:
        return sum(1 for _row in csv.reader(file, delimiter=";")) - 1


def parse_workbook(path: Path) -> int:
    from python_calamine import CalamineWorkbook

    return sum(1 for _row in CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows()) - 1


def parse_yml(path: Path) -> int:
    return _parse_xml(path, "offer")


def parse_google(path: Path) -> int:
    return _parse_xml(path, "item")


def _parse_xml(path: Path, tag: str) -> int:
    from lxml import etree

    count = 0
    for _event, element in etree.iterparse(str(path), tag=tag):
        count += 1
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return count


def parse_jsonl(path: Path) -> int:
    with path.open(encoding="utf-8") as file:
        return sum(1 for line in file if json.loads(line))


Writer, Parser = Callable[[Path, list[Row]], None], Callable[[Path], int]
#: By format: how its file ends, how it is written, how it is barely parsed.
FORMATS: dict[str, tuple[str, Writer, Parser]] = {
    "csv": ("csv", write_csv, parse_csv),
    "xlsx": ("xlsx", write_xlsx, parse_workbook),
    "ods": ("ods", write_ods, parse_workbook),
    "yml": ("xml", write_yml, parse_yml),
    "google": ("xml", write_google, parse_google),
    "jsonl": ("jsonl", write_jsonl, parse_jsonl),
}
