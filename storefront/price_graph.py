"""The graph of a good's lowest prices as a page draws it: a line, its scale, and what it says in words. No database here."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from core.money import PRICE_SCALE, Money

#: Of the drawing; the page stretches it to its own width.
WIDTH: Final = 720
HEIGHT: Final = 200
#: Prices are named as the lowest of so many days.
NAMED_DAYS: Final = 30
#: Rows of the table behind the graph; where the price changed more often, it has one for each week.
MOST_ROWS: Final = 60


@dataclass(frozen=True, slots=True)
class Step:
    """From `day` on the lowest price was `price`; None: nobody sold it."""

    day: dt.date
    price: Money | None


@dataclass(frozen=True, slots=True)
class PriceGraph:
    """Lowest prices of days. `line` and `area` are paths of an SVG of WIDTH × HEIGHT."""

    first: dt.date
    middle: dt.date
    last: dt.date
    line: str
    area: str
    scale: tuple[Money, Money, Money]  # at the top, the middle and the bottom of the drawing
    low: Money  # of the last 30 days; of all days where nobody sold it in those
    is_recent: bool  # the low is of the last 30 days
    low_day: dt.date
    low_point: str  # a path of one point
    lowest: Money  # of all days
    highest: Money
    now: Money | None
    over_low_percent: str  # now above the low, rounded; empty only where it costs as little
    steps: tuple[Step, ...]  # newest first
    weekly: bool  # the steps are weeks
    days: int

    @property
    def is_flat(self) -> bool:
        """Nothing to draw: one price all the time."""
        return self.lowest.amount == self.highest.amount and len(self.steps) == 1

    @property
    def has_gaps(self) -> bool:
        return any(step.price is None for step in self.steps)


def price_graph(
    lows: Sequence[int | None], *, last: dt.date, currency: str, now: int | None = None
) -> PriceGraph | None:
    """From the lowest price of each day (1/10,000), of which the last is `last`; None where there is no price at all.
    `now`: what it costs at this moment, which may be more than today's lowest.

    Days before the first price are left out.
    """
    begin = next((n for n, low in enumerate(lows) if low is not None), None)
    if begin is None:
        return None
    kept = list(lows[begin:])
    first = last - dt.timedelta(days=len(kept) - 1)
    told = [low for low in kept if low is not None]
    recent = kept[-NAMED_DAYS:]
    known = [low for low in recent if low is not None]
    low = min(known) if known else min(told)
    # The newest day of the low: "yesterday" says more than "four weeks ago".
    at = max(n for n, price in enumerate(kept) if price == low)
    bottom, top = _scale(min(told), max(told))
    steps, weekly = _steps(kept, first)
    x, y = _place(at, low, len(kept), bottom, top)
    return PriceGraph(
        first=first,
        middle=first + dt.timedelta(days=(len(kept) - 1) // 2),
        last=last,
        line=_line(kept, bottom, top),
        area=_area(kept, bottom, top),
        scale=tuple(Money.from_price(price, currency) for price in (top, (top + bottom) // 2, bottom)),  # type: ignore[arg-type] # three of them
        low=Money.from_price(low, currency),
        is_recent=bool(known),
        low_day=first + dt.timedelta(days=at),
        low_point=f"M{x} {y}h0",
        lowest=Money.from_price(min(told), currency),
        highest=Money.from_price(max(told), currency),
        now=None if now is None else Money.from_price(now, currency),
        over_low_percent=_over(now, low),
        steps=tuple(
            Step(day, None if price is None else Money.from_price(price, currency))
            for day, price in reversed(steps)
        ),
        weekly=weekly,
        days=len(kept),
    )


def _over(now: int | None, low: int) -> str:
    if now is None or now <= low:
        return ""
    return str(round(100 * (now - low) / low) or "<1") if low else ">100"


def _scale(low: int, high: int) -> tuple[int, int]:
    """Round prices below and above all; room around a price that never changed."""
    spread = (high - low) or max(high // 5, PRICE_SCALE // 100)
    step = Decimal(10) ** (math.floor(math.log10(spread)))
    for part in (Decimal("0.1"), Decimal("0.2"), Decimal("0.5"), Decimal(1)):
        if spread / (step * part) <= 10:
            step *= part
            break
    unit = max(2, int(step))
    below = max(0, (low - spread // 10) // unit * unit)
    above = -(-(high + spread // 10) // unit) * unit
    return below, above


def _place(day: int, price: int, days: int, bottom: int, top: int) -> tuple[str, str]:
    return _short(day * WIDTH / days + WIDTH / days / 2), _short(_height(price, bottom, top))


def _height(price: int, bottom: int, top: int) -> float:
    return (top - price) * HEIGHT / (top - bottom)


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _runs(lows: Sequence[int | None]) -> list[tuple[int, int, int]]:
    """(first day, day after the last, price) of equal days; days without a price are in none."""
    runs: list[tuple[int, int, int]] = []
    for day, price in enumerate(lows):
        if price is None:
            continue
        if runs and runs[-1][1] == day and runs[-1][2] == price:
            runs[-1] = (runs[-1][0], day + 1, price)
        else:
            runs.append((day, day + 1, price))
    return runs


def _line(lows: Sequence[int | None], bottom: int, top: int) -> str:
    """A staircase: a price holds until the next, so nothing between two was ever asked."""
    parts: list[str] = []
    end = -1
    for start, after, price in _runs(lows):
        height = _short(_height(price, bottom, top))
        parts.append(f"V{height}" if start == end else f"M{_short(start * WIDTH / len(lows))} {height}")
        parts.append(f"H{_short(after * WIDTH / len(lows))}")
        end = after
    return "".join(parts)


def _area(lows: Sequence[int | None], bottom: int, top: int) -> str:
    """What is below the line, filled."""
    parts: list[str] = []
    end = -1
    for start, after, price in _runs(lows):
        if start != end:
            parts.append(f"{f'V{HEIGHT}Z' if parts else ''}M{_short(start * WIDTH / len(lows))} {HEIGHT}")
        parts.append(f"V{_short(_height(price, bottom, top))}H{_short(after * WIDTH / len(lows))}")
        end = after
    return "".join(parts) + f"V{HEIGHT}Z"


def _steps(lows: Sequence[int | None], first: dt.date) -> tuple[list[tuple[dt.date, int | None]], bool]:
    """The days on which the price became another one; the lowest of each week where these are too many to read."""
    changed = [n for n, price in enumerate(lows) if n == 0 or price != lows[n - 1]]
    if len(changed) <= MOST_ROWS:
        return [(first + dt.timedelta(days=n), lows[n]) for n in changed], False
    weeks = []
    for n in range(0, len(lows), 7):
        known = [price for price in lows[n : n + 7] if price is not None]
        weeks.append((first + dt.timedelta(days=n), min(known) if known else None))
    return weeks, True
