"""Files and rows that cannot be taken: each ends in a clear message, none in a crash."""

from __future__ import annotations

import zipfile
from decimal import Decimal

import pytest
import xlsxwriter
from openpyxl import Workbook

from price_lists import readers, reading
from price_lists.errors import Refusal
from price_lists.messages import KINDS
from price_lists.readers import archives
from price_lists.rows import Severity
from price_lists.sources.reads import in_words
from tests.price_lists.reading.support import csv_file, errors, text_file, understood, xlsx_file

D = Decimal  # prices are written on every other line


def refused(path) -> str:
    refusal = reading.inspect(path).refusal
    assert isinstance(refusal, Refusal)
    assert str(refusal)
    assert str(refusal.remedy)
    return refusal.code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\xef\xbb\xbf  \r\n\r\n", "empty_file"),
        (b"<!DOCTYPE html><html><body><form>Sign in</form></body></html>", "html_page"),
        (b"\n<html><head><title>502</title></head></html>", "html_page"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "not_a_price_list"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "not_a_price_list"),
        (b"\x7fELF\x02\x01\x01", "not_a_price_list"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "not_a_price_list"),
        (bytes(range(256)) * 20, "not_a_price_list"),
        (b"PK\x03\x04broken", "damaged_file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "not_a_price_list"),
        (b"<?xml version='1.0'?><note><to>You</to></note>", "unknown_xml"),
        (b"hello world, this is no price list at all", "no_goods_found"),
        (b"a;b;c\n1;2;3\n4;5;6\n", "no_goods_found"),
    ],
)
def test_what_is_no_price_list(tmp_path, content, code):
    path = tmp_path / "f.xlsx"
    path.write_bytes(content)
    assert refused(path) == code


def test_a_zip_of_something_else(tmp_path):
    path = tmp_path / "photos.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.png", b"\x89PNG\r\n\x1a\n" + bytes(100))
        archive.writestr("b.pdf", b"%PDF-1.7\n%\xe2\xe3")
        archive.writestr("c.exe", b"MZ\x90\x00\x03\x00\x00\x00")
    assert refused(path) == "archive_without_list"


def test_a_truncated_workbook(tmp_path):
    whole = xlsx_file(
        tmp_path / "w.xlsx", {"Лист1": [["Назва", "Ціна"], *[[f"Товар {n}", n] for n in range(1, 500)]]}
    )
    path = tmp_path / "cut.xlsx"
    path.write_bytes(whole.read_bytes()[:3000])
    assert refused(path) == "damaged_file"


def test_zip_with_too_many_entries(tmp_path):
    path = tmp_path / "many.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for number in range(archives.MAX_ENTRIES + 1):
            archive.writestr(f"xl/media/{number}", "")
    assert refused(path) == "zip_too_many_entries"


def test_zip_bomb_by_ratio(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"<c/>" * (8 * 1024 * 1024))
    assert refused(path) == "zip_bomb"


def test_zip_bomb_that_lies_about_its_size(tmp_path):
    path = tmp_path / "liar.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"<c/>" * (8 * 1024 * 1024))
    data = bytearray(path.read_bytes())
    real = (8 * 1024 * 1024 * 4).to_bytes(4, "little")
    data = bytearray(bytes(data).replace(real, (1000).to_bytes(4, "little")))
    path.write_bytes(data)
    assert refused(path) in {"zip_bomb", "damaged_file"}


