"""An auction from its start to the bids that it leaves, on the database."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from buyer_requests import services
from buyer_requests.auctioning import log, moving, watching
from buyer_requests.errors import AuctionRuns
from buyer_requests.models import Auction, AuctionEvent, Bid, BidRevision
from buyer_requests.services.publishing import close_due_requests
from notifications.models import Notification
from tests.factories.accounts import OperatorFactory
from tests.factories.buyer_requests import make_bid, make_open, pass_deadline
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db


def kinds(auction: Auction) -> list[str]:
    return list(auction.events.values_list("kind", flat=True))


def test_the_best_price_wins_and_becomes_the_bid(race):
    run = race()
    assert run.prices() == [(2, 2_750.0), (1, 2_900.0), (0, 3_050.0)]
    assert run.bid(0, 2_740).code == ""
    assert run.bid(1, 2_735).code == "too_high"
    assert run.bid(1, 2_700.05).code == ""
    run.ends_in(-1)
    assert run.bid(0, 2_000).code == "late"
    auction = run.auction
    assert (auction.state, run.prices()[0]) == ("over", (1, 2_700.05))
    revision = BidRevision.objects.get(bid__vendor=run.vendors[1], origin="auction")
    goods = [round(line["price"] * float(line["quantity"]) / 100) for line in revision.content["lines"]]
    assert sum(goods) + revision.content["delivery_price"] // 100 == 270_005
    assert not BidRevision.objects.filter(bid__vendor=run.vendors[2], origin="auction").exists()
    assert log.first_broken([{**log.told(e), "hash": e.hash} for e in auction.events.all()]) is None
    told = Notification.objects.filter(kind="auction.result")
    assert [row.user_id for row in told] == [run.request.buyer_id]


def test_a_changed_log_is_found_out(race):
    run = race()
    run.bid(0, 2_740)
    run.bid(1, 2_720)
    events = [{**log.told(each), "hash": each.hash} for each in run.auction.events.all()]
    assert log.first_broken(events) is None
    events[-2]["amount"] -= 10_000
    assert log.first_broken(events) == events[-2]["seq"]
    assert log.first_broken(events[:2] + events[3:]) == 4


def test_the_same_key_is_the_same_move(race):
    run = race()
    first = run.bid(0, 2_740, key="k1")
    again = run.bid(0, 2_740, key="k1")
    assert (again.pk, kinds(run.auction).count("bid")) == (first.pk, 1)


def test_a_price_in_the_last_minutes_gains_time_and_a_late_one_is_refused(race):
    run = race(soft_minutes=3, most_extensions=1)
    run.ends_in(60)
    assert run.bid(0, 2_740).code == ""
    left = (run.lot.due_at - timezone.now()).total_seconds()
    assert (run.lot.extensions, 175 < left <= 180) == (1, True)
    run.ends_in(60)
    assert run.bid(1, 2_700).code == ""
    assert run.lot.extensions == 1
    assert (run.lot.due_at - timezone.now()).total_seconds() < 61


def test_floors_answer_at_once_and_are_shown_to_nobody(race):
    run = race()
    assert run.floor(0, 2_500).code == ""
    assert run.prices()[0] == (0, 2_740.0)
    run.bid(1, 2_600)
    assert run.prices()[0] == (0, 2_590.0)
    run.bid(1, 2_505)
    assert run.prices()[0] == (1, 2_505.0)
    assert kinds(run.auction).count("auto") == 2
    shown = str(list(run.auction.events.values())) + str(list(run.lot.standings.values()))
    assert "25000000" not in shown


def test_nothing_is_given_or_shown_before_the_end(race):
    run = race()
    line = run.request.lines.first()
    bid = Bid.objects.get(vendor=run.vendors[0])
    with pytest.raises(AuctionRuns):
        services.award_request(buyer=run.request.buyer, request=run.request, choice={line.pk: bid.pk})


def test_with_one_bid_it_is_not_held(db):
    request = make_open()
    Auction.objects.create(request=request, pause_minutes=0)
    make_bid(request, VendorFactory(), {1: 10, 2: 10})
    make_bid(request, VendorFactory(), {1: 10})  # not all lines
    pass_deadline(request)
    close_due_requests()
    watching.settle_due()
    auction = Auction.objects.get()
    assert (auction.state, auction.void_reason, kinds(auction)) == ("void", "few", ["void"])


def test_in_rounds_bidders_move_in_turn_from_the_dearest_on(race):
    run = race(form="rounds", rounds=2, turn_minutes=2)
    assert run.bid(0, 2_700).code == "not_your_turn"
    run.ends_in(-0.01)
    watching.settle_due()
    assert [run.lot.order[0], run.lot.round] == [run.slot(0), 1]
    assert run.bid(1, 2_700).code == "not_your_turn"
    assert run.bid(0, 3_045).code == "too_high"
    assert run.bid(0, 2_000).code == ""
    run.ends_in(-0.01)
    assert run.bid(1, 2_700).code == "not_your_turn"  # that turn was over before
    assert run.bid(2, 2_600).code == ""
    assert (run.lot.round, run.lot.order) == (2, [run.slot(1), run.slot(2), run.slot(0)])
    for _ in range(3):
        run.ends_in(-0.01)
        watching.settle_due()
    assert (run.auction.state, run.prices()) == ("over", [(0, 2_000.0), (2, 2_600.0), (1, 2_900.0)])


def test_a_slip_is_annulled_with_what_only_answered_it(race):
    run = race()
    run.floor(2, 1_000)
    slip = run.bid(0, 1_500)
    assert run.prices()[0] == (2, 1_490.0)
    with pytest.raises(AuctionRuns):
        moving.annul_move(operator=OperatorFactory(), request=run.request, seq=slip.seq + 1, reason="x")
    moving.annul_move(operator=OperatorFactory(), request=run.request, seq=slip.seq, reason="a digit too few")
    assert run.prices() == [(2, 2_750.0), (1, 2_900.0), (0, 3_050.0)]
    assert AuctionEvent.objects.filter(kind="annul").get().data["void"] == [slip.seq, slip.seq + 1]


def test_a_pause_keeps_the_time_that_is_left(race):
    run = race(duration_minutes=30)
    operator = OperatorFactory()
    run.ends_in(600)
    moving.pause_auction(operator=operator, request=run.request, reason="power cut")
    assert run.bid(0, 2_740).code == "paused"
    moving.resume_auction(operator=operator, request=run.request)
    assert 590 < (run.lot.due_at - timezone.now()).total_seconds() <= 600
    assert run.bid(0, 2_740).code == ""


def test_after_an_outage_everybody_gets_time(race):
    run = race()
    Auction.objects.update(seen_at=timezone.now() - dt.timedelta(minutes=20))
    run.ends_in(-300)
    watching.settle_due()
    assert run.auction.state == "running"
    assert 590 < (run.lot.due_at - timezone.now()).total_seconds() <= 600
    watching.settle_due()
    assert kinds(run.auction).count("longer") == 1


def test_an_auction_at_once_takes_in_who_bids(db):
    request = make_open()
    Auction.objects.create(request=request, timing="once", step_kind="amount", step_amount=10_000)
    first, second = VendorFactory(), VendorFactory()
    make_bid(request, first, {1: 1_000_000, 2: 100_000})
    make_bid(request, second, {1: 900_000, 2: 100_000})
    with pytest.raises(AuctionRuns):
        services.withdraw_bid(vendor=first, request=request)
    event = moving.place_bid(vendor=first, request=request, lot=1, amount=2_500_000, key="")
    assert (event.code, Auction.objects.get().bidders.count()) == ("", 2)


def test_lines_are_raced_for_one_by_one(race):
    run = race(subject="lines", step_amount=10_000)
    assert run.bid(0, 899, lot=1).code == ""
    assert run.bid(1, 89, lot=2).code == ""
    run.ends_in(-1)
    watching.settle_due()
    prices = dict(Bid.objects.get(vendor=run.vendors[0]).lines.values_list("line__position", "price_amount"))
    assert prices == {1: 8_990_000, 2: 1_000_000}


def test_the_clock_of_the_process_counts_for_nothing(race, time_machine):
    run = race()
    slept = []
    run.ends_in(3)
    time_machine.move_to(timezone.now() + dt.timedelta(hours=5), tick=True)
    watching.watch_auctions(seconds=1, sleep=slept.append, monotonic=iter([0, 0.1, 0.2, 2, 2, 2]).__next__)
    assert slept == []
