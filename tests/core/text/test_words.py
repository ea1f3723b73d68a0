"""Languages meet: what one says in Ukrainian finds what is written in Russian, and the other way round."""

import pytest

from core import text


def terms(words: str) -> set[str]:
    return set(text.index_terms(words))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("офісний канцелярський набір", "Набор канцелярский офисный"),
        ("степлеры", "степлер"),
        ("степлери", "Степлер"),
        ("зошит", "тетрадь"),
        ("зошити", "тетради"),
        ("папір", "бумага"),
        ("ножиці", "ножницы"),
        ("ламінатори", "ламинаторами"),
        ("скетчбуки", "скетчбук"),
        ("ніж кухонний", "кухонные ножи"),
        ("швидкозшивач", "скоросшиватель"),
        ("навушники бездротові", "беспроводные наушники"),
        ("обладнання", "обладнанням"),
        ("батарейки", "батарейка"),
        ("batteries", "battery"),
        ("ёлка", "елка"),
        ("п’ять", "п'ять"),
        ("Fleсh", "Flech"),
        ("ґрунтовка", "грунтовка"),
        ("ААА", "AAA"),
        ("НР", "HP"),
        ("папір А4", "бумага A4"),
    ],
)
def test_two_spellings_share_a_term_for_each_word(one, other):
    left, right = text.tokens(one), text.tokens(other)
    assert len(left) == len(right)
    for token in left:
        assert not terms(other).isdisjoint(token.terms), token
    for token in right:
        assert not terms(one).isdisjoint(token.terms), token


@pytest.mark.parametrize(
    ("one", "other"),
    [("степлер", "стілець"), ("ручка", "річка"), ("лампа", "лапа"), ("A4", "A3"), ("кава", "какао")],
)
def test_different_goods_stay_apart(one, other):
    assert terms(one).isdisjoint(terms(other))


def test_a_word_without_a_lexicon_entry_is_its_own_term():
    assert text.tokens("Kwxzq")[0].terms == ("kwxzq",)


def test_an_undecided_form_has_the_lemmas_of_both_languages():
    assert "сталь" not in text.tokens("стали")[0].terms
    assert {"стат", "стал"} & set(text.tokens("стали")[0].terms)
