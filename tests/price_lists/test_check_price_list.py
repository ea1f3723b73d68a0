"""The command `check_price_list`: its JSON, its exit status, nothing else on standard output."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command

from tests.price_lists.reading.support import csv_file

ROWS = [
    ["Артикул", "Назва", "Ціна", "Валюта", "Од. вим.", "Залишок", "Бренд", "Штрихкод", "Категорія", "Посилання"],
    ["A-1", "Степлер Eagle 5103", "149,90", "грн", "шт", "12", "Eagle", "4820024700016", "Офіс > Степлери", "https://v.example/1"],
    ["A-2", "Папір А4", "дог.", "грн", "пач", "", "", "", "Офіс", ""],
    ["", "Разом", "", "", "", "12", "", "", "", ""],
]  # fmt: skip


def run(capsys, *arguments: str) -> tuple[int, dict]:
    status = 0
    try:
        call_command("check_price_list", *arguments)
    except SystemExit as stop:
        status = int(stop.code or 0)
    captured = capsys.readouterr()
    assert captured.err == ""
    return status, json.loads(captured.out)


def test_what_is_understood(tmp_path, capsys):
    status, answer = run(capsys, str(csv_file(tmp_path / "p.csv", ROWS, encoding="cp1251")))
    assert status == 0
    assert (answer["format"], answer["encoding"]) == ("csv", "cp1251")
    assert answer["counts"] == {"offers": 1, "errors": 1, "skipped": 1}
    assert answer["offers"] == [
        {
            "article": "A-1",
            "title": "Степлер Eagle 5103",
            "titles": {},
            "price": 149.9,
            "currency": "UAH",
            "unit": "H87",
            "stock": 12,
            "brand": "Eagle",
            "mpn": "",
            "gtin": "4820024700016",
            "category_path": ["Офіс", "Степлери"],
            "url": "https://v.example/1",
            "row": 2,
            "sheet": "",
            "availability": "in_stock",
        }
    ]
    [error] = answer["errors"]
    assert (error["row"], error["column"], error["value"]) == (3, "Ціна", "дог.")
    assert error["message"]
    fields = {column["heading"]: column["field"] for column in answer["mapping"]["tables"][0]["columns"]}
    assert fields["Штрихкод"] == "gtin"


def test_a_limit_cuts_lists_but_not_counts(tmp_path, capsys):
    rows = [["Назва", "Ціна"], *[[f"Товар {n}", n] for n in range(1, 31)]]
    status, answer = run(capsys, str(csv_file(tmp_path / "p.csv", rows)), "--limit", "5")
    assert status == 0
    assert answer["counts"]["offers"] == 30
    assert [offer["title"] for offer in answer["offers"]] == [f"Товар {n}" for n in range(1, 6)]


@pytest.mark.parametrize("content", [b"", b"<html><body>Sign in</body></html>", b"%PDF-1.4"])
def test_a_refused_file_ends_with_an_error(tmp_path, capsys, content):
    path = tmp_path / "price.xlsx"
    path.write_bytes(content)
    status, answer = run(capsys, str(path))
    assert status == 1
    assert set(answer["error"]) == {"code", "message", "remedy"}


def test_a_missing_file_ends_with_an_error(tmp_path, capsys):
    status, answer = run(capsys, str(tmp_path / "none.csv"))
    assert (status, answer["error"]["code"]) == (1, "no_such_file")
