"""An auction that breaks, pauses, repeated moves and readers: each harms nobody else."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from buyer_requests import services
from buyer_requests.auctioning import moving, streaming, watching
from buyer_requests.auctioning.telling import Reader
from buyer_requests.errors import AuctionRuns
from buyer_requests.models import Auction, Bid, BidLine, BuyerRequest, Proposal
from buyer_requests.services import proposals
from buyer_requests.services.publishing import close_due_requests
from core.money import line_total
from notifications.models import Notification
from tests.factories.accounts import OperatorFactory
from tests.factories.buyer_requests import pass_deadline
from vendors.models import Membership

pytestmark = pytest.mark.django_db


def test_an_auction_that_cannot_be_settled_after_an_outage_holds_no_other_back(race, monkeypatch):
    broken, due = race(), race(start=False)
    Auction.objects.filter(pk=broken.auction.pk).update(seen_at=timezone.now() - dt.timedelta(minutes=5))
    settle = watching.settle_one

    def settle_one(request_id):
        if request_id == broken.request.pk:
            raise RuntimeError("broken")
        settle(request_id)

    monkeypatch.setattr(watching, "settle_one", settle_one)
    due.request.deadline_at = timezone.now() - dt.timedelta(seconds=1)
    due.request.save(update_fields=["deadline_at"])
    watching.settle_due()
    assert due.auction.state == "running"


def test_a_pause_of_some_minutes_is_no_outage(race, time_machine, monkeypatch):
    run, operator, now = race(), OperatorFactory(), timezone.now()
    run.ends_in(300)
    moving.pause_auction(operator=operator, request=run.request, reason="power cut")
    later = now + dt.timedelta(minutes=5)
    monkeypatch.setattr(moving, "locked_request", lambda pk: (BuyerRequest.objects.get(pk=pk), later))
    moving.resume_auction(operator=operator, request=run.request)
    ends = run.lot.due_at
    monkeypatch.setattr(watching, "database_now", lambda: later)
    monkeypatch.setattr(watching, "locked_request", moving.locked_request)
    watching.settle_due()
    assert (run.lot.due_at, run.auction.events.filter(kind="longer").count()) == (ends, 0)


def test_a_key_that_was_used_for_another_price_is_refused(race):
    run = race()
    first = run.bid(0, 2_740, key="k")
    assert run.bid(0, 2_740, key="k").pk == first.pk
    with pytest.raises(AuctionRuns) as refused:
        run.bid(0, 2_700, key="k")
    assert (refused.value.code, run.prices()[0]) == ("key_used", (0, 2_740.0))


def test_the_log_of_an_ended_auction_is_final(race):
    run = race()
    run.ends_in(-1)
    watching.settle_due()
    head = run.auction.head
    with pytest.raises(AuctionRuns) as refused:
        run.bid(0, 2_000)
    assert (refused.value.code, run.auction.head) == ("not_running", head)
    with pytest.raises(AuctionRuns):
        run.floor(0, 2_000)
    assert run.auction.head == head


def test_a_cancelled_auction_s_log_names_nobody_to_the_buyer(race, client):
    run = race()
    services.cancel_request(buyer=run.request.buyer, request=run.request)
    watching.settle_due()
    assert run.auction.state == "void"
    client.force_login(run.request.buyer)
    log = client.get(reverse("requests:auction_log", args=[run.request.public_id])).json()
    assert [each["vendor"] for each in log["bidders"]] == ["", "", ""]


def test_auctions_of_days_ahead_are_not_read(race, monkeypatch):
    run, asked = race(start=False), []
    start_of = watching.start_of
    monkeypatch.setattr(
        watching, "start_of", lambda request, auction: asked.append(1) or start_of(request, auction)
    )
    assert (watching._moments(timezone.now()), asked) == ([], [])
    run.request.deadline_at = timezone.now() - dt.timedelta(seconds=1)
    run.request.save(update_fields=["deadline_at"])
    assert [pk for pk, _due in watching._moments(timezone.now())] == [run.request.pk]


def test_only_who_qualifies_is_told_to_take_part_and_all_of_an_auction_that_is_not_held(race):
    run = race(start=False)
    for vendor in run.vendors[1:]:
        BidLine.objects.filter(bid__vendor=vendor, line__position=2).delete()
    pass_deadline(run.request)
    close_due_requests()
    told = Notification.objects.exclude(user=run.request.buyer)
    owners = [Membership.objects.get(vendor=vendor).user_id for vendor in run.vendors]
    planned = told.filter(kind="auction.planned").values_list("user", flat=True)
    left_out = told.filter(kind="auction.left_out").values_list("user", flat=True)
    assert (list(planned), sorted(left_out)) == ([owners[0]], sorted(owners[1:]))
    watching.settle_due()
    assert run.auction.void_reason == "few"
    assert sorted(told.filter(kind="auction.not_held").values_list("user", flat=True)) == sorted(owners)


def test_a_stream_without_a_place_begins_where_the_page_was_drawn_and_streams_are_counted(race, client):
    run = race()
    run.bid(0, 2_740)
    client.force_login(run.request.buyer)
    here = reverse("requests:auction_live", args=[run.request.public_id])
    assert 'data: {"seq' not in client.get(here).content.decode()
    assert 'data: {"seq' in client.get(here, headers={"Last-Event-ID": "4"}).content.decode()


def test_a_person_and_a_process_hold_so_many_streams():
    hub = streaming.Hub()
    hub.watchers = {streaming.Watcher(Reader(1, None, person=7)) for _ in range(streaming.MOST_OF_A_PERSON)}
    assert (hub.has_room(Reader(1, None, person=7)), hub.has_room(Reader(1, None, person=8))) == (False, True)


def test_a_price_for_the_whole_is_not_picked_apart(race):
    run = race()
    run.bid(0, 2_740)
    run.ends_in(-1)
    watching.settle_due()
    bid = Bid.objects.get(vendor=run.vendors[0])
    asked = sum(line_total(line.price_amount, line.quantity) for line in bid.lines.all())
    assert bid.minimum_order == asked * 100
    assert Bid.objects.get(vendor=run.vendors[1]).minimum_order is None  # its price was not lowered there


def test_nothing_is_proposed_before_the_auction_is_over(race):
    run = race(start=False, pause_minutes=30)
    pass_deadline(run.request)
    close_due_requests()
    proposals.propose_for_closed()
    assert not Proposal.objects.exists()
