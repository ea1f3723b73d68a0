"""Headings that name brands inside groups of goods: they become brands, groups stay groups."""

import pytest
from django.utils.translation import override

from price_lists import reading
from price_lists.mapping.model import Mapping
from price_lists.rows import RawRow
from price_lists.validation.brands import brand_under
from tests.price_lists.reading.support import csv_file, understood, xlsx_file

HEADER = ["Код", "Найменування", "Од.", "Ціна"]


def group(*names):
    return [["", name, "", ""] for name in names]


def goods(*titles, first=1):
    return [[str(first + n), title, "шт", 10 + n] for n, title in enumerate(titles)]


STATIONERY = [
    HEADER,
    *group("1. Папір", "1.1. Зошити", "Axent"),
    *goods("Зошит Axent 48 арк.", "Зошит Axent 96 арк."),
    *group("BUROMAX"),
    *goods("Блокнот Buromax А5", "Щоденник недатований синій", "Блокнот Buromax А6", first=10),
    *group("Школярик"),
    *goods("Зошит шкільний Школярик 12 арк., лінія", "Зошит шкільний Школярик 24 арк., лінія", first=20),
    *group("1.2. Папір офісний"),
    *goods("Папір офісний А4", "Папір офісний А3", first=30),
]


def facts(offers):
    return [(offer.article, offer.brand, offer.category_path) for offer in offers]


def test_brand_rows_become_brands_and_leave_the_path(tmp_path):
    offers, _issues = understood(xlsx_file(tmp_path / "a.xlsx", {"Прайс": STATIONERY}))
    copybooks = ("Папір", "Зошити")
    assert facts(offers) == [
        ("1", "Axent", copybooks),
        ("2", "Axent", copybooks),
        ("10", "Buromax", copybooks),
        ("11", "Buromax", copybooks),
        ("12", "Buromax", copybooks),
        ("20", "Школярик", copybooks),
        ("21", "Школярик", copybooks),
        ("30", "", ("Папір", "Папір офісний")),
        ("31", "", ("Папір", "Папір офісний")),
    ]


def test_the_guess_is_told_kept_and_can_be_refused(tmp_path):
    path = xlsx_file(tmp_path / "a.xlsx", {"Прайс": STATIONERY})
    with override("en"):
        inspection = reading.inspect(path)
    assert inspection.mapping.tables[0].brand_rows == {
        "Axent": "Axent",
        "BUROMAX": "Buromax",
        "Школярик": "Школярик",
    }
    (note,) = inspection.notes
    assert note.startswith("3 headings inside the groups name brands (“Axent”, “Buromax”, “Школярик”)")
    assert Mapping.from_json(inspection.mapping.to_json()) == inspection.mapping
    refused = inspection.mapping.corrected(brand_rows=False)
    paths = {offer.category_path for offer in reading.read(path, refused) if hasattr(offer, "category_path")}
    assert ("Папір", "Зошити", "Школярик") in paths
    assert reading.adopt(refused, reading.inspect(path)).options == {"brand_rows": "groups"}
    assert refused.corrected(brand_rows=True) == inspection.mapping


def test_the_hash_carries_the_brand_as_such(tmp_path):
    path = xlsx_file(tmp_path / "a.xlsx", {"Прайс": STATIONERY})
    mapping = reading.inspect(path).mapping

    def hashes(chosen):
        return {
            item[0].cells[0]: item[1] for item in reading.raw_rows(path, chosen) if not hasattr(item, "code")
        }

    split, whole = hashes(mapping), hashes(mapping.corrected(brand_rows=False))
    assert {code for code in split if split[code] != whole[code]} == {"1", "2", "10", "11", "12", "20", "21"}


