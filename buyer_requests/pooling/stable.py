"""Who stays in a pool and what it costs each: pure, exact, and the same in whatever order participants are looked at.

A price by quantity never rises with the quantity. So if two groups can each pay what their total costs, both together
can, too: there is one largest group that can, and dropping whoever the present total is too dear for, again and
again, ends at it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Final

from core.money import line_total

#: Why a wish is not met.
CEILING: Final = "ceiling"
PACK: Final = "pack"
NOBODY: Final = "nobody"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a participant takes of a line. `ceiling` is per unit, 1/10,000; None: at any price."""

    member: int
    line: int
    quantity: Decimal
    ceiling: int | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """A bid's price for a line. `steps`: from this quantity on, this price; the first from nothing on, ever cheaper."""

    bid: int
    line: int
    steps: tuple[tuple[Decimal, int], ...]
    most: Decimal  # that the bid offers
    pack: Decimal | None = None  # that each participant's quantity has to be a multiple of

    def price_for(self, quantity: Decimal) -> int:
        return next(price for least, price in reversed(self.steps) if quantity >= least)


@dataclass(frozen=True, slots=True)
class Seller:
    """A bid's terms, in minor units of the currency of its quotes."""

    bid: int
    fee: int = 0
    free_from: int | None = None
    minimum: int = 0
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Fall:
    """A wish that is not met. `price` is what the line costs per unit without it, where a price is the reason."""

    wish: Wish
    reason: str
    price: int = 0


@dataclass(frozen=True, slots=True)
class Stay:
    """The largest group that a quote serves: its wishes, their total, and the price that this total reaches."""

    quote: Quote
    wishes: tuple[Wish, ...]
    quantity: Decimal
    price: int
    falls: tuple[Fall, ...]

    @property
    def is_covered(self) -> bool:
        """Whether the bid offers as much as the group takes."""
        return bool(self.wishes) and self.quantity <= self.quote.most

    @property
    def goods(self) -> int:
        return sum(line_total(self.price, wish.quantity) for wish in self.wishes)


@dataclass(frozen=True, slots=True)
class Rules:
    """What was stated when the pool was opened."""

    is_whole: bool = True  # one vendor for everything
    price_weight: int = 100  # per cent; the rest is the weight of days to deliver
    is_shared: bool = False  # one delivery price, shared in proportion


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who serves what (`given`: {line: stay}), what delivery each pays ({(bid, member): minor units}), who is left out."""

    given: dict[int, Stay] = field(default_factory=dict)
    deliveries: dict[tuple[int, int], int] = field(default_factory=dict)
    falls: tuple[Fall, ...] = ()

    @property
    def goods(self) -> int:
        return sum(stay.goods for stay in self.given.values())

    @property
    def total(self) -> int:
        return self.goods + sum(self.deliveries.values())

    @property
    def members(self) -> set[int]:
        return {wish.member for stay in self.given.values() for wish in stay.wishes}


def stable(wishes: Iterable[Wish], quote: Quote) -> Stay:
    """The largest group whose total reaches a price that is over nobody's ceiling."""
    every = sorted((wish for wish in wishes if wish.line == quote.line), key=lambda wish: wish.member)
    kept = [wish for wish in every if quote.pack is None or wish.quantity % quote.pack == 0]
    packed = {wish.member for wish in kept}
    while True:
        quantity = sum((wish.quantity for wish in kept), Decimal(0))
        price = quote.price_for(quantity)
        staying = [wish for wish in kept if wish.ceiling is None or price <= wish.ceiling]
        if len(staying) == len(kept):
            break
        kept = staying
    staying_members = {wish.member for wish in kept}
    falls = tuple(
        Fall(wish, CEILING, price) if wish.member in packed else Fall(wish, PACK)
        for wish in every
        if wish.member not in staying_members
    )
    return Stay(quote, tuple(kept), quantity, price, falls)


def shared(amount: int, weights: Mapping[int, int]) -> dict[int, int]:
    """An amount in proportion to the weights, exact to the unit: what is left over goes to the largest remainders."""
    total = sum(weights.values())
    if not total:
        return dict.fromkeys(weights, 0)
    parts = {key: divmod(amount * weight, total) for key, weight in weights.items()}
    left = amount - sum(whole for whole, _rest in parts.values())
    first = sorted(parts, key=lambda key: (-parts[key][1], key))[:left]
    return {key: whole + (key in first) for key, (whole, _rest) in parts.items()}


def deliveries_of(seller: Seller, goods: Mapping[int, int], *, is_shared: bool) -> dict[int, int]:
    """{participant: delivery} for what each takes of a seller's goods."""
    free = seller.free_from
    if is_shared:
        is_free = free is not None and sum(goods.values()) >= free
        return shared(0 if is_free else seller.fee, goods)
    return {
        member: 0 if free is not None and amount >= free else seller.fee for member, amount in goods.items()
    }


