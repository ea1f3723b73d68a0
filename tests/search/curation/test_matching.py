"""Which queries a rule is for, and the words that say nothing."""

import pytest

from search.analysis import query_words
from search.curation.enums import Match
from search.curation.matching import Meant, RuleTable, StopTable, terms_of


def holds(rule, asked, match=Match.EXACT, language="", spoken="uk"):
    return Meant.by(rule, match, language).holds(terms_of(query_words(asked)), spoken)


@pytest.mark.parametrize(
    ("rule", "asked", "exact", "words"),
    [
        ("степлер", "степлери", True, True),
        ("степлер", "чорний степлер", False, True),
        ("чорний степлер", "степлер чорний", True, True),
        ("степлер", "скоби", False, False),
        ("степлер степлер", "степлер", True, True),
        ("степлер eagle", "степлер", False, False),
    ],
)
def test_forms_and_order_do_not_matter(rule, asked, exact, words):
    assert holds(rule, asked) is exact
    assert holds(rule, asked, Match.WORDS) is words


def test_a_language_is_that_of_the_page():
    assert holds("степлер", "степлер", language="uk")
    assert not holds("степлер", "степлер", language="ru")
    assert not holds("", "степлер", Match.WORDS)


def test_rules_come_in_their_own_order():
    table = RuleTable(
        (Meant.by(words, Match.WORDS), number)
        for number, words in enumerate(["степлер", "скоби", "eagle степлер", "папір"])
    )
    assert table.of("степлер eagle скоби") == [0, 1, 2]
    assert table.of("ножиці") == []
    assert not RuleTable()


def test_words_that_say_nothing_go_unless_there_is_nothing_else():
    stops = StopTable([("купити", ""), ("недорого", "uk")])

    def kept(words, language="uk"):
        return [word.text for word in stops.kept(query_words(words), language)]

    assert kept("купити степлер недорого") == ["степлер"]
    assert kept("степлер недорого", "ru") == ["степлер", "недорого"]
    assert kept("купити") == ["купити"]
