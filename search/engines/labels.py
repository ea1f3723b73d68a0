"""Labels of attributes: their numbers, and how OpenSearch keeps them so that the order of letters is that of the numbers.

A keyword is then filtered by a range like any other, without a field for each attribute that operators may think of.
"""

from __future__ import annotations

import struct
from functools import lru_cache

from core.text.measures import number_text

_SIGN = 1 << 63
_ALL = (1 << 64) - 1


@lru_cache(maxsize=1 << 14)
def sortable(label: str) -> str:
    """«density=80» with its number as sixteen figures; what is no number in its one form stays as it is."""
    code, _, value = label.partition("=")
    number = number_of(value)
    return label if number is None else f"{code}={figures(number)}"


def figures(number: float) -> str:
    """The bits of a number such that they rise with it, whatever its sign; a mark keeps them apart from words."""
    (bits,) = struct.unpack(">Q", struct.pack(">d", number + 0.0))  # -0.0 is 0.0
    return f"#{bits ^ (_ALL if bits & _SIGN else _SIGN):016x}"


def readable(label: str) -> str:
    """The label that was made sortable."""
    code, _, value = label.partition("=")
    if not value.startswith("#"):
        return label
    bits = int(value[1:], 16)
    (number,) = struct.unpack(">d", struct.pack(">Q", bits ^ (_SIGN if bits & _SIGN else _ALL)))
    return f"{code}={number_text(number)}"


def number_of(value: str) -> float | None:
    """A value that is a number in its one form; None for anything else."""
    try:
        number = float(value)
    except ValueError:
        return None
    return number if abs(number) < 1e15 and number_text(number) == value else None
