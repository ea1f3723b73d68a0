"""The rules of a race for one lot, pure: whether a move is taken, what answers it, what time it gains, whose turn it is.

Amounts are integers, the lower the better. Nothing here knows clocks, databases or people.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

#: A percentage is kept in hundredths of one percent.
PERCENT_SCALE = 10_000


@dataclass(frozen=True, slots=True)
class Rules:
    """`step` is an amount, or `step_share` its share of the price to beat in 1/10,000. `unit`: amounts are multiples."""

    is_rounds: bool = False
    step: int = 0
    step_share: int = 0
    start: int | None = None
    unit: int = 1
    soft: dt.timedelta = dt.timedelta(minutes=3)
    most_extensions: int = 10
    rounds: int = 3

    def step_at(self, amount: int) -> int:
        """By how much a price of `amount` has to be beaten: whole units, one at least."""
        wanted = amount * self.step_share // PERCENT_SCALE if self.step_share else self.step
        return max(self.unit, wanted - wanted % self.unit)


@dataclass(frozen=True, slots=True)
class Stand:
    """A bidder's price, the event that made it, and how far it goes by itself (`floor_seq`: since when)."""

    slot: int
    amount: int
    seq: int
    least: int = 1
    floor: int | None = None
    floor_seq: int = 0

    @property
    def reach(self) -> int:
        return self.amount if self.floor is None else min(self.amount, self.floor)


def ranked(stands: Iterable[Stand]) -> list[Stand]:
    """The best first; of equal prices the earlier."""
    return sorted(stands, key=lambda each: (each.amount, each.seq))


def leader(stands: Iterable[Stand]) -> Stand | None:
    return min(stands, key=lambda each: (each.amount, each.seq), default=None)


def ceiling(rules: Rules, stands: Mapping[int, Stand], slot: int) -> int | None:
    """The highest price that the bidder may name now; None: there is no limit.

    In the open form it beats the best of all by a step, in rounds the bidder's own.
    """
    own = stands.get(slot)
    beaten = own if rules.is_rounds else leader(stands.values())
    limits = [] if rules.start is None else [rules.start]
    if beaten is not None:
        limits.append(beaten.amount - rules.step_at(beaten.amount))
    return min(limits, default=None)


def refusal(rules: Rules, stands: Mapping[int, Stand], slot: int, amount: int) -> str:
    """Why a price is not taken, "" if it is. Time and turn are judged before."""
    if amount % rules.unit:
        return "not_in_units"
    highest = ceiling(rules, stands, slot)
    if highest is not None and amount > highest:
        return "too_high"
    own = stands.get(slot)
    if amount < max(1, own.least if own else 1):
        return "too_low"
    return ""


def answers(rules: Rules, stands: Mapping[int, Stand]) -> list[tuple[int, int]]:
    """What floors make of the prices as they are: at most one move of the strongest rival, then the winner's own.

    The lowest floor ends in the lead (the earlier of equal ones), a step below the rival's floor where its own allows
    it, and never lower than it has to: nobody's floor bids against itself. Each move is one that `refusal` lets pass.
    """
    if rules.is_rounds or not stands:
        return []
    first = leader(stands.values())
    assert first is not None
    limit = ceiling(rules, stands, first.slot)
    if limit is None:
        return []
    challengers = [
        each
        for each in stands.values()
        if each.slot != first.slot and each.floor is not None and _least(each) <= limit
    ]
    if not challengers:
        return []
    field = sorted([first, *challengers], key=lambda each: (_least(each), each.floor_seq, each.seq))
    strongest, rival = field[0], field[1]
    low, high = _least(strongest), _least(rival)
    if high > limit:  # the leader cannot go down by a whole step: beaten by as much as is needed
        return [(strongest.slot, limit)]
    answer = high - rules.step_at(high)
    if answer >= low:
        moves = [(strongest.slot, answer)]
        return [(rival.slot, high), *moves]
    return [(strongest.slot, low)]


def _least(stand: Stand) -> int:
    return max(stand.least, stand.reach)


def after(stands: Mapping[int, Stand], moves: Sequence[tuple[int, int, int]]) -> dict[int, Stand]:
    """The prices once (slot, amount, seq) each came into force."""
    new = dict(stands)
    for slot, amount, seq in moves:
        new[slot] = replace(new[slot], amount=amount, seq=seq)
    return new


def prolonged(
    rules: Rules, *, due_at: dt.datetime, at: dt.datetime, extensions: int, takes_lead: bool
) -> dt.datetime | None:
    """The new end, if a price that takes the lead at `at` gives more time: the last minutes start anew."""
    if rules.is_rounds or not takes_lead or extensions >= rules.most_extensions:
        return None
    return at + rules.soft if due_at - at <= rules.soft else None


def turn_order(stands: Iterable[Stand]) -> list[int]:
    """Who moves when in a round: the dearest first; of equal prices the later, so that the best has the last word."""
    return [each.slot for each in reversed(ranked(stands))]
