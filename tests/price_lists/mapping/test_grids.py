"""Goods down and sizes across: each price an offer after a person's word, stock added up, the rest left and told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from price_lists.mapping.grids import is_row_of_sizes, variant_of
from price_lists.mapping.model import Mapping
from price_lists.services.columns import UNSURE, confidence, is_complete
from tests.price_lists.mapping.sheets import understood

D = Decimal  # prices are written on every other line


def facts(rows):
    offers, _issues, found = understood(rows)
    return [(offer.title, offer.price, offer.currency) for offer in offers], found


@pytest.mark.parametrize(
    ("heading", "variant"),
    [
        ("XL", "XL"),
        ("3XL", "3XL"),
        ("42", "42"),
        ("38-40", "38-40"),
        ("2,5 л", "2,5 л"),
        ("Ціна, грн 36", "36"),
        ("Розмір 44", "44"),
        ("60х90", "60х90"),
        ("S/M", "S/M"),
        ("Ціна", ""),
        ("від 10 шт", ""),
        ("Назва", ""),
        ("Модель", ""),
    ],
)
def test_variant_of_a_heading(heading, variant):
    assert variant_of(heading) == variant


def test_rows_of_sizes():
    assert is_row_of_sizes(["36", "38", "40"])
    assert is_row_of_sizes(["S", "M", "L"])
    assert not is_row_of_sizes(["36", "40", "38"])
    assert not is_row_of_sizes(["1500", "1450"])
    assert not is_row_of_sizes(["10"])


def test_a_price_for_each_size_is_asked_about():
    rows = [
        ["Артикул", "Назва", "S", "M", "L", "XL"],
        ["F-1", "Футболка біла", 200, 200, 210, 220],
        ["F-2", "Футболка чорна", 215, "", 225, "-"],
    ]
    offers, _issues, found = understood(rows)
    assert [(o.title, o.price, o.source_id, o.article, o.attributes) for o in offers] == [
        ("Футболка біла, S", D(200), "F-1/S", "F-1", {"Розмір": "S"}),
        ("Футболка біла, M", D(200), "F-1/M", "F-1", {"Розмір": "M"}),
        ("Футболка біла, L", D(210), "F-1/L", "F-1", {"Розмір": "L"}),
        ("Футболка біла, XL", D(220), "F-1/XL", "F-1", {"Розмір": "XL"}),
        ("Футболка чорна, S", D(215), "F-2/S", "F-2", {"Розмір": "S"}),
        ("Футболка чорна, L", D(225), "F-2/L", "F-2", {"Розмір": "L"}),
    ]
    mapping = Mapping("xlsx", found.tables)
    assert len(found.notes) == 1
    assert is_complete(mapping)
    assert confidence(mapping) < UNSURE  # so nothing is applied without a person's word
    assert len({offer.key() for offer in offers}) == 6


def test_one_of_the_sizes_is_chosen_as_the_price():
    rows = [["Назва", "S", "M"], ["Сорочка", 300, 310], ["Штани", 400, 410]]
    _offers, _issues, found = understood(rows)
    mapping = Mapping("xlsx", found.tables).corrected(columns={(0, 1): "price"})
    assert mapping.tables[0].variants() == ()


def test_sizes_in_figures():
    assert facts(
        [
            ["Модель", "Назва", "36", "38", "40"],
            ["B7", "Черевики", 1500, 1500, 1550],
            ["B8", "Туфлі", 990, 990, 1010],
        ]
    )[0] == [
        ("Черевики, 36", D(1500), ""),
        ("Черевики, 38", D(1500), ""),
        ("Черевики, 40", D(1550), ""),
        ("Туфлі, 36", D(990), ""),
        ("Туфлі, 38", D(990), ""),
        ("Туфлі, 40", D(1010), ""),
    ]


def test_sizes_below_a_merged_price():
    rows = [
        ["Найменування", "Ціна за об'єм, грн", "", ""],
        ["", "1 л", "2,5 л", "10 л"],
        ["Фарба фасадна біла", 150, 340, 1190],
        ["Емаль алкідна сіра", 180, 410, ""],
    ]
    assert facts(rows)[0] == [
        ("Фарба фасадна біла, 1 л", D(150), "UAH"),
        ("Фарба фасадна біла, 2,5 л", D(340), "UAH"),
        ("Фарба фасадна біла, 10 л", D(1190), "UAH"),
        ("Емаль алкідна сіра, 1 л", D(180), "UAH"),
        ("Емаль алкідна сіра, 2,5 л", D(410), "UAH"),
    ]


def test_stock_by_size_is_added_up():
    rows = [
        ["Артикул", "Название", "Цена", "42", "44", "46", "48"],
        ["P-1", "Платье летнее", 890, 2, "", 1, 4],
        ["P-2", "Юбка", 540, "", "", 3, ""],
    ]
    offers, _issues, found = understood(rows)
    assert [(o.title, o.price, o.stock, o.attributes) for o in offers] == [
        ("Платье летнее", D(890), D(7), {"Размер": "42, 46, 48"}),
        ("Юбка", D(540), D(3), {"Размер": "46"}),
    ]
    assert found.notes == ()


def test_pluses_by_size():
    rows = [
        ["Назва", "Ціна, грн", "S", "M", "L"],
        ["Худі", 1200, "+", "-", "+"],
        ["Светр", 990, "-", "-", "+"],
    ]
    offers, _issues, _found = understood(rows)
    assert [(o.price, str(o.availability), o.attributes) for o in offers] == [
        (D(1200), "in_stock", {"Розмір": "S, L"}),
        (D(990), "in_stock", {"Розмір": "L"}),
    ]


def test_sizes_that_are_neither_are_left_and_told():
    rows = [["Назва", "Ціна", "S", "M", "L"], ["Худі", 1200, 1150, 1250, 1300], ["Светр", 990, 900, 950, 990]]
    offers, _issues, found = understood(rows)
    assert [(o.price, o.tiers, o.attributes) for o in offers] == [(D(1200), (), {}), (D(990), (), {})]
    assert len(found.notes) == 1


def test_prices_by_quantity_are_no_grid():
    rows = [["Назва", "Ціна, грн", "10+", "50+"], ["Болт М8", 3, 2.8, 2.5], ["Гайка М8", 1.2, 1.1, 1]]
    offers, _issues, found = understood(rows)
    assert [(t.amount, t.min_quantity) for t in offers[0].tiers] == [(D("2.8"), 10), (D("2.5"), 50)]
    assert found.notes == ()


def test_goods_with_figures_are_no_header():
    rows = [["Назва", "Ціна 1", "Ціна 2", "Ціна 3"], ["Товар один", 10, 20, 30], ["Товар два", 15, 25, 35]]
    offers, _issues, _found = understood(rows)
    assert [o.title for o in offers] == ["Товар один", "Товар два"]