def test_zip_too_big_in_all(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_INFLATED", 100_000)
    path = xlsx_file(
        tmp_path / "p.xlsx", {"Лист1": [["Назва", "Ціна"], *[[f"Товар {n}", n] for n in range(1, 5000)]]}
    )
    assert refused(path) == "zip_too_big"


def test_a_cell_in_the_last_corner_costs_no_worker(tmp_path):
    path = tmp_path / "corner.xlsx"
    workbook = xlsxwriter.Workbook(str(path))
    sheet = workbook.add_worksheet()
    sheet.write(0, 0, "Назва")
    sheet.write(1048575, 16383, "!")
    workbook.close()
    assert refused(path) in {"spreadsheet_too_big", "no_goods_found"}


def test_a_stray_cell_far_right_and_far_below_is_passed_over(tmp_path):
    rows = [["Назва", "Ціна"], ["Товар один", 10], ["Товар два", 20]]
    path = tmp_path / "stray.xlsx"
    workbook = xlsxwriter.Workbook(str(path))
    sheet = workbook.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    sheet.write(1, 3000, "x")
    sheet.write(5000, 0, "y")
    workbook.close()
    offers, _ = understood(path)
    assert [offer.title for offer in offers] == ["Товар один", "Товар два"]


def test_a_million_columns(tmp_path):
    path = text_file(tmp_path / "wide.csv", ";".join(["Назва", "Ціна"] + ["x"] * 1_000_000) + "\n" + "а;1\n")
    assert refused(path) == "too_many_columns"


def test_a_million_empty_columns_are_cut(tmp_path):
    path = text_file(tmp_path / "wide.csv", "Назва;Ціна" + ";" * 100_000 + "\nЧай чорний;50\nКава;90\n")
    offers, _ = understood(path)
    assert [offer.title for offer in offers] == ["Чай чорний", "Кава"]


def test_formulas_without_values_and_errors_in_cells(tmp_path):
    path = tmp_path / "f.xlsx"
    workbook = Workbook()  # openpyxl stores no values for formulas
    sheet = workbook.active
    for row in [["Назва", "Ціна"], ["Чай", 50], ["Кава", "=A1*2"], ["Какао", 70]]:
        sheet.append(row)
    workbook.save(path)
    offers, issues = understood(path)
    assert [offer.title for offer in offers] == ["Чай", "Какао"]
    assert errors(issues) == [(3, "formula_without_value")]
    with_error = tmp_path / "e.xlsx"
    book = xlsxwriter.Workbook(str(with_error))
    page = book.add_worksheet()
    for number, (name, formula, value) in enumerate(
        [("Чай", "=1", 50), ("Кава", "=1/0", "#DIV/0!"), ("Какао", "=1", 70)], 1
    ):
        page.write(number, 0, name)
        page.write_formula(number, 1, formula, None, value)
    page.write_row(0, 0, ["Назва", "Ціна"])
    book.close()
    offers, issues = understood(with_error)
    assert [offer.price for offer in offers] == [D(50), D(70)]
    assert [(i.row, i.code, i.value) for i in issues] == [(3, "formula_error", "#DIV/0!")]


@pytest.mark.parametrize(
    ("price", "code"),
    [
        ("дог.", "price_by_agreement"),
        ("Договірна", "price_by_agreement"),
        ("звоните", "price_by_agreement"),
        ("за запитом", "price_by_agreement"),
        ("от 150", "price_from"),
        ("від 99 грн", "price_from"),
        ("100-150", "price_range"),
        ("-5", "price_negative"),
        ("0", "price_zero"),
        ("0,00", "price_zero"),
        ("99999999999", "price_absurd"),
        ("1e999", "price_absurd"),
        ("NaN", "price_not_a_number"),
        ("Infinity", "price_not_a_number"),
        ("1_000", "price_not_a_number"),
        ("１２３", "price_not_a_number"),
        ("12 5", "price_not_a_number"),
        ("1.2.3", "price_not_a_number"),
        ("$5 / 4€", "price_in_two_currencies"),
        ("", "price_missing"),
        ("-", "price_missing"),
    ],
)
def test_prices_that_are_none(tmp_path, price, code):
    rows = [["Артикул", "Назва", "Ціна"], ["a", "Чай", "50"], ["b", "Кава", price], ["c", "Какао", "70"]]
    offers, issues = understood(csv_file(tmp_path / "p.csv", rows))
    assert [offer.article for offer in offers] == ["a", "c"]
    assert errors(issues) == [(3, code)]
    [found] = [i for i in issues if i.severity == Severity.ERROR]
    assert found.column == "Ціна"
    assert found.value == price.strip()
    assert found.message


def test_duplicate_articles_the_last_wins(tmp_path):
    rows = [["Артикул", "Назва", "Ціна"], ["a", "Чай", "50"], ["b", "Кава", "90"], ["a", "Чай зелений", "55"]]
    offers, issues = understood(csv_file(tmp_path / "p.csv", rows))
    assert [(o.article, o.title, o.price) for o in offers] == [
        ("a", "Чай зелений", D(55)),
        ("b", "Кава", D(90)),
    ]
    assert [(i.row, i.code, i.value, i.severity) for i in issues] == [
        (2, "duplicate_article", "4", Severity.WARNING)
    ]


def test_the_same_article_in_two_currencies_is_one_offer(tmp_path):
    rows = [
        ["Код_товару", "Назва_позиції", "Ціна", "Валюта", "Ідентифікатор_товару"],
        ["a", "Камера", "41.50", "USD", "x1"],
        ["a", "Камера", "1700", "UAH", "x2"],
        ["b", "Кабель", "10", "USD", "x3"],
    ]
    offers, _ = understood(csv_file(tmp_path / "p.csv", rows))
    assert [(o.article, o.price, o.currency) for o in offers] == [("a", D(1700), "UAH"), ("b", D(10), "USD")]
    assert [(t.kind, t.amount, t.currency) for t in offers[0].tiers] == [("retail", D("41.50"), "USD")]


def test_damaged_text_is_a_warning(tmp_path):
    path = tmp_path / "p.csv"
    good = "Назва;Ціна\n" + "".join(f"Чай чорний номер {n};50\n" for n in range(50))
    path.write_bytes(good.encode() + b"\xd0\xff\xed\xa0\x80 tea;60\n" + b"\xd0\xa7\x00\xd0\xb0\xd0\xb9;70\n")
    offers, issues = understood(path)
    assert len(offers) == 52
    assert "�" in offers[50].title
    assert offers[51].title == "Чай"
    assert [i.code for i in issues] == ["damaged_characters", "nul_characters"]


def test_a_cell_too_long_is_a_row_error(tmp_path):
    rows = [
        ["Назва", "Ціна", "Опис"],
        ["Чай", "50", "x"],
        ["Кава", "90", "y" * 200_000],
        ["Какао", "70", "z"],
    ]
    offers, issues = understood(csv_file(tmp_path / "p.csv", rows))
    assert [offer.title for offer in offers] == ["Чай", "Какао"]
    assert errors(issues) == [(3, "field_too_long")]


def test_a_quote_that_is_never_closed_swallows_one_row_only(tmp_path):
    lines = [
        "Артикул;Назва;Ціна",
        "1;Чай;50",
        '2;"Монітор 24;4000',
        *[f"{n};Товар {n};{n}0" for n in range(3, 60)],
    ]
    offers, issues = understood(text_file(tmp_path / "p.csv", "\n".join(lines)))
    assert errors(issues) == [(3, "broken_quotes")]
    assert [offer.article for offer in offers] == ["1", *[str(n) for n in range(3, 60)]]


def test_inch_marks_are_no_quotes(tmp_path):
    lines = ["Назва;Ціна", 'Монітор 24" LG;4000', 'Кабель 3/4";15', 'Телевізор 55" Samsung;20000']
    offers, _ = understood(text_file(tmp_path / "p.csv", "\n".join(lines)))
    assert [offer.title for offer in offers] == ['Монітор 24" LG', 'Кабель 3/4"', 'Телевізор 55" Samsung']


def test_cells_that_begin_like_formulas_stay_as_they_are(tmp_path):
    rows = [["Назва", "Ціна"], ["=cmd|' /C calc'!A0", "10"], ["@mention", "20"], ["+380 набір", "30"]]
    offers, _ = understood(csv_file(tmp_path / "p.csv", rows))
    assert [offer.title for offer in offers] == ["=cmd|' /C calc'!A0", "@mention", "+380 набір"]


def test_a_sheet_that_has_gone_is_a_refusal(tmp_path):
    path = xlsx_file(tmp_path / "p.xlsx", {"А": [["Назва", "Ціна"], ["Чай", 5], ["Кава", 6]]})
    mapping = reading.inspect(path).mapping
    xlsx_file(path, {"Б": [["Назва", "Ціна"], ["Чай", 5]]})
    with pytest.raises(Refusal) as refusal:
        list(reading.read(path, mapping))
    assert refusal.value.code == "sheet_missing"


def test_an_encrypted_workbook(tmp_path):
    path = tmp_path / "locked.xlsx"
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(100)
    )
    assert refused(path) == "encrypted_file"


def test_what_else_a_file_is_can_be_said_in_all_languages():
    kinds = {name for _magic, name in (*readers._OTHERS, *readers._ARCHIVES)} - {"PDF"}
    assert kinds - KINDS.keys() == set()


def test_what_a_file_is_is_said_in_the_readers_language(monkeypatch):
    monkeypatch.setitem(KINDS, "a picture", "малюнок")
    said = str(Refusal("not_a_price_list", detail="a picture"))
    assert said.endswith(" малюнок.")
    assert in_words("not_a_price_list", {"detail": "a picture"})[0] == said


def test_names_whose_letters_are_lost_are_told(tmp_path):
    rows = [["Артикул", "Назва", "Ціна"], *([f"A{n}", f"Папір офісний {n}", "10"] for n in range(6))]
    path = csv_file(tmp_path / "a.csv", [*rows, ["A9", "?????? Marions 05903 ?? ??????", "11"]])
    offers, issues = understood(path)
    assert [(said.row, said.code, said.severity) for said in issues] == [
        (8, "title_letters_lost", Severity.WARNING)
    ]
    assert len(offers) == 7
