"""Stock in the words of price lists."""

from __future__ import annotations

from decimal import Decimal

import pytest

from price_lists.validation.stock import parse_stock

IN_STOCK = "в наявності|є|есть|да|так|+|++|***|✓|много|мало|закінчується|заканчивается|>10 шт.|10+|більше 100|low stock|in stock|yes|limited|достатньо|останній|є в наявності"
NONE = "немає|нема|нет|нету|відсутній|отсутствует|закінчився|закончился|out of stock|sold out|-|--|no|нет в наличии|не в наявності|знято з виробництва|not available|розпродано|продано"
TO_ORDER = "під замовлення|под заказ|ожидается|очікується|в дорозі|в пути|on order|preorder|pre-order|очікується 15.11|поступление 20.12|coming soon|резерв"


@pytest.mark.parametrize(("words", "state"), [(IN_STOCK, "in_stock"), (NONE, "none"), (TO_ORDER, "to_order")])
def test_words(words, state):
    said = {
        word: (str(parse_stock(word).availability), parse_stock(word).understood) for word in words.split("|")
    }
    assert said == dict.fromkeys(words.split("|"), (state, True))


@pytest.mark.parametrize(
    ("text", "quantity", "state", "days"),
    [
        ("12 шт.", 12, "in_stock", None),
        ("0", 0, "none", None),
        ("1 250", 1250, "in_stock", None),
        ("5-10", None, "in_stock", None),
        ("под заказ 3-5 дн.", None, "to_order", 5),
        ("7 днів", None, "to_order", 7),
        ("до 5 шт", None, "in_stock", None),
        ("-3", -3, "none", None),
    ],
)
def test_figures(text, quantity, state, days):
    said = parse_stock(text)
    assert (said.quantity, str(said.availability), said.order_days) == (
        None if quantity is None else Decimal(quantity),
        state,
        days,
    )


@pytest.mark.parametrize("text", ["уточнюйте", "абв", "#REF!"])
def test_what_tells_nothing(text):
    assert not parse_stock(text).understood
