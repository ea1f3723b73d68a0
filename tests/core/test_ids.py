"""Ids as addresses and forms write them."""

import pytest

from core.ids import id_of


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), ("007", 7), ("9" * 18, 10**18 - 1), ("9" * 19, None), ("", None), ("-1", None), ("٧", None), ("²", None),
     (" 7", None), ("7\n", None), ("1e3", None)],
)  # fmt: skip
def test_only_plain_digits_are_an_id(text, number):
    assert id_of(text) == number