def decide(
    wishes: Collection[Wish],
    quotes: Collection[Quote],
    sellers: Collection[Seller],
    rules: Rules,
    barred: Collection[tuple[int, int]] = (),
) -> Outcome:
    """The choice by the stated rule.

    Whoever meets the most wishes comes first, then the lowest total (with deliveries for one vendor; of its goods
    where each line is given apart) or the most points, where days have a weight, then the earlier bid. A bid whose least order is not reached is left out.
    `barred`: (bid, participant) of whom that bid serves nothing.
    """
    by_bid = {seller.bid: seller for seller in sellers}
    of_line: dict[int, list[Wish]] = defaultdict(list)
    for wish in wishes:
        of_line[wish.line].append(wish)
    stays = [
        stable([wish for wish in of_line[quote.line] if (quote.bid, wish.member) not in barred], quote)
        for quote in quotes
        if quote.bid in by_bid
    ]
    given = _whole(stays, by_bid, rules) if rules.is_whole else _by_line(stays, by_bid, rules)
    deliveries: dict[tuple[int, int], int] = {}
    for bid, goods in _goods(given.values()).items():
        each = deliveries_of(by_bid[bid], goods, is_shared=rules.is_shared)
        deliveries |= {(bid, member): amount for member, amount in each.items()}
    return Outcome(given, deliveries, _left_out(wishes, stays, given))


def _goods(stays: Iterable[Stay]) -> dict[int, dict[int, int]]:
    """{bid: {participant: minor units of goods}}."""
    goods: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for stay in stays:
        for wish in stay.wishes:
            goods[stay.quote.bid][wish.member] += line_total(stay.price, wish.quantity)
    return {bid: dict(each) for bid, each in goods.items()}


def _whole(stays: Iterable[Stay], sellers: Mapping[int, Seller], rules: Rules) -> dict[int, Stay]:
    offered: dict[int, dict[int, Stay]] = defaultdict(dict)
    for stay in stays:
        if stay.is_covered:
            offered[stay.quote.bid][stay.quote.line] = stay
    rivals = []
    for bid, lines in offered.items():
        goods = _goods(lines.values())[bid]
        cost = sum(goods.values())
        if cost < sellers[bid].minimum:
            continue
        delivery = deliveries_of(sellers[bid], goods, is_shared=rules.is_shared)
        served = sum(len(stay.wishes) for stay in lines.values())
        rivals.append((served, cost + sum(delivery.values()), bid))
    best = _best(rivals, sellers, rules)
    return {} if best is None else offered[best]


def _by_line(stays: Collection[Stay], sellers: Mapping[int, Seller], rules: Rules) -> dict[int, Stay]:
    """Each line by itself; bids whose lines together are less than their least order go, and it begins anew."""
    of_line: dict[int, dict[int, Stay]] = defaultdict(dict)
    for stay in stays:
        if stay.is_covered:
            of_line[stay.quote.line][stay.quote.bid] = stay
    out: set[int] = set()
    while True:
        given: dict[int, Stay] = {}
        for line, bids in sorted(of_line.items()):
            here = {bid: stay for bid, stay in bids.items() if bid not in out}
            rivals = [(len(stay.wishes), stay.goods, bid) for bid, stay in here.items()]
            best = _best(rivals, sellers, rules)
            if best is not None:
                given[line] = here[best]
        goods = {bid: sum(each.values()) for bid, each in _goods(given.values()).items()}
        lacking = {bid for bid, amount in goods.items() if amount < sellers[bid].minimum}
        if not lacking:
            return given
        out |= lacking


def _best(
    rivals: Collection[tuple[int, int, int]], sellers: Mapping[int, Seller], rules: Rules
) -> int | None:
    """Of (wishes met, cost, bid) the bid that wins."""
    most = max((served for served, _cost, _bid in rivals), default=0)
    equal = [(cost, bid) for served, cost, bid in rivals if served == most]
    if not equal:
        return None
    lowest = min(cost for cost, _bid in equal)
    timed = [days + 1 for _cost, bid in equal if (days := sellers[bid].days) is not None]
    soonest = min(timed, default=1)

    def points(cost: int, bid: int) -> Fraction:
        """The lowest price and the soonest delivery have all the points of their weight, twice as much has half."""
        days = sellers[bid].days
        price = Fraction(rules.price_weight * lowest, cost) if cost else Fraction(rules.price_weight)
        time = Fraction((100 - rules.price_weight) * soonest, days + 1) if days is not None else Fraction(0)
        return price + time

    return min(equal, key=lambda each: (-points(*each), *each))[1]


def _left_out(wishes: Iterable[Wish], stays: Collection[Stay], given: Mapping[int, Stay]) -> tuple[Fall, ...]:
    """Every wish that is not met, with the winner's reason, else that of the cheapest who would have had it."""
    met = {wish for stay in given.values() for wish in stay.wishes}
    told = {fall.wish: fall for stay in given.values() for fall in stay.falls}
    cheapest: dict[Wish, Fall] = {}
    for stay in stays:
        if stay.quote.line in given:
            continue
        for fall in stay.falls:
            if fall.reason == CEILING and (
                fall.wish not in cheapest or fall.price < cheapest[fall.wish].price
            ):
                cheapest[fall.wish] = fall
    return tuple(
        told.get(wish) or cheapest.get(wish) or Fall(wish, NOBODY)
        for wish in sorted(wishes, key=lambda each: (each.member, each.line))
        if wish not in met
    )
