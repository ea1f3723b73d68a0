"""What a score card shows: each room registers its measures, as it does with `vendors.quality`.

A measure is a part of a whole over the last days ("3 of 120 rows had errors"). What says little (`least`) is shown as
too little, not judged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Measure:
    """`read(since, vendor_ids)` gives {vendor: (part, whole)} at that moment; None asks for all vendors.

    `sentence` names %(part)s, %(whole)s and %(value)s. `fine` and `poor` are values; whether more is better shows by
    which is larger. `unit` is "share" (shown in per cent), "hours" or "stars".
    """

    key: str
    label: str | Promise
    sentence: str | Promise
    read: Callable[[dt.datetime], Mapping[int, tuple[float, float]]]
    fine: float
    poor: float
    unit: str = "share"
    days: int = 90
    least: int = 5

    @property
    def more_is_better(self) -> bool:
        return self.fine > self.poor

    def grade(self, value: float, whole: float) -> str:
        """One of "fine", "fair" and "poor", or "" where too little is known."""
        if whole < self.least:
            return ""
        sign = 1 if self.more_is_better else -1
        if sign * value >= sign * self.fine:
            return "fine"
        return "poor" if sign * value <= sign * self.poor else "fair"


_MEASURES: Final[dict[str, Measure]] = {}


def register(measure: Measure) -> None:
    """By its key, so that doing it twice is once."""
    _MEASURES[measure.key] = measure


def measures() -> tuple[Measure, ...]:
    return tuple(_MEASURES.values())


def get(key: str) -> Measure | None:
    return _MEASURES.get(key)
