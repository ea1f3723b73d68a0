"""Lists in further forms: letters, tenders, documents, PDF; wishes, codes, days; what is refused and how."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import openpyxl
import pytest

from buyer_requests.errors import ListNotReadable
from buyer_requests.parsing import Left, Remark, parse_text, pdf
from buyer_requests.parsing.days import find_day
from buyer_requests.parsing.files import parse_file
from buyer_requests.parsing.types import Note, Want
from core.errors import TooMany

DATA = Path(__file__).parent / "data"


def test_letter_gives_its_goods_and_its_terms():
    parsed = parse_text(
        "From: olena@example.com\nДоброго дня!\nНаша компанія просить надати комерційну пропозицію на канцтовари.\n"
        "- Папір А4 — 10 пач\n- Ручки сині 50 шт (або аналог)\n- Степлер 2 шт\n"
        "Доставка: м. Львів, вул. Зелена 1. Потрібно до 20.12.2030.\nЗ повагою,\nІван Петренко\nменеджер\n067 123 45 67"
    )
    assert [(line.text, line.quantity, line.substitutes) for line in parsed.lines] == [
        ("Папір А4", 10, None),
        ("Ручки сині", 50, True),
        ("Степлер", 2, None),
    ]
    assert (parsed.place, parsed.needed_by) == ("м. Львів, вул. Зелена 1", dt.date(2030, 12, 20))
    assert len(parsed.left_out) == 8


def test_tender_with_requirements_below_each_good():
    parsed = parse_text(
        "1. Папір офісний А4\n   - щільність: 80 г/м²\n   - білизна: не менше 146 %\n   - Кількість: 25 пачок\n"
        "2. Ручка кулькова\n   Колір чорнила: синій\n   Кількість – 100 шт.\n   аналоги не допускаються\n"
        "3. Степлер\n   - бажано металевий\n   - Кількість: 3 шт\n   - Ціна: до 120 грн\nМісце поставки: м. Полтава"
    )
    assert [(line.text, line.quantity, line.unit, line.wants, line.substitutes) for line in parsed.lines] == [
        (
            "Папір офісний А4",
            25,
            "PK",
            (Want("щільність: 80 г/м²"), Want("білизна: не менше 146 %", op=">=")),
            None,
        ),
        ("Ручка кулькова", 100, "H87", (Want("Колір чорнила: синій"),), False),
        ("Степлер", 3, "H87", (Want("металевий", must=False),), None),
    ]
    assert (parsed.lines[2].ceiling, parsed.lines[2].currency, parsed.place) == (120, "UAH", "м. Полтава")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Папір А4 — 10 пач до 150 грн, без аналогів", {"text": "Папір А4", "substitutes": False}),
        ("Printer HP preferably colour, 2 pcs, or equivalent", {"text": "Printer HP", "wants": (Want("colour", must=False),), "substitutes": True}),
        ("Степлер Eagle арт. 205-X, 3 шт", {"text": "Степлер Eagle", "mpn": "205-X", "quantity": 3}),
        ("Маркер EAN 4820000000017 10 шт", {"text": "Маркер", "gtin": "4820000000017", "quantity": 10}),
        ("Маркер EAN 4820000000010 10 шт", {"gtin": "4820000000010", "unsure": ["gtin"], "remarks": (Remark.GTIN_WRONG,)}),
        ("Файл А4 2 уп. х 100 шт", {"text": "Файл А4, 100 шт", "quantity": 2, "unit": "PK"}),
        ("Папір 5 уп. х 500 арк.", {"quantity": 5, "unit": "PK"}),
        ("Олівці по 3 шт", {"text": "Олівці", "quantity": 3, "unsure": ["quantity", "unit"]}),
        ("Стілець 4 шт, потрібно до 25.12.2030", {"text": "Стілець", "needed_by": dt.date(2030, 12, 25)}),
        (
            "Ноутбук: RAM не менше 16 ГБ; SSD: від 512 ГБ; 5 шт до 30000 грн",
            {"text": "Ноутбук", "quantity": 5, "ceiling": 30000, "wants": (Want("RAM не менше 16 ГБ", op=">="), Want("SSD: від 512 ГБ", op=">="))},
        ),
    ],
)  # fmt: skip
def test_what_is_said_besides_name_and_quantity(source, expected):
    (line,) = parse_text(source).lines
    assert {name: getattr(line, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("25.12.2030", dt.date(2030, 12, 25)),
        ("1 грудня", dt.date(2030, 12, 1)),
        ("December 20, 2031", dt.date(2031, 12, 20)),
        ("2030-02-30", None),
        ("05.01", dt.date(2031, 1, 5)),
        ("31.31", None),
    ],
)
def test_days(text, expected):
    found = find_day(text, today=dt.date(2030, 11, 1))
    assert (found and found.value) == expected


def test_equal_lines_are_named():
    parsed = parse_text("Папір А4 — 10 пач\nСтеплер 2 шт\nпапір а4 - 5 пач")
    assert [Remark.DUPLICATE in line.remarks for line in parsed.lines] == [False, False, True]
    assert parsed.notes == ((Note.DUPLICATES, 1),)


@pytest.mark.parametrize("name", ["ruled.pdf", "plain.pdf"])
def test_tables_of_a_pdf_with_drawn_lines_and_without(name):
    parsed = parse_file(DATA / name)
    assert [(line.text, line.quantity, line.unit, line.ceiling) for line in parsed.lines] == [
        ("Папір офісний А4, 80 г/м², 500 арк., клас C", 25, "PK", 150),
        (
            "Ручка кулькова синя 0,7 мм автоматична з гумовим тримачем та металевим кліпом, довговічна",
            100,
            "H87",
            12.5,
        ),
        ("Скоби №24/6", 30, "PK", 18),
        ("Файл А4 40 мкм, 100 шт/уп", 12, "PK", 95),
    ]
    assert parsed.place == "м. Львів, вул. Зелена 1"


def _document(path, body):
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{word}"><w:body>{body}</w:body></w:document>'
        )


def _paragraph(text):
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_list_in_a_word_document(tmp_path):
    rows = ("Заявка на канцтовари", "Папір А4 — 10 пач", "Степлер — 2 шт")
    _document(tmp_path / "a.docx", "".join(map(_paragraph, rows)))
    parsed = parse_file(tmp_path / "a.docx")
    assert [(line.text, line.quantity) for line in parsed.lines] == [("Папір А4", 10), ("Степлер", 2)]
    assert [row.reason for row in parsed.left_out] == [Left.HEADING]


def _workbook(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return book, path


def test_columns_of_wishes_codes_and_days(tmp_path):
    book, path = _workbook(
        tmp_path / "a.xlsx",
        [
            [
                "Назва",
                "Кількість",
                "Штрих-код",
                "Артикул",
                "Технічні вимоги",
                "Бажано",
                "Аналоги",
                "Строк поставки",
            ],
            ["Папір А4", 5, 4820000000017, "AB-12", "щільність: 80 г/м²", "білий", "ні", dt.date(2030, 5, 1)],
        ],
    )
    book.save(path)
    (line,) = parse_file(path).lines
    assert (line.gtin, line.mpn, line.substitutes, line.needed_by) == (
        "4820000000017",
        "AB-12",
        False,
        dt.date(2030, 5, 1),
    )
    assert line.wants == (Want("щільність: 80 г/м²"), Want("білий", must=False))


def test_order_form_takes_the_rows_with_a_quantity(tmp_path):
    rows = [
        ["Найменування", "Ціна, грн", "Замовлення"],
        *([f"Товар номер {n}", 10 + n, 4 if n == 7 else None] for n in range(20)),
    ]
    book, path = _workbook(tmp_path / "a.xlsx", rows)
    book.active.row_dimensions[9].hidden = True
    book.save(path)
    parsed = parse_file(path)
    assert [(line.text, line.quantity, line.ceiling) for line in parsed.lines] == [("Товар номер 7", 4, None)]
    assert parsed.notes == ((Note.ORDER_FORM, 19), (Note.HIDDEN_ROWS, 1))


def test_price_list_by_mistake_is_told_so(tmp_path):
    book, path = _workbook(
        tmp_path / "a.xlsx", [["Найменування", "Ціна, грн"], *([f"Товар {n}", 5 + n] for n in range(30))]
    )
    book.save(path)
    with pytest.raises(ListNotReadable) as error:
        parse_file(path)
    assert error.value.code == "list_is_a_price_list"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, "list_is_a_picture"),
        (b"%PDF-1.7\nnonsense", "pdf_damaged"),
        (b"", "list_refused"),
    ],
)
def test_files_that_cannot_be_lists(tmp_path, content, code):
    path = tmp_path / "list"
    path.write_bytes(content)
    with pytest.raises(ListNotReadable) as error:
        parse_file(path)
    assert error.value.code == code


def test_scan_is_told_to_have_no_text(tmp_path):
    # A page with nothing on it, written by hand: four objects, and a table of where they are.
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>",
    ]
    content = b"%PDF-1.4\n"
    places = []
    for number, each in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj%s endobj\n" % (number, each)
    table = len(content)
    content += b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    content += b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % table
    (tmp_path / "scan.pdf").write_bytes(content)
    with pytest.raises(ListNotReadable) as error:
        parse_file(tmp_path / "scan.pdf")
    assert error.value.code == "pdf_without_text"


def test_reader_of_pdf_has_no_secrets_and_a_bound_on_a_page_and_on_its_answer(tmp_path, monkeypatch):
    for limit in ("PAGE_CHARACTERS", "_MOST_ANSWER"):
        with monkeypatch.context() as lower:
            lower.setattr(pdf, limit, 50)
            with pytest.raises(ListNotReadable) as refused:
                pdf.read_pdf(DATA / "plain.pdf")
        assert refused.value.code == "pdf_too_big"
    monkeypatch.setattr(pdf, "_PATIENCE", 0.01)
    with pdf._turn, pytest.raises(TooMany):
        pdf.read_pdf(DATA / "plain.pdf")
    child = tmp_path / "child.py"
    child.write_text("import json, os; print(json.dumps({'error': ' '.join(os.environ), 'at': os.getcwd()}))")
    monkeypatch.setenv("SECRET_KEY", "not told")
    monkeypatch.setattr(pdf, "_CHILD", child)
    answer = pdf._answer(DATA / "plain.pdf")
    assert ("SECRET_KEY" in answer["error"], answer["at"]) == (False, "/")
