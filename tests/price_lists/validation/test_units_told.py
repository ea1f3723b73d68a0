"""Units and packs that headings and names tell."""

from __future__ import annotations

import pytest

from price_lists.mapping.price_words import unit_in_heading
from price_lists.validation.units import pack_in_title, unit_in_title


@pytest.mark.parametrize(
    ("heading", "told"),
    [
        ("Ціна, грн/шт", ("H87", 1)),
        ("Цена за м2", ("MTK", 1)),
        ("Ціна за 1 кг, грн", ("KGM", 1)),
        ("Ціна за 1000 шт, грн з ПДВ", ("T3", 1)),
        ("Ціна за тис. шт", ("T3", 1)),
        ("Ціна за 100 шт", ("PK", 100)),
        ("Ціна за уп., грн", ("PK", 1)),
        ("грн/т", ("TNE", 1)),
        ("Ціна за од.", ("", 1)),
        ("Ціна, грн з ПДВ", ("", 1)),
        ("Ціна", ("", 1)),
    ],
)
def test_unit_in_a_heading(heading, told):
    assert unit_in_heading(heading) == told


@pytest.mark.parametrize(
    ("title", "count"),
    [
        ("Папір А4 (500 арк.)", 500),
        ("Вода 12х0,5л", 12),
        ("Рукавички, 100 шт/уп", 100),
        ("Скоби уп. 1000 шт", 1000),
        ("Дошка 100х150х6000 мм", 0),
        ("Кабель 3х1,5", 0),
        ("Папір 80 г/м2", 0),
    ],
)
def test_pack_in_a_name(title, count):
    assert pack_in_title(title) == count


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("Цвяхи 100 мм, кг", ("KGM", 1)),
        ("Арматура d10, т", ("TNE", 1)),
        ("Батарейки AA (уп. 4 шт)", ("PK", 4)),
        ("Викрутки (набір 6 шт)", ("SET", 6)),
        ("Пісок, 25 кг", ("", 1)),
        ("Ручка (12 шт)", ("", 1)),
        ("Чай чорний", ("", 1)),
    ],
)
def test_unit_in_a_name(title, told):
    assert unit_in_title(title) == told
