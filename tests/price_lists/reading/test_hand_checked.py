"""Twenty rows of each real list (all of a shorter one), taken from the file by eye and other parsers.

`hand_checked.tsv` holds facts alone: file, sheet, row (the article where two rows make one offer), name, price,
currency, unit, path and stock; an empty cell is what the file does not tell.
"""

from __future__ import annotations

import csv
from decimal import Decimal
from itertools import groupby
from pathlib import Path

import pytest

from tests.parts import SHARED_DATA
from tests.price_lists.reading.support import understood

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(
        not (SHARED_DATA / "price_lists").is_dir(), reason="the real price lists are not on this machine"
    ),
]

with (Path(__file__).parent / "hand_checked.tsv").open(encoding="utf-8", newline="") as stream:
    TRUTH = {
        name: list(rows)
        for name, rows in groupby(csv.DictReader(stream, delimiter="\t"), key=lambda row: row["file"])
    }


def plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"


@pytest.mark.parametrize("name", TRUTH)
def test_rows_are_read_as_they_stand(name):
    offers, _issues = understood(SHARED_DATA / "price_lists" / name)
    by_place = {(offer.sheet, str(offer.row)): offer for offer in offers}
    by_article = {("", offer.article): offer for offer in offers if offer.article}
    found = []
    for row in TRUTH[name]:
        place = (row["sheet"], row["row"])
        offer = by_article[place] if name.startswith("prom") else by_place[place]
        found.append(
            {
                "file": name,
                "sheet": row["sheet"],
                "row": row["row"],
                "title": offer.title,
                "price": plain(offer.price),
                "currency": offer.currency,
                "unit": offer.unit,
                "path": " > ".join(offer.category_path),
                "stock": plain(offer.stock),
            }
        )
    assert found == TRUTH[name]


def test_each_list_has_its_rows():
    short = {"sample_ru.csv": 9, "jebs_source.xlsx": 5, "jebs_yml_declares_utf8_is_cp1251.xml": 5}
    assert {name for name, rows in TRUTH.items() if len(rows) < short.get(name, 20)} == set()
