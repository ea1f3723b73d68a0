"""What a file is, by its content alone; encodings by evidence; Google's feeds in all their forms."""

from __future__ import annotations

import gzip
from decimal import Decimal

import pytest

from price_lists import reading
from price_lists.readers import encodings
from price_lists.rows import Availability
from tests.price_lists.reading.support import csv_file, text_file, understood, xlsx_file

D = Decimal  # prices are written on every other line
ROWS = [["Артикул", "Назва товару", "Ціна"]] + [
    [f"A{n}", f"Зошит у клітинку {n} аркушів", n] for n in range(1, 9)
]


@pytest.mark.parametrize("name", ["list.xls", "list.csv", "list.xml", "list.txt", "list"])
@pytest.mark.parametrize("kind", ["csv", "xlsx", "html", "json", "gzip"])
def test_the_name_says_nothing(tmp_path, name, kind):
    path = tmp_path / name
    table = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in ROWS)
    lines = "\n".join(";".join(map(str, row)) for row in ROWS)
    if kind == "xlsx":
        xlsx_file(tmp_path / "made.xlsx", {"Лист1": ROWS}).rename(path)
    elif kind == "html":
        text_file(path, f"<html><body><table>{table}</table></body></html>")
    elif kind == "json":
        goods = ",".join(f'{{"sku": "{a}", "name": "{b}", "price": {c}}}' for a, b, c in ROWS[1:])
        text_file(path, f"[{goods}]")
    elif kind == "gzip":
        path.write_bytes(gzip.compress(lines.encode()))
    else:
        text_file(path, lines)
    assert reading.inspect(path).format == ("csv" if kind == "gzip" else kind)
    offers, _ = understood(path)
    assert [(o.article, o.title, o.price) for o in offers] == [(a, b, D(c)) for a, b, c in ROWS[1:]]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1251", "koi8-u", "cp1125", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_text_of_any_encoding_and_delimiter(tmp_path, encoding, delimiter):
    offers, _ = understood(csv_file(tmp_path / "list.txt", ROWS, delimiter=delimiter, encoding=encoding))
    assert [(o.article, o.title, o.price) for o in offers] == [(a, b, D(c)) for a, b, c in ROWS[1:]]


def test_russian_of_dos(tmp_path):
    rows = [["Артикул", "Наименование", "Цена"]] + [
        [f"A{n}", f"Тетрадь в клетку {n}", n] for n in range(1, 9)
    ]
    offers, _ = understood(csv_file(tmp_path / "list.csv", rows, encoding="cp866"))
    assert [o.title for o in offers] == [row[1] for row in rows[1:]]


def lines_of(rows, encoding):
    return [(";".join(map(str, row)) + "\r\n").encode(encoding) for row in rows]


def test_two_files_glued_together_in_two_encodings(tmp_path):
    path = tmp_path / "glued.csv"
    path.write_bytes(b"".join(lines_of(ROWS[:6], "cp1251") + lines_of(ROWS[6:], "utf-8")))
    assert reading.inspect(path).encoding == encodings.MIXED
    offers, issues = understood(path)
    assert [o.title for o in offers] == [row[1] for row in ROWS[1:]]
    assert issues == []


def test_words_of_windows_far_down_in_a_text_of_utf_8(tmp_path):
    rows = [["Артикул", "Назва", "Ціна"]] + [[f"A{n}", f"Папір офісний {n}", 5] for n in range(12_000)]
    path = tmp_path / "long.csv"
    last = ["Z", "Стрічка клейка прозора", 7]
    path.write_bytes(b"".join(lines_of(rows, "utf-8") + lines_of([last], "cp1251")))
    assert path.stat().st_size > encodings.SAMPLE
    assert reading.inspect(path).encoding == "utf-8"
    offers, issues = understood(path)
    assert offers[-1].title == last[1]
    assert issues == []


GOOGLE = {
    "id": "g-1",
    "title": "Чайник скляний",
    "description": "1,7 л",
    "link": "https://tea.example/1",
    "image_link": "https://tea.example/1.jpg",
    "additional_image_link": "https://tea.example/2.jpg,https://tea.example/3.jpg",
    "availability": "in_stock",
    "price": "1299.00 UAH",
    "sale_price": "999.00 UAH",
    "brand": "Вар",
    "gtin": "4820024700016",
    "mpn": "KT-15",
    "condition": "new",
    "product_type": "Техніка > Чайники",
}


def check_google(offer):
    assert (offer.source_id, offer.title, offer.brand, offer.mpn) == ("g-1", "Чайник скляний", "Вар", "KT-15")
    assert (offer.price, offer.old_price, offer.currency) == (D(999), D(1299), "UAH")
    assert (offer.gtin, offer.availability) == ("4820024700016", Availability.IN_STOCK)
    assert offer.category_path == ("Техніка", "Чайники")
    assert offer.photos == tuple(f"https://tea.example/{n}.jpg" for n in (1, 2, 3))
    assert offer.url == "https://tea.example/1"


def test_google_as_tab_separated_text(tmp_path):
    second = GOOGLE | {"id": "g-2", "title": "Чашка", "sale_price": ""}
    rows = [list(GOOGLE), list(GOOGLE.values()), list(second.values())]
    offers, issues = understood(csv_file(tmp_path / "feed.txt", rows, delimiter="\t"))
    check_google(offers[0])
    assert (offers[1].price, offers[1].old_price) == (D(1299), None)
    assert issues == []


@pytest.mark.parametrize(
    "form",
    [
        '<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>x</title><item>{}</item></channel></rss>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><title>x</title><entry>{}</entry></feed>',
    ],
)
def test_google_as_rss_and_atom(tmp_path, form):
    cells = "".join(f"<g:{name}>{value.replace('>', '&gt;')}</g:{name}>" for name, value in GOOGLE.items())
    cells = cells.replace(
        "<g:additional_image_link>https://tea.example/2.jpg,https://tea.example/3.jpg</g:additional_image_link>",
        "<g:additional_image_link>https://tea.example/2.jpg</g:additional_image_link>"
        "<g:additional_image_link>https://tea.example/3.jpg</g:additional_image_link>",
    )
    [offer], issues = understood(text_file(tmp_path / "feed.xml", form.format(cells)))
    check_google(offer)
    assert issues == []
