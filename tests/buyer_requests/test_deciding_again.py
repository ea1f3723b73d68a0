"""Lines that came free: who may have them, who may not, and what still holds of the rest."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from buyer_requests import quality, services
from buyer_requests.bidding import counters
from buyer_requests.deciding import passing
from buyer_requests.deciding.enums import AwardState
from buyer_requests.enums import RequestState
from buyer_requests.errors import (
    AlreadyAwarded,
    AwardNotWaiting,
    BidNotSent,
    CounterIncomplete,
    RequestNotOpen,
)
from buyer_requests.models import Award, BidLine, BuyerRequest
from buyer_requests.selectors import proposals
from buyer_requests.selectors.comparison import comparison_of
from buyer_requests.selectors.desk import bids_of
from buyer_requests.services import awards, messages
from notifications.models import Notification
from tests.factories.buyer_requests import make_bid, make_member, make_open
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db


def parted():
    """The line of 10 in parts: 4 with the first vendor, 6 with the second; a third waits aside, the dearest."""
    request = make_open()
    bids = [make_bid(request, VendorFactory(), {2: price}) for price in (900_000, 950_000, 990_000)]
    BidLine.objects.filter(bid__request=request).update(is_divisible=True)
    line = request.lines.get(position=2).pk
    return request, line, *bids


def give(request, line, *parts, **values):
    choice = {line: tuple((bid.pk, Decimal(quantity)) for bid, quantity in parts)}
    return services.award_request(buyer=request.buyer, request=request, choice=choice, **values)


def answer(bid, *, accepts):
    services.answer_award(
        vendor=bid.vendor, user=make_member(bid.vendor), request=bid.request, accepts=accepts
    )


def test_two_parts_that_expire_at_once_pass_to_whoever_has_it_all_and_stop_nobody_else():
    request, line, one, two, third = parted()
    closed = make_bid(request, VendorFactory(), {2: 910_000})
    closed.vendor.state = "suspended"
    closed.vendor.save(update_fields=["state"])
    BidLine.objects.filter(bid=closed).update(is_divisible=True)
    give(request, line, (one, 4), (two, 6), passes_on=True)
    Award.objects.update(answer_by=timezone.now() - dt.timedelta(seconds=1))
    assert services.expire_awards() == 2
    live = Award.objects.filter(state=AwardState.WAITING)
    assert [(award.bid_id, award.quantity) for award in live] == [(third.pk, 10)]  # both parts
    request.refresh_from_db()
    assert (request.state, services.expire_awards()) == (RequestState.AWARDED, 0)
    Award.objects.update(answer_by=timezone.now() - dt.timedelta(seconds=1))
    assert services.expire_awards() == 1
    request.refresh_from_db()
    assert request.state == RequestState.CLOSED  # nobody is left


def test_expiry_is_told_in_as_many_statements_for_many_vendors_as_for_one():
    counts = []
    for vendors in (1, 4):
        request, line, *bids = parted()
        bids.append(make_bid(request, VendorFactory(), {2: 980_000}))
        BidLine.objects.filter(bid__request=request).update(is_divisible=True)
        awards = give(request, line, *((bid, 2) for bid in bids[:vendors]))
        with CaptureQueriesContext(connection) as statements:
            messages.tell_of_expiry(request, awards)
        counts.append(len(statements))
        late = Notification.objects.filter(kind="bid.late", url__contains=str(request.public_id))
        ended = Notification.objects.filter(kind="award.expired", user=request.buyer)
        assert (late.count(), ended.count()) == (vendors, vendors)
    assert counts[0] == counts[1]


def test_a_request_that_cannot_expire_stops_no_other(monkeypatch):
    (broken, line, one, *_), (request, other, two, *_rest) = parted(), parted()
    give(broken, line, (one, 4))
    give(request, other, (two, 4))
    Award.objects.update(answer_by=timezone.now() - dt.timedelta(seconds=1))
    tell = messages.tell_of_expiry

    def told(about, late):
        if about.pk == broken.pk:
            raise OverflowError
        tell(about, late)

    monkeypatch.setattr("buyer_requests.services.messages.tell_of_expiry", told)
    assert services.expire_awards() == 1
    assert Award.objects.get(request=broken).state == AwardState.WAITING
    assert Award.objects.get(request=request).state == AwardState.EXPIRED


def test_what_is_left_of_a_line_is_no_second_award_of_the_same_bid(sign_in):
    request, line, one, two, third = parted()
    for parts in ([(one, "3"), (one, "2")], [(one, "0.0001")]):
        url = reverse("requests:award", args=[request.public_id])
        told = ",".join(f"{bid.public_id}={quantity}" for bid, quantity in parts)
        sent = sign_in(request.buyer).post(url, {f"line-{line}": told, "confirm": "1"})
        assert sent.status_code in {302, 409}
    assert [award.quantity for award in Award.objects.all()] == [Decimal(5)]
    Award.objects.all().delete()
    BuyerRequest.objects.update(state=RequestState.CLOSED)
    with pytest.raises(BidNotSent):
        give(request, line, (one, "0.0004"))
    give(request, line, (one, 4), (two, 6))
    answer(one, accepts=True)
    answer(two, accepts=False)
    request.refresh_from_db()
    comparison = comparison_of(request)
    assert comparison.best_per_line.choice == {line: ((third.pk, Decimal(6)),)}
    assert [quote.seller for quote in proposals.problem_of(comparison, proposals.Wishes()).quotes] == [
        third.pk
    ]
    page = sign_in(request.buyer).post(
        reverse("requests:award", args=[request.public_id]), {"mode": f"bid:{third.public_id}"}
    )
    assert page.context["way"].choice == {line: ((third.pk, Decimal(6)),)}
    with pytest.raises(AlreadyAwarded):
        give(request, line, (one, 6))
    give(request, line, (two, 6))  # by hand it may be given again


def test_a_request_with_live_awards_is_not_cancelled_and_its_prices_stay():
    request, line, one, two, third = parted()
    BidLine.objects.filter(bid=two).update(quantity=Decimal(500_000))
    with pytest.raises(CounterIncomplete):  # 0.0001 each is 50.00
        counters.make_counter_offer(user=request.buyer, bid=two, price_amount=10_000)
    counters.make_counter_offer(user=request.buyer, bid=one, line_id=line, price_amount=890_000)
    assert [talk.waiting is not None for talk in counters.talks_about(one)] == [True]
    give(request, line, (one, 4), (two, 6))
    answer(one, accepts=True)
    answer(two, accepts=False)
    one.request.refresh_from_db()
    assert [talk.waiting for talk in counters.talks_about(one)] == [None]
    for about in (line, None):
        with pytest.raises(RequestNotOpen):
            counters.make_counter_offer(user=request.buyer, bid=one, line_id=about, price_amount=800_000)
    counters.make_counter_offer(user=request.buyer, bid=third, line_id=line, price_amount=800_000)
    with pytest.raises(AlreadyAwarded):
        services.cancel_request(buyer=request.buyer, request=request)
    give(request, line, (third, 6))
    BuyerRequest.objects.update(state=RequestState.CANCELLED)
    Award.objects.update(answer_by=timezone.now() - dt.timedelta(seconds=1))
    assert services.expire_awards() == 0
    Award.objects.update(answer_by=timezone.now() + dt.timedelta(days=1))
    with pytest.raises(AwardNotWaiting):
        answer(third, accepts=False)
    request.refresh_from_db()
    assert request.state == RequestState.CANCELLED


def test_declined_awards_speak_against_a_vendor_and_waiting_ones_say_nothing():
    request, line, one, two, third = parted()
    give(request, line, (one, 3), (two, 3), (third, 4))
    answer(one, accepts=True)
    answer(two, accepts=False)
    found = quality.awards(None)
    assert {vendor: (each.share, each.cases) for vendor, each in found.items()} == {
        one.vendor_id: (1.0, 1),
        two.vendor_id: (0.0, 1),
    }
    assert [bids_of(bid.vendor).get().won_count for bid in (one, two, third)] == [1, 0, 1]


def test_a_decline_waits_for_no_large_question_and_for_none_that_breaks(monkeypatch):
    request, line, one, two, third = parted()
    give(request, line, (one, 10), passes_on=True)
    monkeypatch.setattr(awards, "AT_ONCE", 1)
    answer(one, accepts=False)
    assert Award.objects.get().passed_at is None  # left to the sweep
    services.expire_awards()
    assert Award.objects.get(state=AwardState.WAITING).bid == two
    monkeypatch.setattr(awards, "AT_ONCE", 150)
    monkeypatch.setattr(passing, "_chosen", lambda question: 1 / 0)
    answer(two, accepts=False)
    assert Award.objects.get(bid=two).state == AwardState.DECLINED
    monkeypatch.undo()
    services.expire_awards()
    assert Award.objects.get(state=AwardState.WAITING).bid == third
