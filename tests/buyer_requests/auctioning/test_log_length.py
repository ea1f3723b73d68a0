"""Everybody reads an auction's log: no bidder makes it as long as he likes, and the page of its end stays short."""

from __future__ import annotations

import pytest

from buyer_requests.auctioning import moving, replay, watching
from buyer_requests.errors import AuctionRuns

pytestmark = pytest.mark.django_db


def test_refused_moves_are_bounded_and_the_price_stands(race, monkeypatch):
    monkeypatch.setattr(moving, "MOST_REFUSED", 2)
    run = race()
    assert [run.bid(0, 1_000_000).code, run.bid(0, 1_000_000).code] != ["", ""]
    head = run.auction.head
    with pytest.raises(AuctionRuns) as refused:
        run.bid(0, 2_740)
    assert (refused.value.code, run.auction.head) == ("too_many_moves", head)
    assert run.bid(1, 2_740).code == ""  # nobody else is held up by it


def test_the_page_shows_the_last_moves_and_says_how_many_there_were(race, monkeypatch):
    monkeypatch.setattr(replay, "MOVES_SHOWN", 2)
    run = race()
    run.bid(0, 2_740)
    run.ends_in(-1)
    watching.settle_due()
    told = replay.replay_of(run.auction, {}, with_reserve=False)[0]
    every = [event["seq"] for event in replay.download_of(run.auction, {})["events"] if event["lot"] == 1]
    assert [move.event.seq for move in told.moves] == every[-2:]
    assert told.left_out == len(every) - 2 > 0
