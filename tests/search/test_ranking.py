"""The re-ranker: goods that are the thing come before goods for it."""

from __future__ import annotations

import pytest

from search.analysis import query_words, weighed
from search.engines.base import Candidate
from search.query import Why
from search.ranking import rank


def ranked(words, *titles):
    """Titles, best first; the engine likes the first of them best."""
    candidates = [
        Candidate(number, number, 10 - number / 2, None, title, "", "", "")
        for number, title in enumerate(titles, 1)
    ]
    return rank(weighed(query_words(words), 10, {}), candidates)


@pytest.mark.parametrize(
    ("words", "mention", "good"),
    [
        ("степлеры", "Скоби для степлера Buromax №24/6", "Степлер Leitz №24/6, до 30 аркушів"),
        (
            "папір А4",
            "Скоросшиватель картонный Крафт-Папір «Дело» А4",
            "Бумага IQ Economy+ A4, 80 г/м2, 500 л.",
        ),
        ("скоби №10", "Степлер Axent Standard, скоби №10", "Скоби для степлера Buromax №10, 1000 шт."),
        ("файли", "Папка на 20 файлів", "Файлы А4 Buromax 30 мкм, глянцевые, 100 шт."),
    ],
)
def test_goods_that_are_the_thing_come_first(words, mention, good):
    first, second = ranked(words, mention, good)
    assert (first.candidate.title, second.candidate.title) == (good, mention)
    assert Why.NAMED in first.why
    assert Why.NAMED not in second.why


def test_an_english_name_is_read_from_its_end():
    lock, laptop = "Kensington Keyed Laptop Lock", "HP Compaq 6530b Laptop 14 inch"
    assert [each.candidate.title for each in ranked("laptop", lock, laptop)] == [laptop, lock]
    assert [each.candidate.title for each in ranked("laptop lock", lock, laptop)] == [lock, laptop]


def test_a_thing_that_is_named_before_its_maker_is_no_mention():
    bag, lock, laptop = "Targus Laptop Backpack", "Keyed laptop lock", "Laptop Lenovo ThinkPad Carbon"
    for mention in (bag, "Laptop Backpack Targus"):
        assert ranked("laptop", mention, lock, laptop)[0].candidate.title == laptop
    assert ranked("laptop backpack", laptop, lock, bag)[0].candidate.title == bag


def test_a_maker_and_a_model_mean_that_and_a_named_accessory_means_itself():
    glass, phone = "Захисне скло Xiaomi Redmi 4", "Смартфон Xiaomi Redmi 4"
    assert [each.candidate.title for each in ranked("xiaomi redmi 4", glass, phone)] == [phone, glass]
    assert [each.candidate.title for each in ranked("скло xiaomi redmi 4", phone, glass)] == [glass, phone]
