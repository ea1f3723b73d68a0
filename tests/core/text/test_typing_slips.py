"""Which slips hands make often."""

import pytest

from core.text import lexicon
from core.text.typing_slips import DOUBLED, LOST, NEXT_KEY, OTHER, SWAPPED, are_neighbours, slip_likelihood


@pytest.mark.parametrize(
    ("typed", "meant", "likelihood"),
    [
        ("iapd", "ipad", SWAPPED),
        ("appple", "apple", DOUBLED),
        ("ipsd", "ipad", NEXT_KEY),
        ("весіоьні", "весільні", NEXT_KEY),
        ("ceemera", "camera", OTHER),
        ("radi", "radio", LOST),
        ("radoi", "radio", SWAPPED),
        ("степлор", "степлер", OTHER),  # о and е do not touch
        ("степлкр", "степлер", NEXT_KEY),
    ],
)
def test_swaps_and_doubled_letters_are_likelier_than_letters_from_elsewhere(typed, meant, likelihood):
    assert slip_likelihood(typed, meant) == likelihood


def test_keys_touch_on_one_keyboard():
    assert are_neighbours("f", "t")
    assert are_neighbours("m", "n")
    assert not are_neighbours("a", "k")
    assert not are_neighbours("a", "ф")


def test_english_words_of_goods_are_words():
    assert {"lamp", "soap", "masking"} <= lexicon.english_goods()
    assert not {"iapd", "boooks"} & lexicon.english_goods()
