"""Names after cleaning: without the fault, otherwise as they were, and never next to nothing."""

import pytest

from price_lists.title_rules.cleaning import cleaned
from price_lists.title_rules.detecting import found
from price_lists.title_rules.enums import Rule

EVERY = frozenset(Rule)


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("Дриль Bosch, тел. 067 123-45-67", "Дриль Bosch"),
        ("Дриль (067) 123-45-67 Bosch", "Дриль Bosch"),
        ("Дриль Bosch (www.shop.ua)", "Дриль Bosch"),
        ("Дриль Bosch - АКЦІЯ - 600 Вт", "Дриль Bosch - 600 Вт"),
        ("🔥 Дриль!!! Bosch 🔥", "Дриль! Bosch"),
        ("*** Дриль ***", "Дриль"),
        ("Кабель 90&deg; кутовий", "Кабель 90° кутовий"),
        ("Дриль &amp;amp; свердла", "Дриль & свердла"),
        ("Дриль<br/>Bosch", "Дриль Bosch"),
        ("ПАПІР ОФІСНИЙ А4 DOUBLE A ДЛЯ ПРИНТЕРА", "Папір офісний А4 DOUBLE A для принтера"),
        ("ТРУБА ПВХ КАНАЛІЗАЦІЙНА", "Труба ПВХ каналізаційна"),
        ("Степлер офісний №24/6", "Степлер офісний №24/6"),
    ],
)
def test_only_the_fault_goes(name, better):
    assert cleaned(name, EVERY) == better
    assert not found(better, EVERY)


def test_brands_keep_the_letters_that_their_column_gives_them():
    assert cleaned("ЧАЙ ЧОРНИЙ МОНОМАХ ЛИСТОВИЙ", EVERY, brand="Мономах") == "Чай чорний Мономах листовий"


def test_a_name_that_is_nothing_else_stays():
    assert cleaned("067 123-45-67", EVERY) == "067 123-45-67"
    assert cleaned("www.shop.ua", EVERY) == "www.shop.ua"


def test_only_the_rules_that_clean_do():
    assert cleaned("АКЦІЯ!!! дриль", {Rule.MARKS}) == "АКЦІЯ! дриль"


def test_words_whose_letters_are_lost_stay_apart():
    name = "?????? Marions 146 ?? ?????? тел. 067 123-45-67"
    assert cleaned(name, {Rule.PHONE}) == "?????? Marions 146 ?? ??????"
