"""What counts beside relevance when results are put in order, in points within bounds. No database here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

#: Of a hit's score. What the words alone say reaches some 405 points.
POINT: Final = 0.01
#: Of all reasons together: hits that are further apart by their words than this never change places.
BUDGET: Final = 30
BOUND: Final = BUDGET * POINT
#: Of each reason.
MOST: Final[Mapping[str, int]] = {
    "availability": 15,
    "freshness": 10,
    "price": 10,
    "quality": 10,
    "category": 10,
}


@dataclass(frozen=True, slots=True)
class Secondary:
    """Points that the best value of each reason is worth; the worst is worth none. Nothing outside the bounds exists,
    so whoever ranks by them cannot put a clearly less relevant hit first.
    """

    availability: int = 11
    freshness: int = 4
    price: int = 5
    quality: int = 3
    category: int = 6

    def __post_init__(self) -> None:
        wrong = out_of_bounds(self.points())
        if wrong:
            raise ValueError(f"points out of bounds: {', '.join(wrong)}")

    def points(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in REASONS}


REASONS: Final = tuple(each.name for each in fields(Secondary))


def out_of_bounds(points: Mapping[str, int]) -> list[str]:
    """Names of the reasons that have too many points or too few; "total" where together they have too many."""
    wrong = [name for name, value in points.items() if not 0 <= value <= MOST[name]]
    if not wrong and sum(points.values()) > BUDGET:
        wrong.append("total")
    return wrong


#: What holds until an operator puts something else live. Measured as `docs/ranking.md` tells.
SHIPPED: Final = Secondary()
