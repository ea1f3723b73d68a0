"""A good is told from what is made for it."""

from __future__ import annotations

import pytest

from buyer_requests.matching.heads import names_the_good


@pytest.mark.parametrize(
    ("wanted", "offered", "meets"),
    [
        ("Степлер №24/6", "Скоби №24/6 для степлера", False),
        ("Степлер №24/6", "Степлер №24/6 металевий", True),
        ("Скоби для степлера №24/6", "Скоби №24/6 для степлера", True),
        ("Лазерний принтер", "Картридж для лазерного принтера HP", False),
        ("Бездротова миша", "Миша ігрова для ноутбука бездротова", True),
        ("Миша бездротова", "Килимок для миші бездротової", False),
        ("Бумага для принтера А4", "Папір А4 для принтера", True),
        ("Монітор 24", "Підставка під монітор 24", False),
        ("HDMI cable", "Adapter for HDMI cable", False),
        ("Папір А4", "Папір А4 500 арк.", True),
        ("Степлер", "Скоби для степлера \nСтеплер зі скобами", True),
    ],
)
def test_names_the_good(wanted, offered, meets):
    assert names_the_good(wanted, offered) is meets
