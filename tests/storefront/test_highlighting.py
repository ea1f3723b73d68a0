"""Lighting up the words that answer."""

import pytest

from core.templatetags.ui import highlight
from storefront.highlighting import query_terms, segments


def lit(text, words):
    return [piece for piece, matched in segments(text, query_terms(words)) if matched]


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("Степлер Eagle 938 металевий", "степлери", ["Степлер"]),
        ("Папір А4 500 арк.", "A4", ["А4"]),  # Latin asked, Cyrillic written
        ("Набір офісний", "чайник", []),
    ],
)
def test_words_are_lit_in_any_form(text, words, expected):
    assert lit(text, words) == expected


def test_nothing_is_lost_between_the_pieces():
    text = "  Степлер «Eagle», №24/6 — 20 арк.  "
    assert "".join(piece for piece, _matched in segments(text, query_terms("степлер арк"))) == text


def test_markup_in_titles_is_escaped():
    shown = highlight(segments("<b>Степлер</b>", query_terms("степлер")))
    assert "<b>" not in shown
    assert "<mark>Степлер</mark>" in shown
