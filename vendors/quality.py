"""A vendor's quality from 0 to 1 by what is known of how it works; the rooms say what that is. Nothing of it can be bought.

Each kind of evidence is a share of what went well and a number of cases. Little evidence says little: every vendor begins
with `PRIOR` made-up cases of which half went well, and of one kind at most `MOST` cases count. So no kind decides alone, and
with five kinds the quality of any vendor is between 0.14 and 0.86.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise

UNKNOWN: Final = 0.5
PRIOR: Final = 20
MOST: Final = 10


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of one kind and vendor. `share` of what went well, 0 to 1, in so many `cases`."""

    share: float
    cases: int

    @property
    def counted(self) -> int:
        return max(0, min(MOST, self.cases))


@dataclass(frozen=True, slots=True)
class Kind:
    """`read` gives the evidence of one vendor, or with None of all; vendors of which nothing is known are left out."""

    key: str
    label: str | Promise
    about: str | Promise
    read: Callable[[int | None], Mapping[int, Evidence]]


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """By its key, so that doing it twice is once."""
    _kinds[kind.key] = kind


def kinds() -> tuple[Kind, ...]:
    return tuple(_kinds.values())


def quality_of(evidence: Iterable[Evidence]) -> float:
    """To three digits, so that what hardly changes is not written."""
    every = list(evidence)
    good = UNKNOWN * PRIOR + sum(min(1.0, max(0.0, each.share)) * each.counted for each in every)
    return round(good / (PRIOR + sum(each.counted for each in every)), 3)


def evidence_of(vendor_id: int) -> list[tuple[Kind, Evidence | None]]:
    """What is known of one vendor, kind by kind."""
    return [(kind, kind.read(vendor_id).get(vendor_id)) for kind in kinds()]
