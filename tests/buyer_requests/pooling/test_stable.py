"""Who stays in a pool: the largest group, over nobody's ceiling, the same in any order, exact to the minor unit."""

from __future__ import annotations

from decimal import Decimal
from itertools import chain, combinations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from buyer_requests.pooling.stable import (
    CEILING,
    NOBODY,
    PACK,
    Fall,
    Quote,
    Rules,
    Seller,
    Wish,
    decide,
    deliveries_of,
    shared,
    stable,
)

D = Decimal
LADDER = ((D(0), 100_0000), (D(50), 90_0000), (D(100), 80_0000))


#: The clock of a busy machine says nothing about the code.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def quote(bid: int = 1, line: int = 1, steps=LADDER, most: int = 1000, pack: Decimal | None = None) -> Quote:
    return Quote(bid, line, steps, D(most), pack)


@st.composite
def ladders(draw):
    """Ever cheaper from ever greater quantities on."""
    places = sorted(draw(st.sets(st.integers(1, 60), max_size=4)))
    prices = sorted(draw(st.sets(st.integers(1, 40), min_size=len(places) + 1, max_size=len(places) + 1)))
    return tuple(zip([D(0), *map(D, places)], reversed(prices), strict=True))


wishes = st.lists(st.tuples(st.integers(1, 30), st.one_of(st.none(), st.integers(1, 40))), max_size=6).map(
    lambda rows: [Wish(n, 1, D(quantity), ceiling) for n, (quantity, ceiling) in enumerate(rows)]
)


def can_pay(group, price) -> bool:
    return all(wish.ceiling is None or price <= wish.ceiling for wish in group)


@settings(UNHURRIED)
@given(wishes, ladders(), st.randoms())
def test_the_largest_group_that_can_pay_stays_in_whatever_order(every, ladder, random):
    asked = quote(steps=ladder)
    answer = stable(every, asked)
    assert can_pay(answer.wishes, answer.price)
    assert answer.quantity == sum((wish.quantity for wish in answer.wishes), D(0))
    assert answer.price == asked.price_for(answer.quantity)
    groups = chain.from_iterable(combinations(every, size) for size in range(len(every) + 1))
    payable = [
        group
        for group in groups
        if can_pay(group, asked.price_for(sum((wish.quantity for wish in group), D(0))))
    ]
    assert all(set(group) <= set(answer.wishes) for group in payable)
    again = list(every)
    random.shuffle(again)
    assert stable(again, asked) == answer
    assert {fall.wish for fall in answer.falls} == set(every) - set(answer.wishes)
    assert all(fall.price > (fall.wish.ceiling or 0) for fall in answer.falls)


@settings(UNHURRIED)
@given(
    st.integers(0, 10**9),
    st.dictionaries(st.integers(1, 9), st.integers(0, 10**9), min_size=1).filter(lambda w: sum(w.values())),
)
def test_shares_are_exact_and_within_one_of_their_proportion(amount, weights):
    parts = shared(amount, weights)
    assert sum(parts.values()) == amount
    total = sum(weights.values())
    assert all(abs(parts[key] * total - amount * weight) < total for key, weight in weights.items())


def test_one_who_falls_out_may_take_the_tier_from_the_others():
    every = [Wish(1, 1, D(60), 85_0000), Wish(2, 1, D(30), 80_0000), Wish(3, 1, D(10), 79_0000)]
    answer = stable(every, quote())
    # With all three 100 are reached, but 80.00 is over the third's ceiling; without it 90 cost 90.00: too dear for all.
    assert answer.wishes == ()
    assert [(fall.wish.member, fall.price) for fall in answer.falls] == [(n, 100_0000) for n in (1, 2, 3)]


def test_packs_are_not_broken():
    every = [Wish(1, 1, D(60)), Wish(2, 1, D(7))]
    assert stable(every, quote(pack=D(5))).falls == (Fall(every[1], PACK),)


