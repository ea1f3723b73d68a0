"""Understanding lists: single lines in three languages, pasted lists, tables, uploaded files."""

from __future__ import annotations

import csv
import re
import time
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from buyer_requests.errors import ListNotReadable
from buyer_requests.parsing import Left, Remark, parse_text
from buyer_requests.parsing.files import parse_file
from buyer_requests.parsing.wishes import take_wishes

DATA = Path(__file__).parent / "data"


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.lower()).strip()


def _share_right(name: str) -> tuple[float, list[str]]:
    right, wrong = 0, []
    with (DATA / name).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows:
        lines = parse_text(row["source"]).lines
        if len(lines) != 1:
            wrong.append(row["source"])
            continue
        line = lines[0]
        fields = [
            _plain(line.text) == _plain(row["text"]),
            line.quantity == Decimal(row["quantity"]),
            line.unit == row["unit"],
            (line.ceiling, line.currency)
            == (Decimal(row["ceiling"]) if row["ceiling"] else None, row["currency"]),
        ]
        right += sum(fields)
        if not all(fields):
            wrong.append(row["source"])
    return right / (4 * len(rows)), wrong


@pytest.mark.parametrize("name", ["lines_seen.tsv", "lines_unseen.tsv", "lines_further.tsv"])
def test_labelled_lines_are_understood(name):
    share, wrong = _share_right(name)
    assert share >= 0.95, wrong


@pytest.mark.parametrize(
    ("source", "field"),
    [
        ("Папір А4 80 г/м2 500 арк", "quantity"),
        ("Цукор 10 кг", "quantity"),
        ("Маркер 24 штуки 20-25 грн", "ceiling"),
        ("Батарейки 10-12 шт", "quantity"),
    ],
)
def test_what_is_unsure_is_marked(source, field):
    (line,) = parse_text(source).lines
    assert field in line.unsure


def test_plain_line_has_nothing_unsure():
    (line,) = parse_text("Папір А4 — 10 пач до 150 грн").lines
    assert line.unsure == []


def test_total_is_divided_by_the_quantity_and_said_so():
    (line,) = parse_text("Стілець офісний 5 шт до 10 000 грн за все").lines
    assert (line.ceiling, line.remarks) == (Decimal(2000), (Remark.CEILING_FROM_TOTAL,))


def test_talk_headings_and_totals_are_left_out_and_named():
    parsed = parse_text(
        "Добрий день!\nКанцтовари:\n1. Папір А4 — 10 пач\n2. Степлер №24/6 — 5 шт\nРазом: 15\nДякую!\ntel. +380 67 123 45 67"
    )
    assert [(line.text, line.quantity, line.number) for line in parsed.lines] == [
        ("Папір А4", 10, 3),
        ("Степлер №24/6", 5, 4),
    ]
    assert [(row.number, row.reason) for row in parsed.left_out] == [
        (1, Left.NOT_A_GOOD),
        (2, Left.HEADING),
        (5, Left.TOTAL),
        (6, Left.NOT_A_GOOD),
        (7, Left.NOT_A_GOOD),
    ]


def test_leading_numbers_that_merely_count_are_taken_off():
    parsed = parse_text("1 Папір А4 10 пач\n2 Ручки 50 шт\n3 24-портовий комутатор 1 шт")
    assert [line.text for line in parsed.lines] == ["Папір А4", "Ручки", "24-портовий комутатор"]


def test_several_goods_in_one_row_fall_apart():
    parsed = parse_text("папір А4 10 пач, ручки сині 50 шт; степлер 2 шт")
    assert [(line.text, line.quantity, line.unit) for line in parsed.lines] == [
        ("папір А4", 10, "PK"),
        ("ручки сині", 50, "H87"),
        ("степлер", 2, "H87"),
    ]


def test_cells_pasted_from_a_spreadsheet():
    parsed = parse_text(
        "№\tНайменування\tОд. виміру\tКількість\tЦіна, грн\tХарактеристики\n1\t2\t3\t4\t5\t6\n"
        "1\tПапір А4\tпач\t10\t150,00\t80 г/м2, білий\n2\tРучка 0.5 мм\tшт.\t50\t8\t\n\tПобутова хімія\t\t\t\t\n"
        "3\tФайл А4 100 шт/уп\tуп\t1 000\t\t\nРазом\t\t\t\t1900"
    )
    assert [
        (line.text, line.quantity, line.unit, line.ceiling, line.currency, line.details)
        for line in parsed.lines
    ] == [
        ("Папір А4", 10, "PK", 150, "UAH", "80 г/м2, білий"),
        ("Ручка 0.5 мм", 50, "H87", 8, "UAH", ""),
        ("Файл А4 100 шт/уп", 1000, "PK", None, "", ""),
    ]
    assert [row.reason for row in parsed.left_out] == [Left.HEADER, Left.HEADER, Left.HEADING, Left.TOTAL]
    assert parsed.currency == "UAH"


def test_cells_without_a_header_are_told_apart_by_what_they_hold():
    parsed = parse_text("1\tПапір А4\tпач\t10\n2\tРучка кулькова\tшт\t50\n3\tСтеплер 24/6\tшт\t2")
    assert [(line.text, line.quantity, line.unit) for line in parsed.lines] == [
        ("Папір А4", 10, "PK"),
        ("Ручка кулькова", 50, "H87"),
        ("Степлер 24/6", 2, "H87"),
    ]