def test_an_own_brand_wins_over_the_row_above(tmp_path):
    rows = [
        [*HEADER, "Бренд"],
        *group("Техніка", "Bosch"),
        ["1", "Дриль Bosch", "шт", 10, "Bosch"],
        ["2", "Дриль Bosch Home", "шт", 10, "Skil"],
        ["3", "Дриль Bosch Pro", "шт", 10, ""],
        *group("Makita"),
        ["4", "Дриль Makita", "шт", 10, "Makita"],
    ]
    offers, _issues = understood(csv_file(tmp_path / "a.csv", rows))
    assert [(offer.brand, offer.category_path) for offer in offers] == [
        ("Bosch", ("Техніка",)),
        ("Skil", ("Техніка",)),
        ("Bosch", ("Техніка",)),
        ("Makita", ("Техніка",)),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        # common words that stand in every title
        [*group("Канцтовари", "Папір"), *goods("Папір А4", "Папір А3"), *group("Ручка"), *goods("Ручка синя")],
        # Latin terms of the trade
        [
            *group("Кабелі", "HDMI"),
            *goods("Кабель HDMI 1 м"),
            *group("USB HUB"),
            *goods("Хаб USB HUB"),
            *group("VGA"),
            *goods("Кабель VGA 2 м"),
        ],
        # one Latin heading in the whole list
        [*group("Косметика", "HOTEL"), *goods("Гель HOTEL", "Мило HOTEL"), *group("Крем"), *goods("Крем денний")],
        # goods that fit others' goods
        [
            *group("Чохли", "Samsung"),
            *goods("Чохол Samsung A54", "Чохол Samsung A14"),
            *group("Xiaomi"),
            *goods("Чохол Xiaomi 12"),
        ],
        [
            *group("Ремінці", "Samsung"),
            *goods("Ремінець для Samsung Watch"),
            *group("Xiaomi"),
            *goods("Ремінець для Xiaomi Band"),
        ],
        # an English list: a Latin heading says nothing there
        [
            *group("Office", "Paper"),
            *goods("Paper A4 white", "Paper A3 white"),
            *group("Envelope"),
            *goods("Envelope C5"),
        ],
        # titles in capitals tell no names
        [
            *group("ТОВАРИ", "ЗОШИТ"),
            *goods("УЧНІВСЬКИЙ ЗОШИТ 12", "УЧНІВСЬКИЙ ЗОШИТ 24"),
            *group("РУЧКА"),
            *goods("СИНЯ РУЧКА"),
        ],
        # numbered headings are groups
        [*group("1. Техніка", "1.1. Bosch"), *goods("Дриль Bosch"), *group("1.2. Makita"), *goods("Дриль Makita")],
        # a name over further headings is a group of its own
        [
            *group("Телефони", "Samsung", "Galaxy A"),
            *goods("Samsung Galaxy A 54"),
            *group("Galaxy S"),
            *goods("Samsung Galaxy S 24"),
        ],
    ],
)  # fmt: skip
def test_what_is_no_brand_row(tmp_path, rows):
    inspection = reading.inspect(xlsx_file(tmp_path / "a.xlsx", {"Прайс": [HEADER, *rows]}))
    assert [table.brand_rows for table in inspection.mapping.tables] == [{}]
    assert inspection.notes == ()


def test_a_brand_known_in_the_list_needs_no_title(tmp_path):
    rows = [
        HEADER,
        *group("1. Смартфони", "XIAOMI"),
        *goods("Смартфон Xiaomi Mi 6"),
        *group("NOKIA"),
        *goods("Смартфон Nokia 3", first=2),
        *group("2. Ноутбуки, планшети"),
        ["", "XIAOMI", "", ""],
        *goods("Планшет Mi Pad 2", first=3),
    ]
    offers, _issues = understood(xlsx_file(tmp_path / "a.xlsx", {"Прайс": rows}))
    assert [offer.brand for offer in offers] == ["Xiaomi", "Nokia", "Xiaomi"]
    assert offers[-1].category_path[-1] == "Ноутбуки, планшети"


def test_names_past_the_rows_looked_at_first_are_found(tmp_path):
    rows = [HEADER, *group("Інструмент", "Bosch"), *goods(*[f"Дриль Bosch {n}" for n in range(600)])]
    rows += [*group("Makita"), *goods(*[f"Дриль Makita {n}" for n in range(600)], first=1001)]
    rows += [*group("Metabo"), *goods("Дриль Metabo 1", first=5001)]
    mapping = reading.inspect(csv_file(tmp_path / "a.csv", rows)).mapping
    assert mapping.tables[0].brand_rows == {"Bosch": "Bosch", "Makita": "Makita", "Metabo": "Metabo"}


@pytest.mark.parametrize(
    ("brands", "title", "brand"),
    [
        ("Honor, Huawei", "Huawei P40", "Huawei"),
        ("Honor, Huawei", "Смартфон P40", ""),
        ("Apple", "Навушники білі", "Apple"),
        ("Apple", "AirPods 4 (ANC) Active Noise", "Apple"),
        ("Baseus", "AirPods 4", ""),
        ("Apple", "Чохол для IPhone 15", ""),
        ("Samsung", "СЗУ HOCO C80A Type-C White", ""),
        ("PHILIPS Xenium", "XENIUM X160 Black", "PHILIPS Xenium"),
        ("Apple", "Чохол для Apple Watch", ""),
    ],
)
def test_brand_under_a_row_of_one_or_several(brands, title, brand):
    assert brand_under(brands, title) == brand


def test_a_raw_row_without_a_brand_stays_as_it_was():
    assert RawRow("", 1, ("a",)).brand == ""