def test_most_wishes_first_then_lowest_total_then_earlier_bid():
    every = [Wish(1, 1, D(60), 90_0000), Wish(2, 1, D(40))]
    sellers = [Seller(1, fee=100_00), Seller(2), Seller(3)]
    dear, cheap = quote(1), quote(2, steps=((D(0), 91_0000),))
    assert (
        decide(every, [dear, cheap], sellers, Rules()).given[1].quote.bid == 1
    )  # 91 would leave the first out
    same = [quote(3, steps=((D(0), 80_0000),)), quote(2, steps=((D(0), 80_0000),)), dear]
    outcome = decide(every, same, sellers, Rules())
    assert outcome.given[1].quote.bid == 2
    assert outcome.total == 100 * 80_00
    assert outcome.deliveries == {(2, 1): 0, (2, 2): 0}


def test_days_count_as_stated():
    every = [Wish(1, 1, D(10))]
    quotes = [quote(1, steps=((D(0), 100_0000),)), quote(2, steps=((D(0), 90_0000),))]
    sellers = [Seller(1, days=1), Seller(2, days=9)]
    assert decide(every, quotes, sellers, Rules()).given[1].quote.bid == 2
    assert decide(every, quotes, sellers, Rules(price_weight=60)).given[1].quote.bid == 1


def test_lines_apart_and_least_orders():
    every = [Wish(1, 1, D(10)), Wish(1, 2, D(10))]
    quotes = [
        quote(1, 1, ((D(0), 10_0000),)),
        quote(1, 2, ((D(0), 30_0000),)),
        quote(2, 1, ((D(0), 20_0000),)),
        quote(2, 2, ((D(0), 20_0000),)),
    ]
    rules = Rules(is_whole=False)
    sellers = [Seller(1), Seller(2)]
    assert {n: stay.quote.bid for n, stay in decide(every, quotes, sellers, rules).given.items()} == {
        1: 1,
        2: 2,
    }
    minimum = [Seller(1, minimum=101_00), Seller(2)]
    assert {n: stay.quote.bid for n, stay in decide(every, quotes, minimum, rules).given.items()} == {
        1: 2,
        2: 2,
    }
    assert decide(every, quotes, minimum, Rules()).given[1].quote.bid == 1  # both lines together reach it


def test_who_offers_less_than_the_group_takes_does_not_serve_it():
    every = [Wish(1, 1, D(60)), Wish(2, 1, D(50), 70_0000)]
    outcome = decide(every, [quote(most=59)], [Seller(1)], Rules())
    assert outcome.given == {}
    assert [fall.reason for fall in outcome.falls] == [NOBODY, CEILING]
    assert decide(every, [quote(most=60)], [Seller(1)], Rules()).members == {1}


def test_delivery_for_each_or_shared():
    goods = {1: 100_00, 2: 200_00, 3: 33}
    seller = Seller(1, fee=100, free_from=150_00)
    assert deliveries_of(seller, goods, is_shared=False) == {1: 100, 2: 0, 3: 100}
    assert deliveries_of(seller, goods, is_shared=True) == {1: 0, 2: 0, 3: 0}
    assert deliveries_of(Seller(1, fee=100), goods, is_shared=True) == {1: 33, 2: 67, 3: 0}


def test_whom_a_bid_serves_nothing_is_left_to_the_others():
    asked = [Wish(1, 1, D(5)), Wish(2, 1, D(6))]
    cheap, dear = quote(bid=1), quote(bid=2, steps=((D(0), 200_0000),))
    answer = decide(asked, [cheap], [Seller(1)], Rules(), {(1, 2)})
    assert ([wish.member for wish in answer.given[1].wishes], answer.falls) == (
        [1],
        (Fall(asked[1], NOBODY),),
    )
    both = decide(asked, [cheap, dear], [Seller(1), Seller(2)], Rules(), {(1, 2)})
    assert both.given[1].quote == dear  # it meets more wishes
    assert both.falls == ()


def test_the_rule_takes_time_by_what_was_written_not_by_its_square():
    asked = [CountedWish(member, line, D(1), 1) for member in range(40) for line in range(30)]
    offered = [quote(bid=bid, line=line) for bid in range(5) for line in range(30)]
    CountedWish.compared = 0
    fallen = decide(asked, offered, [Seller(bid) for bid in range(5)], Rules()).falls
    assert [fall.reason for fall in fallen] == [CEILING] * len(asked)
    assert CountedWish.compared <= 20 * len(asked)


class CountedWish(Wish):
    """Counts how often one is compared with another."""

    compared = 0

    def __eq__(self, other: object) -> bool:
        CountedWish.compared += 1
        return super().__eq__(other)

    __hash__ = Wish.__hash__