def test_column_of_sums_becomes_a_ceiling_per_unit():
    parsed = parse_text("Найменування\tКількість, шт\tСума, грн\nСтілець\t4\t8000\nСтіл\t2\t9000")
    assert [(line.text, line.unit, line.ceiling) for line in parsed.lines] == [
        ("Стілець", "H87", 2000),
        ("Стіл", "H87", 4500),
    ]


def test_workbook_with_decoration_above_the_header(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["ТОВ «Приклад»"])
    sheet.append([])
    sheet.append(["Додаток 1. Технічне завдання"])
    sheet.append(
        ["№ з/п", "Найменування товару", "Одиниця виміру", "К-сть", "Орієнтовна ціна за од., грн з ПДВ"]
    )
    sheet.append([1, "Папір офісний А4, 80 г/м2", "пачка", 120, 165.5])
    sheet.append([2, "Ручка кулькова, синя", "шт.", 300, None])
    sheet.append([None, "Всього", None, None, 20000])
    path = tmp_path / "tender.xlsx"
    book.save(path)
    parsed = parse_file(path)
    assert [(line.number, line.text, line.quantity, line.unit, line.ceiling) for line in parsed.lines] == [
        (5, "Папір офісний А4, 80 г/м2", 120, "PK", Decimal("165.5")),
        (6, "Ручка кулькова, синя", 300, "H87", None),
    ]


def test_csv_in_a_legacy_encoding(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes("Наименование;Кол-во;Ед.\nБумага А4;10;пач\nРучка синяя;50;шт\n".encode("cp1251"))
    assert [(line.text, line.quantity, line.unit) for line in parse_file(path).lines] == [
        ("Бумага А4", 10, "PK"),
        ("Ручка синяя", 50, "H87"),
    ]


def test_a_table_in_a_page_is_a_list_and_only_a_feed_is_called_one(tmp_path):
    path = tmp_path / "list.xls"
    rows = "<tr><td>Назва<td>Кількість<tr><td>Папір А4<td>10<tr><td>Степлер<td>2"
    path.write_text(f"<html><meta charset=utf-8><table>{rows}</table></html>", encoding="utf-8")
    assert [(line.text, line.quantity) for line in parse_file(path).lines] == [
        ("Папір А4", 10),
        ("Степлер", 2),
    ]
    path.write_text('[{"name": "Чай", "price": 5}, {"name": "Кава", "price": 6}]', encoding="utf-8")
    with pytest.raises(ListNotReadable) as caught:
        parse_file(path)
    assert caught.value.code == "list_is_a_feed"


def test_plain_text_file_with_commas_in_its_lines(tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("ручки кулькові, сині, 50 шт.\nпапір А4 — 10 пач\nстеплер, 2 шт\n", encoding="utf-8")
    assert [(line.text, line.quantity) for line in parse_file(path).lines] == [
        ("ручки кулькові, сині", 50),
        ("папір А4", 10),
        ("степлер", 2),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7 rubbish",
        b"<html><body>Sign in</body></html>",
        b"PK\x03\x04 no archive",
        b"\x89PNG\r\n\x1a\n",
    ],
)
def test_other_files_are_refused_with_a_reason(tmp_path, content):
    path = tmp_path / "list.xlsx"
    path.write_bytes(content)
    with pytest.raises(ListNotReadable) as caught:
        parse_file(path)
    assert str(caught.value)


def test_a_huge_list_is_cut_and_the_rest_named():
    parsed = parse_text("\n".join(f"Папка {number} синя — 2 шт" for number in range(1100)))
    assert len(parsed.lines) == 1000
    assert {row.reason for row in parsed.left_out} == {Left.TOO_MANY}


@pytest.mark.parametrize("text", ["", "   \n\t\n", "12345\n67890", "—\n***", "\x00\x00"])
def test_nothing_comes_of_nothing(text):
    assert parse_text(text).lines == ()


@pytest.mark.parametrize(
    "piece", ["a" + " " * 190_000 + "b", "a" + "." * 190_000, "до " * 60_000, "2x" * 90_000, "(" * 190_000]
)
def test_hostile_lines_end_soon(piece):
    """Patterns that look back and forth would take minutes on these: rows are bounded first."""
    assert len(parse_text(piece).lines) <= 1


def test_a_run_of_marks_costs_as_its_length_and_keeps_what_stands_around_it():
    def cost(length: int) -> float:
        source = f"Папір А4 {'(' * length}.{' ; ' * length}бажано білий, не дорожче 200 грн"
        best = 9.0
        for _again in range(3):
            begun = time.process_time()
            take_wishes(source)
            best = min(best, time.process_time() - begun)
        return best

    assert cost(4000) < 8 * max(cost(1000), 0.001)  # four times as long; squared it would be sixteen
    line = parse_text("Папір А4 ................................ (бажано білий) - 5 шт").lines[0]
    assert (line.quantity, [want.text for want in line.wants]) == (Decimal(5), ["білий"])


@pytest.mark.parametrize(
    ("source", "text", "wishes"),
    [
        ("Стілець офісний, бажано чорний, 4 шт", "Стілець офісний", ["чорний"]),
        ("бажано білий папір А4, 5 пачок", "папір А4", ["білий"]),
        ("Крісло, колір бажано синій - 2 шт", "Крісло", ["колір синій"]),
        ("Маркер; обов'язково чорний; бажано змивний; 12 шт", "Маркер", ["змивний"]),
    ],
)
def test_what_is_wished_for_is_no_part_of_the_name_and_no_must(source, text, wishes):
    line = parse_text(source).lines[0]
    assert (line.text, [want.text for want in line.wants if not want.must]) == (text, wishes)
