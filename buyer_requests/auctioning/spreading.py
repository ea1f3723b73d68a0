"""An auction's price as a bid's lines: the reduction spread in proportion, exact to the minor unit. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal

from buyer_requests.bidding.inputs import BidLineInput
from core.money import MINOR_SCALE, PRICE_SCALE, line_total

_MINOR = PRICE_SCALE // MINOR_SCALE


@dataclass(frozen=True, slots=True)
class Spread:
    """The lines at their new prices, and what no price per unit could express (minor units, to go into the delivery)."""

    lines: list[BidLineInput]
    rest: int


def shares(weights: Sequence[int], total: int) -> list[int]:
    """`total` in whole units by weight, by largest remainder (of equal ones the earlier gets it); the sum is `total`."""
    whole = sum(weights)
    if not whole:
        return [total, *([0] * (len(weights) - 1))] if weights else []
    parts = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda place: (-(total * weights[place] % whole), place))
    for place in order[: total - sum(parts)]:
        parts[place] += 1
    return parts


def spread(lines: Sequence[BidLineInput], goods: int) -> Spread:
    """The lines so that their totals come to `goods` minor units, each in proportion to what it came to before.

    Every line has at least one minor unit, or the 1/10,000 that its quantity makes of it. A price per unit has four
    places, so of a line of more than 100 units not every sum can be had: what is lost there goes to lines where every
    sum can, else it is the `rest`. Prices by quantity go: they were of another price.
    """
    before = [max(1, line_total(price_at(line), line.quantity)) for line in lines]
    targets = [max(1, part) for part in shares(before, goods)]
    over = sum(targets) - goods
    for place in sorted(range(len(targets)), key=lambda each: -targets[each]):
        taken = min(over, targets[place] - 1) if over > 0 else 0
        targets[place] -= taken
        over -= taken
    prices = [_price_for(line.quantity, target) for line, target in zip(lines, targets, strict=True)]
    rest = goods - _sum(lines, prices)
    for place in sorted(
        range(len(lines)), key=lambda each: (lines[each].quantity > MINOR_SCALE, -targets[each])
    ):
        if not rest:
            break
        had = line_total(prices[place], lines[place].quantity)
        prices[place] = _price_for(lines[place].quantity, max(1, had + rest))
        rest = goods - _sum(lines, prices)
    return Spread(
        [replace(line, price_amount=price, breaks=()) for line, price in zip(lines, prices, strict=True)],
        rest,
    )


def least_goods(lines: Sequence[BidLineInput]) -> int:
    """Minor units below which the lines cannot come together: no price per unit is nothing."""
    return sum(max(1, line_total(1, line.quantity)) for line in lines)


def price_at(line: BidLineInput) -> int:
    """The price per unit that the line's quantity reaches."""
    price = line.price_amount
    for start, amount in sorted(line.breaks):
        if line.quantity >= start:
            price = amount
    return price


def _price_for(quantity: Decimal, target: int) -> int:
    """A price per unit at which the quantity comes to `target` minor units, else to the next sum below; one at least.

    Of several that come to the same sum, the roundest.
    """
    high = _highest(quantity, target)
    low = _highest(quantity, line_total(high, quantity) - 1) + 1
    for scale in (10_000, 1_000, 100, 10):
        if (round_price := high - high % scale) >= max(1, low):
            return round_price
    return high


def _highest(quantity: Decimal, target: int) -> int:
    """The highest price at which the quantity comes to no more than `target`; one where there is none."""
    low = 1
    high = max(2, int((Decimal(target) * _MINOR / quantity).to_integral_value(rounding=ROUND_FLOOR)) + _MINOR)
    while line_total(high, quantity) <= target:
        high *= 2
    while low < high:
        middle = (low + high + 1) // 2
        if line_total(middle, quantity) <= target:
            low = middle
        else:
            high = middle - 1
    return low


def _sum(lines: Sequence[BidLineInput], prices: Sequence[int]) -> int:
    return sum(line_total(price, line.quantity) for line, price in zip(lines, prices, strict=True))
