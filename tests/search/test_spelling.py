"""Words that nobody uses, read as what they spell in the other alphabet."""

from __future__ import annotations

import pytest

from search.analysis import query_words
from search.spelling import Speller


class EveryWord:
    """An index that has every word in plenty."""

    def frequencies(self, terms):
        return 1000, dict.fromkeys(terms, 100)


@pytest.mark.parametrize(
    ("typed", "spelt"),
    [("wwww", None), ("qqqqqq", None), ("zzzzzz", None), ("kejs", "кейс"), ("эпсон", "epson")],
)
def test_a_letter_said_again_and_again_spells_nothing(typed, spelt):
    (word,) = query_words(typed)
    found = Speller(EveryWord(), lambda _: ()).transliterated(word)
    assert (found and found[1].text) == spelt
