"""Prices for a piece and for a measure."""

import pytest

from catalog.attributes.reading import read_facts
from catalog.attributes.rules import CategoryRules, attribute_rule
from catalog.enums import PriceBasis
from catalog.models import Offer
from catalog.unit_prices import price_of_piece, unit_prices, with_vat
from core.rates import Rates
from storefront.selectors.history import _compared

RULES = CategoryRules(
    [
        attribute_rule(code="weight", names={"uk": "Вага"}, kind="number", unit="g"),
        attribute_rule(code="volume", names={"uk": "Об'єм"}, kind="number", unit="ml"),
        attribute_rule(
            code="sheets", names={"uk": "Аркушів"}, kind="number", unit="sheet", lowest=3, bare=True
        ),
        attribute_rule(code="length", names={"uk": "Довжина"}, kind="number", unit="mm", name_rule="beside"),
        attribute_rule(
            code="width", names={"uk": "Ширина"}, kind="number", unit="mm", highest=900, name_rule="beside"
        ),
    ]
)


@pytest.mark.parametrize(
    ("title", "unit", "pack_count", "expected"),
    [
        ("Степлер", "H87", 1, {"piece": 1_000_000}),
        ("Олівці", "PK", 12, {"piece": 83_333}),
        ("Кава мелена 250 г", "H87", 1, {"piece": 1_000_000, "kg": 4_000_000}),
        ("Цукор", "KGM", 1, {"piece": 1_000_000, "kg": 1_000_000}),
        ("Цемент", "TNE", 1, {"piece": 1_000_000, "kg": 1_000}),
        ("Вода 500 мл", "H87", 1, {"piece": 1_000_000, "l": 2_000_000}),
        ("Стрічка ширина 48 мм", "H87", 1, {"piece": 1_000_000}),
        ("Кабель, довжина 3 м", "H87", 1, {"piece": 1_000_000, "m": 333_333}),
        ("Лінійка, довжина 300 мм", "H87", 1, {"piece": 1_000_000}),
        ("Кабель", "MTR", 1, {"piece": 1_000_000, "m": 1_000_000}),
        ("Папір 500 арк", "PK", 500, {"piece": 2_000, "sheet": 2_000}),
        ("Скоби", "T3", 1, {"piece": 1_000}),
        ("Вода 12 х 0,5 л", "PK", 12, {"piece": 83_333, "l": 166_667}),
        ("Чай 25 пак. по 2 г", "H87", 1, {"piece": 1_000_000, "kg": 20_000_000}),
        # Of the pack, or of each of the twelve? Nobody can say.
        ("Печиво 500 г", "PK", 12, {"piece": 83_333}),
    ],
)
def test_a_price_for_each_basis_that_is_known(title, unit, pack_count, expected):
    facts = read_facts(RULES, titles=[title], columns={}, pack_count=pack_count)
    found = unit_prices(1_000_000, unit=unit, pack_count=pack_count, facts=facts, rules=RULES, titles=[title])
    assert dict(found) == expected
    assert {type(basis) for basis, _ in found} == {PriceBasis}


@pytest.mark.parametrize(
    ("unit", "pack_count", "price", "piece"),
    [("PK", 3, 1_000_000, 333_333), ("PK", 3, 500_000, 166_667), ("DZN", 1, 1_200_000, 100_000), ("DZN", 2, 100, 50),
     ("T3", 1, 1_999, 2), ("H87", 1, 7, 7)],
)  # fmt: skip
def test_the_price_of_a_piece_is_rounded_in_one_way(unit, pack_count, price, piece):
    assert price_of_piece(price, unit=unit, pack_count=pack_count) == piece
    assert dict(unit_prices(price, unit=unit, pack_count=pack_count))[PriceBasis.PIECE] == piece
    offer = Offer(unit=unit, pack_count=pack_count, vat="excluded", vat_percent=20)
    rates = Rates("UAH", {"UAH": 1_000_000, "USD": 41_234_567}, {})
    # As engines and limits count it: VAT, then the rate, then the piece.
    base = rates.price_to_base(with_vat(price, "excluded", 20), "USD")
    graph = _compared(offer, price, "USD", rates, per_piece=True)
    assert graph == dict(unit_prices(base, unit=unit, pack_count=pack_count))[PriceBasis.PIECE]


def test_vat_is_added_where_the_price_is_without():
    assert with_vat(1_000_001, "excluded", 20) == 1_200_001
    assert with_vat(1_000_000, "included", 20) == with_vat(1_000_000, "none", 20) == 1_000_000


def test_what_a_good_holds_or_how_long_it_is_gives_no_price():
    things = CategoryRules(RULES.attributes, not_sold_by=["volume", "length"])
    for title, expected in (
        ("Чайник 1,7 л", {"piece": 1_000_000}),
        ("Кабель, довжина 3 м", {"piece": 1_000_000}),
        ("Склянка 6 х 0,2 л", {"piece": 1_000_000}),
        ("Цукор 500 г", {"piece": 1_000_000, "kg": 2_000_000}),
    ):
        facts = read_facts(things, titles=[title], columns={}, pack_count=1)
        found = unit_prices(1_000_000, unit="H87", pack_count=1, facts=facts, rules=things, titles=[title])
        assert dict(found) == expected, title
