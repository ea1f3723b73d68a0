"""Other spellings of a word that nobody uses."""

import pytest

from core.text import respelling


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("volohi", "вологі"),
        ("servetky", "серветки"),
        ("dytiachi", "дитячі"),
        ("oliia", "олія"),
        ("olivets", "олівець"),
        ("podushka", "подушка"),
        ("sgushchennoe", "сгущенное"),
    ],
)
def test_words_in_latin_letters(typed, meant):
    found = respelling.in_cyrillic(typed)
    assert meant in found


def test_what_is_no_word_has_no_spelling():
    assert respelling.in_cyrillic("xq7") == ()
    assert respelling.in_cyrillic("зошит") == ()
    assert "самсунг" not in respelling.in_cyrillic("qwrtpsdf")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("соняшнникова", "соняшникова"), ("тетрдь", "тетрадь"), ("оілвець", "олівець"), ("рушникк", "рушник")],
)
def test_one_slip(typed, meant):
    assert meant in respelling.one_slip_away(typed)


def test_short_words_and_words_in_latin_letters_are_left_alone():
    assert respelling.one_slip_away("сир"[:3]) == ()
    assert respelling.one_slip_away("samsung") == ()


def test_what_is_longer_than_any_word_is_left_alone():
    word = "електроприладобудуванням"
    assert len(word) == respelling.LONGEST
    assert word in respelling.one_slip_away(word.replace("прил", "прел"))
    assert respelling.one_slip_away(word + "м") == ()
    assert respelling.in_cyrillic("elektropryladobuduvanniam") == ()


@pytest.mark.parametrize(
    ("small", "base"),
    [("ручечка", "ручка"), ("зошитик", "зошит"), ("рушничок", "рушник"), ("тетрадка", "тетрадь")],
)
def test_diminutives(small, base):
    assert base in respelling.bases(small)


def test_names_by_ear_are_pairs_of_alphabets():
    names = respelling.names_by_ear()
    assert names["сяоми"] == "xiaomi"
    assert all(heard.islower() and name.isascii() for heard, name in names.items())
