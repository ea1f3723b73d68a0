"""Operators' synonyms: what they add to a query, what is refused, and whom they do not concern."""

import pytest

from core.text import index_terms
from search.analysis import query_words, weighed
from search.synonyms import SynonymTable
from search.tuning.checking import check, check_common
from search.tuning.errors import SynonymRefused


def widened(words, *pairs):
    """By word as typed."""
    return {word.text: word for word in SynonymTable(pairs).widened(weighed(query_words(words), 10, {}))}


def terms(word):
    return tuple(index_terms(word))


def test_a_word_is_also_answered_by_another():
    assert widened("болгарки", ("болгарка", "шліфмашина"))["болгарки"].weaker == terms("шліфмашина")
    assert widened("болгарка", ("шліфмашина", "болгарка"))["болгарка"].weaker == ()


def test_phrases_stand_for_each_other():
    pairs = (("кутова шліфмашина", "болгарка"), ("болгарка", "кутова шліфмашина"))
    whole = widened("кутова шліфмашина bosch", *pairs)
    assert whole["кутова"].weaker == whole["шліфмашина"].weaker == terms("болгарка")
    assert whole["bosch"].weaker == ()
    assert widened("шліфмашина кутова", *pairs)["кутова"].weaker == ()  # in this order only
    assert widened("болгарка", *pairs)["болгарка"].parts == (terms("кутова"), terms("шліфмашина"))


def refused(words, also, *others):
    with pytest.raises(SynonymRefused) as error:
        check(words=words, also=also, others=others)
    assert str(error.value)
    return error.value.code


def test_what_does_harm_or_nothing_is_refused_with_the_reason():
    check(words="болгарка", also="кутова шліфмашина", others=[])
    assert refused("для", "болгарка") == "synonym_without_word"
    assert refused("болгарка", "!!!") == "synonym_without_word"
    assert refused("24/6", "степлер") == "synonym_of_number"
    assert refused("степлер", "TN-2110") == "synonym_of_number"
    assert refused("степлер", "10 мм") == "synonym_of_number"
    assert refused("степлер", "степлери") == "synonym_of_itself"
    assert refused("зошит", "тетрадь") == "synonym_of_itself"  # the analysis knows that
    assert refused("кабель", "usb кабель") == "synonym_of_itself"
    assert refused("один два три чотири п'ять", "степлер") == "synonym_too_long"
    assert refused("болгарка", "шліфмашина", ("болгарки", "шліфмашини")) == "synonym_known"


def test_chains_are_cut():
    words = "болгарка дриль перфоратор лобзик рубанок фрезер степлер шуруповерт паяльник фен міксер блендер праска"
    chain = list(zip(words.split(), words.split()[1:], strict=False))
    assert refused("чайник", "болгарка", *chain) == "synonym_chain"
    check(words="чайник", also="болгарка", others=chain[:3])


def test_words_of_most_offers_are_refused():
    class Engine:
        def frequencies(self, terms):
            return 10_000, dict.fromkeys(terms, 3_000)

    with pytest.raises(SynonymRefused) as error:
        check_common(words="болгарка", also="товар", both_ways=False, engine=Engine())
    assert error.value.code == "synonym_common"
