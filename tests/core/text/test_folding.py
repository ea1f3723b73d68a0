"""Folding, codes, order and measures."""

import pytest

from core import text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("А4", "A4"),
        ("Fleсh", "Flech"),
        ("Ёлка", "елка"),
        ("ґанок", "ганок"),
        ("п’ять", "п'ять"),
        ("пʼять", "п`ять"),
        ("ﬁle", "file"),
        ("м²", "м2"),
        ("ab\x00c", "abc"),
        ("ab\ud800c", "abc"),
        ("<b>ABC</b>", "abc"),
        ("и\u0306", "й"),
    ],
)
def test_fold(one, other):
    assert text.fold(one) == text.fold(other)


def test_plain_cyrillic_words_keep_their_alphabet():
    assert text.fold("Сорока") == "сорока"


@pytest.mark.parametrize("code", ["TN-2110", "tn 2110", "ТN.2110", "TN/2110", "  tn2110 "])
def test_a_code_is_compared_without_its_separators(code):
    assert text.normalize_code(code) == "tn2110"


def test_ukrainian_alphabetical_order_with_natural_digits():
    shuffled = [
        "Ящик",
        "Іграшка",
        "Зошит",
        "Ґудзик",
        "Папір А10",
        "Гвинт",
        "Папір А4",
        "Їжак",
        "Єнот",
        "Йогурт",
        "Apple",
    ]
    assert sorted(shuffled, key=text.collation_key) == [
        *(
            "Apple",
            "Гвинт",
            "Ґудзик",
            "Єнот",
            "Зошит",
            "Іграшка",
            "Їжак",
            "Йогурт",
            "Папір А4",
            "Папір А10",
            "Ящик",
        ),
    ]


def test_parse_measure():
    measure = text.parse_measure("кабель 1,5 м")
    assert measure is not None
    assert (measure.value, measure.unit, measure.term) == (1500.0, "mm", "1500mm")
    assert text.parse_measure("кабель") is None


def test_search_text_is_bounded_by_blanks_and_distinct():
    assert text.search_text("Степлер", "степлеры A4") == " степлер a4 4 "
