"""The problem as an integer program, and the solver that is asked: HiGHS. Its floats choose and bound, they price nothing."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from core.assignment.problem import Problem, Quote, Seller, amount_of

#: Amounts reach 10^9 minor units: a violation of a scaled threshold row within it stays below one.
TOLERANCE = 1e-9
#: Up to so many variables equal totals are told apart inside the program: by less than a minor unit in all.
TIED = 3_000
TIE = 0.4
#: Of small questions one: a second takes a sixth more of the processor and is not sooner.
THREADS = 2
#: The solver's own rounding of a bound, in minor units.
SLACK = 1e-3
#: Rows of quantities are told in pieces, so that their figures are small.
PIECES = 1_000
#: Unit price by thousandths in a minor unit.
ROUNDING = 100_000


@dataclass(frozen=True, slots=True)
class Cover:
    """What has to be filled: either `reach`, {line: exactly so much}, or so many lines and shares of lines in all."""

    reach: dict[int, int] = field(default_factory=dict)
    full: int = 0
    shares: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """`bound` is of the objective without what tells equals apart; `choice` None: none was found."""

    choice: dict[int, int] | None
    bound: float
    is_impossible: bool
    is_proven: bool


class Program:
    """Variables and rows of one question. `build` what it is about, then `ask`."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.costs: list[float] = []
        self.uppers: list[float] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []
        self.offset = 0.0
        #: (variable, quote, quantity for each unit of the variable): what is taken.
        self.parts: list[tuple[int, Quote, int]] = []
        self.goods: dict[int, dict[int, float]] = {}  # by seller: {variable: minor units}
        self.charges: dict[int, float] = {}
        self.used: dict[int, int] = {}  # by seller
        self.fees: dict[int, float] = {}
        self.full: dict[int, int] = {}  # by line
        self.taken: dict[int, dict[int, float]] = {line.key: {} for line in problem.lines}
        self.chosen: dict[int, list[tuple[int, int]]] = {line.key: [] for line in problem.lines}
        self._sellers()
        for line, quotes in problem.allowed.items():
            for quote in quotes:
                self._quote(line, quote)
            self._line(line)
        self._thresholds()
        if problem.rules.most_sellers is not None:
            self._row(dict.fromkeys(self.used.values(), 1.0), upper=problem.rules.most_sellers)

    def _variable(self, upper: float = 1.0) -> int:
        self.costs.append(0.0)
        self.uppers.append(float(upper))
        return len(self.costs) - 1

    def _row(self, row: dict[int, float], *, lower: float = -math.inf, upper: float = math.inf) -> None:
        self.rows.append((row, lower, upper))

    def _sellers(self) -> None:
        for key in self.problem.by_seller:
            self.used[key] = self._variable()
            self.goods[key] = {}

    def _quote(self, line: int, quote: Quote) -> None:
        most, step = self.problem.most_of(quote), self.problem.step_of(quote)
        of_quote = {}
        if not self.problem.is_shared(quote) or most % step or most == step:
            of_quote[self._whole(line, quote, most)] = 1.0
        if not self.problem.is_shared(quote) or most <= step:
            return
        handicap = self.problem.handicap.get(quote.key, 0)
        tiers = [(0, quote.price), *quote.breaks]
        for number, (start, price) in enumerate(tiers):
            low = max(1, -(-start // step))
            high = (most if number == len(tiers) - 1 else min(most, tiers[number + 1][0] - 1)) // step
            if low > high:
                continue
            is_taken, pieces = self._variable(), self._variable(high)
            of_quote[is_taken] = 1.0
            self.chosen[line].append((is_taken, quote.key))
            self._row({pieces: 1.0, is_taken: -float(high)}, upper=0.0)
            self._row({pieces: 1.0, is_taken: -float(low)}, lower=0.0)
            self.parts.append((pieces, quote, step))
            self.taken[line][pieces] = step
            for amounts, each in ((self.goods[quote.seller], price * step), (self.charges, handicap * step)):
                variable, amount = self._amount(pieces, each, high)
                amounts[variable] = amount
            self._row({is_taken: 1.0, self.used[quote.seller]: -1.0}, upper=0.0)
        if len(of_quote) > 1:
            self._row(of_quote, upper=1.0)

    def _whole(self, line: int, quote: Quote, most: int) -> int:
        taken = self._variable()
        self.chosen[line].append((taken, quote.key))
        self.parts.append((taken, quote, most))
        self.taken[line][taken] = most
        self.goods[quote.seller][taken] = quote.cost_of(most)
        self.charges[taken] = amount_of(self.problem.handicap.get(quote.key, 0), most)
        self._row({taken: 1.0, self.used[quote.seller]: -1.0}, upper=0.0)
        return taken

    def _amount(self, pieces: int, each: int, most: int) -> tuple[int, float]:
        """The variable that minor units are counted by, and how many: rounded half up where a piece has a fraction."""
        if each % ROUNDING == 0:
            return pieces, each / ROUNDING
        rounded = self._variable(each * most // ROUNDING + 1)
        exact = {pieces: -each / ROUNDING, rounded: 1.0}
        self._row(exact, lower=-0.5 + 1 / ROUNDING, upper=0.5)
        return rounded, 1.0

    def _line(self, line: int) -> None:
        asked = self.problem.line[line]
        self._row(self.taken[line], upper=asked.quantity)
        if not asked.may_split:
            self._row({variable: 1.0 for variable, _quote in self.chosen[line]}, upper=1.0)
            return
        groups: dict[int, dict[int, float]] = defaultdict(dict)
        for variable, key in self.chosen[line]:
            groups[self.problem.quote[key].group][variable] = 1.0
        for group, row in groups.items():
            if group and len(row) > 1:
                self._row(row, upper=1.0)

    def _thresholds(self) -> None:
        for key, used in self.used.items():
            seller, goods = self.problem.seller[key], self.goods[key]
            if seller.minimum > 0:
                row = {variable: amount / seller.minimum for variable, amount in goods.items()}
                self._row(row | {used: -1.0}, lower=0.0)
            if seller.delivery:
                self._delivery(used, seller, goods)

    def _delivery(self, used: int, seller: Seller, goods: dict[int, float]) -> None:
        missing = None if seller.free_from is None else seller.free_from - seller.held
        if missing is not None and missing <= 0:
            return
        if not seller.held:
            self.fees[used] = float(seller.delivery)
        if missing is not None and sum(goods[each] * self.uppers[each] for each in goods) >= missing:
            free = self._variable()
            self.fees[free] = -float(seller.delivery)
            self._row({free: 1.0, used: -1.0}, upper=0.0)
            row = {variable: amount / missing for variable, amount in goods.items()}
            self._row(row | {free: -1.0}, lower=0.0)

    # What it is about

    def must_cover(self, cover: Cover) -> None:
        if cover.reach:
            for line, quantity in cover.reach.items():
                self._row({each: part / PIECES for each, part in self.taken[line].items()},
                          lower=quantity / PIECES, upper=quantity / PIECES)  # fmt: skip
            return
        self._count_full()
        self._row(dict.fromkeys(self.full.values(), 1.0), lower=cover.full)
        self._row(self._shares(), lower=cover.shares - 1e-7)

    def most_covered(self) -> None:
        """As many lines in full as can be, then as much of the others; to be minimised."""
        self._count_full()
        for variable in self.full.values():
            self.costs[variable] -= len(self.full) + 1
        for variable, share in self._shares().items():
            self.costs[variable] -= share

    def fewest_sellers(self) -> None:
        for variable in self.used.values():
            self.costs[variable] += 1

    def at_most_sellers(self, number: int) -> None:
        self._row(dict.fromkeys(self.used.values(), 1.0), upper=number)

    def cheapest(self, reach: dict[int, int]) -> None:
        """Goods, deliveries and charges. Where a line takes exactly one variable its lowest cost is set aside.

        That leaves the solver with differences, which are small, instead of sums, which are large.
        """
        for amounts in (*self.goods.values(), self.charges):
            for variable, amount in amounts.items():
                self.costs[variable] += amount
        for variable, fee in self.fees.items():
            self.costs[variable] += fee
        for line, quantity in reach.items():
            if not quantity or self.problem.line[line].may_split:
                continue
            lowest = min(
                self.costs[variable] for variable, part in self.taken[line].items() if part == quantity
            )
            for variable in self.taken[line]:
                self.costs[variable] -= lowest
            self.offset += lowest
        if len(self.costs) <= TIED:
            self._tell_equals_apart()

    def _tell_equals_apart(self) -> None:
        worst = max((seller.rank for seller in self.problem.sellers), default=0)
        pairs = [pair for chosen in self.chosen.values() for pair in chosen]
        if not worst:
            return
        each = TIE / (worst * max(1, sum(
            len(chosen) if self.problem.line[line].may_split else 1 for line, chosen in self.chosen.items()
        )))  # fmt: skip
        for variable, quote in pairs:
            self.costs[variable] += each * self.problem.seller[self.problem.quote[quote].seller].rank

    def _count_full(self) -> None:
        for line in self.problem.lines:
            self.full[line.key] = self._variable()
            row = {each: part / line.quantity for each, part in self.taken[line.key].items()}
            self._row(row | {self.full[line.key]: -1.0}, lower=0.0)

    def _shares(self) -> dict[int, float]:
        return {
            variable: part / line.quantity
            for line in self.problem.lines
            for variable, part in self.taken[line.key].items()
        }

    def ask(self, *, seconds: float, gap: float) -> Found:
        """The best that is found in so many seconds. `gap` is how far from proven counts as proven."""
        import highspy
        import numpy as np

        solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]  # the library has no types
        for name, value in {
            "output_flag": False,
            "threads": 1 if len(self.costs) <= TIED else THREADS,
            "time_limit": max(0.05, seconds),
            "mip_rel_gap": 0.0,
            "mip_abs_gap": gap,
            "mip_feasibility_tolerance": TOLERANCE,
            "primal_feasibility_tolerance": TOLERANCE,
        }.items():
            solver.setOptionValue(name, value)
        solver.passModel(self._model(highspy, np))
        solver.run()
        status, info = solver.getModelStatus(), solver.getInfo()
        known = highspy.HighsModelStatus
        if status in {known.kInfeasible, known.kUnboundedOrInfeasible}:
            return Found(None, math.inf, is_impossible=True, is_proven=True)
        has_one = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        bound = float(info.mip_dual_bound) + self.offset
        choice = self._choice(solver.getSolution().col_value) if has_one else None
        return Found(choice, bound, is_impossible=False, is_proven=has_one and status == known.kOptimal)

    def _choice(self, values: Any) -> dict[int, int]:
        choice: dict[int, int] = {}
        for variable, quote, quantity in self.parts:
            times = round(values[variable])
            if times > 0:
                choice[quote.key] = choice.get(quote.key, 0) + times * quantity
        return choice

    def _model(self, highspy: Any, np: Any) -> Any:
        starts, indices, values = [0], list[int](), list[float]()
        for row, _lower, _upper in self.rows:
            indices.extend(row)
            values.extend(row.values())
            starts.append(len(indices))
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self.costs), len(self.rows)
        model.col_cost_ = np.array(self.costs, dtype=np.double)
        model.col_lower_ = np.zeros(len(self.costs))
        model.col_upper_ = np.array(self.uppers, dtype=np.double)
        model.row_lower_ = np.array([lower for _row, lower, _upper in self.rows], dtype=np.double)
        model.row_upper_ = np.array([upper for _row, _lower, upper in self.rows], dtype=np.double)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.array(starts, dtype=np.int32)
        model.a_matrix_.index_ = np.array(indices, dtype=np.int32)
        model.a_matrix_.value_ = np.array(values, dtype=np.double)
        model.integrality_ = [highspy.HighsVarType.kInteger] * len(self.costs)
        return model
