"""What the optimiser answers: the choice, its proof, and what others would cost."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field


class Proof(enum.StrEnum):
    OPTIMAL = "optimal"  # nothing better exists
    BOUND = "bound"  # how far from the best it is at most is known
    NONE = "none"  # nothing can be chosen


@dataclass(frozen=True, slots=True)
class LineChange:
    """The next best for a line, the others staying as they are. None: nobody else may have it.

    `difference` is what the total grows by, deliveries and thresholds counted; it can be negative where something else
    than the total was the aim.
    """

    line: int
    quote: int | None
    difference: int


@dataclass(frozen=True, slots=True)
class SellerChange:
    """The best without a seller: so much dearer, and so many lines fewer. `is_exact` where that best is proven."""

    seller: int
    difference: int
    lines_lost: int
    is_exact: bool


@dataclass(frozen=True, slots=True)
class OneSeller:
    """All from the one seller that does it best: so much dearer, and so many lines fewer."""

    seller: int
    total: int
    difference: int
    lines_lost: int


class Way(enum.StrEnum):
    """What is chosen by, side by side; the first four are aims."""

    CHEAPEST = "cheapest"
    FEWEST = "fewest"
    SOONEST = "soonest"
    WEIGHTED = "weighted"
    ONE = "one"  # all from one seller
    SOONER = "sooner"  # the cheapest whose last delivery is a day before that of the cheapest of all


@dataclass(frozen=True, slots=True)
class OtherWay:
    """The best of another way, as the fields of `Answer` tell it."""

    way: Way
    choice: dict[int, int]
    total: int
    charges: int
    full: int
    sellers: int
    latest: int | None
    proof: Proof
    bound: int


@dataclass(frozen=True, slots=True)
class Answer:
    """`choice` is {quote: quantity}. Amounts in minor units, by exact arithmetic.

    `bound`: no choice that fills as many lines costs less than this (with `charges`, where those are weighed).
    """

    choice: dict[int, int]
    total: int
    goods: int
    delivery: int
    charges: int
    full: int
    missing_lines: tuple[int, ...]
    sellers: int
    latest: int | None
    proof: Proof
    bound: int
    seconds: float
    lines: tuple[LineChange, ...] = ()
    without: tuple[SellerChange, ...] = ()
    one_seller: OneSeller | None = None
    notes: tuple[str, ...] = field(default=())
    others: tuple[OtherWay, ...] = ()

    @property
    def gap_percent(self) -> float:
        """By how much at most a better choice could be cheaper, in % of this one."""
        return gap_of(self)


def gap_of(answer: Answer | OtherWay) -> float:
    """As `Answer.gap_percent`."""
    paid = answer.total + answer.charges
    return max(0.0, 100 * (paid - answer.bound) / paid) if paid else 0.0
