"""The rules of a race and the spreading of its result, without a database."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

from buyer_requests.auctioning import racing
from buyer_requests.auctioning.racing import Rules, Stand
from buyer_requests.auctioning.spreading import least_goods, shares, spread
from buyer_requests.bidding.inputs import BidLineInput
from core.money import line_total

NOON = dt.datetime(2026, 5, 4, 12, 0, tzinfo=dt.UTC)


def stands(*each: Stand) -> dict[int, Stand]:
    return {stand.slot: stand for stand in each}


def test_a_price_beats_the_best_by_a_step_or_is_refused():
    rules = Rules(step=500, unit=100, start=99_000)
    board = stands(Stand(1, 100_000, 1), Stand(2, 98_000, 2, least=20_000))
    assert racing.ceiling(rules, board, 1) == 97_500
    refused = [racing.refusal(rules, board, 1, amount) for amount in (97_600, 97_500, 97_450, 0)]
    assert refused == ["too_high", "", "not_in_units", "too_low"]
    assert racing.refusal(rules, board, 2, 19_900) == "too_low"
    assert racing.ceiling(rules, stands(Stand(1, 120_000, 1)), 1) == 99_000


def test_a_step_in_percent_is_whole_units_and_one_at_least():
    rules = Rules(step_share=50, unit=100)
    assert [rules.step_at(amount) for amount in (1_000_000, 99_900, 100)] == [5_000, 400, 100]


def test_two_floors_are_settled_in_one_go_and_no_further_than_needed():
    rules = Rules(step=10)
    board = stands(Stand(1, 1_000, 1, floor=700, floor_seq=4), Stand(2, 900, 2, floor=600, floor_seq=5))
    assert racing.answers(rules, board) == [(1, 700), (2, 690)]
    alone = stands(Stand(1, 1_000, 1, floor=700, floor_seq=4), Stand(2, 900, 2))
    assert racing.answers(rules, alone) == [(1, 890)]
    leads = stands(Stand(1, 890, 6, floor=700, floor_seq=4), Stand(2, 900, 2))
    assert racing.answers(rules, leads) == []


def test_of_equal_floors_the_earlier_wins_and_of_close_ones_the_lower():
    rules = Rules(step=10)
    equal = stands(Stand(1, 1_000, 1, floor=700, floor_seq=5), Stand(2, 900, 2, floor=700, floor_seq=4))
    assert racing.answers(rules, equal) == [(2, 700)]
    close = stands(Stand(1, 1_000, 1, floor=695, floor_seq=5), Stand(2, 900, 2, floor=700, floor_seq=4))
    assert racing.answers(rules, close) == [(1, 695)]


def test_whatever_floors_there_are_their_moves_are_valid_and_settle_it():
    draw = random.Random(7)
    for _ in range(600):
        rules = Rules(step=draw.choice([1, 5, 40]), step_share=draw.choice([0, 0, 50, 300]))
        board = stands(
            *(
                Stand(
                    slot,
                    draw.randint(300, 1_000),
                    slot,
                    floor=draw.choice([None, draw.randint(100, 900)]),
                    floor_seq=draw.randint(10, 99),
                )
                for slot in range(1, draw.randint(3, 7))
            )
        )
        before = racing.leader(board.values())
        for number, (slot, amount) in enumerate(racing.answers(rules, board)):
            assert racing.refusal(rules, board, slot, amount) == ""
            assert amount >= (board[slot].floor or board[slot].amount)
            board = racing.after(board, [(slot, amount, 100 + number)])
        assert racing.answers(rules, board) == []
        after = racing.leader(board.values())
        reach = min(each.reach for each in board.values())
        if after.slot != before.slot or after.amount != before.amount:
            assert board[after.slot].reach == reach


def test_only_taking_the_lead_in_the_last_minutes_gains_time_and_not_for_ever():
    rules = Rules(soft=dt.timedelta(minutes=3), most_extensions=2)

    def until(left: int, *, extensions: int = 0, takes_lead: bool = True) -> dt.datetime | None:
        due = NOON + dt.timedelta(seconds=left)
        return racing.prolonged(rules, due_at=due, at=NOON, extensions=extensions, takes_lead=takes_lead)

    assert until(181) is None
    assert until(180) == until(1) == NOON + dt.timedelta(minutes=3)
    assert until(10, takes_lead=False) is None
    assert until(10, extensions=2) is None


def test_in_rounds_the_dearest_moves_first_and_beats_its_own_price():
    board = [Stand(1, 500, 1), Stand(2, 700, 2), Stand(3, 500, 3)]
    assert racing.turn_order(board) == [2, 3, 1]
    assert racing.ceiling(Rules(is_rounds=True, step=20), stands(*board), 2) == 680


def line(number: int, quantity: str, price: int) -> BidLineInput:
    return BidLineInput(line_id=number, title="x", quantity=Decimal(quantity), price_amount=price)


def test_shares_add_up_by_largest_remainder():
    assert shares([1, 1, 1], 100) == [34, 33, 33]
    assert shares([5, 0, 5], 7) == [4, 0, 3]


def test_a_reduced_total_is_spread_to_the_last_kopeck():
    draw = random.Random(11)
    for _ in range(200):
        lines = [
            line(
                number, draw.choice(["1", "2.5", "10", "0.375", "144", "5000"]), draw.randint(500, 9_000_000)
            )
            for number in range(draw.randint(1, 12))
        ]
        before = sum(line_total(each.price_amount, each.quantity) for each in lines)
        goods = draw.randint(min(before, least_goods(lines)), before)
        made = spread(lines, goods)
        assert sum(line_total(each.price_amount, each.quantity) for each in made.lines) + made.rest == goods
        assert made.rest >= 0
        if any(each.quantity <= 100 for each in lines):
            assert made.rest == 0


def test_each_line_falls_by_the_same_share():
    made = spread([line(1, "2", 1_000_000), line(2, "10", 400_000)], 54_000)
    assert [each.price_amount for each in made.lines] == [900_000, 360_000]
    assert made.rest == 0
