"""What the weights do to the order of whole bids: what each pays, what its days and points count like, and who goes first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from buyer_requests.deciding.enums import CriterionKind
from buyer_requests.deciding.plans import Plan
from buyer_requests.selectors.cells import Column
from buyer_requests.selectors.comparison import Comparison
from buyer_requests.selectors.proposals import SCALE, Wishes, problem_of
from core.assignment import Aim
from core.assignment.problem import amount_of


@dataclass(frozen=True, slots=True)
class Weighed:
    """`counts` are what each criterion adds, in minor units, in the order of `labels_of`; `total` is with them.

    `place` is by that, `price_place` by the price. `dearer` and `sooner` are against who is first by the price.
    """

    column: Column
    counts: tuple[int, ...]
    total: int
    place: int
    price_place: int
    dearer: int
    sooner: int | None

    @property
    def moved(self) -> int:
        """Places won by what counts besides the price; below zero: lost."""
        return self.price_place - self.place

    @property
    def later(self) -> int:
        return -(self.sooner or 0)


def labels_of(plan: Plan) -> list[str]:
    days = next((each for each in plan.criteria if each.kind == CriterionKind.DAYS), None)
    first = [str(CriterionKind.DAYS.label)] if days or not plan.criteria else []
    return first + [each.label for each in plan.scored]


def weighed_bids(comparison: Comparison, plan: Plan) -> list[Weighed]:
    """Whole bids that offer the most lines, in the order that the weights make."""
    most = max((column.covered for column in comparison.columns if not column.is_expired), default=0)
    columns = [column for column in comparison.columns if column.covered == most and not column.is_expired]
    if len(columns) < 2:
        return []
    problem = problem_of(comparison, Wishes(aim=Aim.WEIGHTED), plan)
    counts = {column.bid.pk: _counts(column, problem.handicaps, plan) for column in columns}
    weighed = {column.bid.pk: column.total + sum(counts[column.bid.pk]) for column in columns}
    by_price = sorted(columns, key=lambda column: (column.total, column.bid.pk))
    order = sorted(columns, key=lambda column: (weighed[column.bid.pk], column.total, column.bid.pk))
    first = by_price[0]
    return [
        Weighed(
            column=column,
            counts=counts[column.bid.pk],
            total=weighed[column.bid.pk],
            place=place,
            price_place=by_price.index(column) + 1,
            dearer=column.total - first.total,
            sooner=None if first.days is None or column.days is None else first.days - column.days,
        )
        for place, column in enumerate(order, start=1)
    ]


def _counts(column: Column, handicaps: Mapping[int, tuple[int, ...]], plan: Plan) -> tuple[int, ...]:
    """The sum is what the optimiser charges the bid; roundings are the first one's."""
    cells = [(cell, handicaps[cell.key]) for cell in column.cells.values() if cell.key in handicaps]
    whole = sum(amount_of(sum(each), int(cell.quantity * SCALE)) for cell, each in cells)
    kinds = len(plan.scored) + 1
    apart = [
        sum(amount_of(each[kind], int(cell.quantity * SCALE)) for cell, each in cells)
        for kind in range(kinds)
    ]
    if len(labels_of(plan)) < kinds:  # days do not count
        apart = apart[1:]
    if apart:
        apart[0] += whole - sum(apart)
    return tuple(apart)
