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
