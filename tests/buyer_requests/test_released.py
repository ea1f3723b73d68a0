"""A request that was held back and released: nobody who was to hear of it, or has bid on it, has lost it meanwhile."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from buyer_requests import services
from buyer_requests.consumer import handle
from buyer_requests.models import Bid, Hearing, Parcel, Reach, VendorNotice, WaitingVendor
from buyer_requests.services import LineInput, notices
from buyer_requests.telling import parcels, turns
from buyer_requests.telling.enums import HearingRhythm
from buyer_requests.trust import holding
from buyer_requests.trust.enums import HoldCause
from notifications.models import Notification
from tests.buyer_requests.test_bidding_rules import make_rule, stapler
from tests.factories.accounts import OperatorFactory
from tests.factories.buyer_requests import make_bid, make_member, make_open
from tests.factories.catalog import OfferFactory
from tests.factories.vendors import MembershipFactory, VendorFactory
from vendors.enums import VendorState

pytestmark = pytest.mark.django_db

LINES = [LineInput(text="Степлер металевий", quantity=Decimal(1))]


def states():
    return list(VendorNotice.objects.order_by("pk").values_list("state", flat=True))


def release(request, drain):
    holding.decide(operator=OperatorFactory(), request=request, releases=True, reason="Усе гаразд")
    drain()


def test_who_was_noted_and_not_told_is_told_after_the_release(drain):
    person = make_member(OfferFactory(title="Степлер металевий").vendor)
    request = make_open(lines=LINES)
    handle([{"topic": "published", "request": request.pk}])
    holding.hold(request, HoldCause.REPORTS, [])
    drain()
    assert (states(), Notification.objects.filter(user=person).count()) == (["new"], 0)
    release(request, drain)
    assert (states(), Notification.objects.get(user=person).kind) == (["told"], "request.fits")


def test_whoever_waits_has_a_turn_after_the_release_unless_suspended_since(drain, monkeypatch):
    monkeypatch.setattr(turns, "AT_ONCE", 2)
    monkeypatch.setattr(notices, "WAVE", 2)
    offers = [OfferFactory(title="Степлер металевий") for _ in range(4)]
    request = make_open(lines=LINES)
    drain()
    assert (VendorNotice.objects.count(), WaitingVendor.objects.count()) == (2, 2)
    holding.hold(request, HoldCause.REPORTS, [])
    first = Reach.objects.get().next_at
    assert turns.give_turns(now=first) == 0
    assert Reach.objects.get().next_at == first + turns.PAUSE
    gone = offers[3].vendor
    gone.state = VendorState.SUSPENDED
    gone.save(update_fields=["state"])
    release(request, drain)
    assert turns.give_turns(now=first + turns.PAUSE) == 1
    assert (VendorNotice.objects.count(), WaitingVendor.objects.count()) == (3, 0)


def test_more_time_gives_those_who_wait_a_turn():
    offer = OfferFactory()
    request = make_open(lines=LINES)
    WaitingVendor.objects.create(request=request, vendor=offer.vendor, reason="match", place=1)
    Reach.objects.create(request=request, next_at=None)
    services.move_deadline(
        buyer=request.buyer, request=request, deadline_at=request.deadline_at + dt.timedelta(days=1)
    )
    assert Reach.objects.get().next_at is not None


def test_a_collection_keeps_what_is_held_back(drain):
    offer = OfferFactory(title="Степлер металевий")
    person = make_member(offer.vendor)
    Hearing.objects.create(
        vendor=offer.vendor, rhythm=HearingRhythm.EVERY, every_minutes=30, quiet_from=0, quiet_to=0
    )
    held, _other = make_open(lines=LINES), make_open(lines=LINES)
    drain()
    holding.hold(held, HoldCause.REPORTS, [])
    later = timezone.now() + dt.timedelta(hours=1)
    assert (parcels.send_due(now=later), sorted(states())) == (1, ["collected", "told"])
    later += parcels.HELD
    assert parcels.send_due(now=later) == 0
    release(held, drain)
    assert parcels.send_due(now=later + parcels.HELD) == 1
    assert (states(), Parcel.objects.filter(sent_at=None).count()) == (["told", "told"], 0)
    letters = Notification.objects.filter(user=person, kind=parcels.KIND).order_by("pk")
    assert [letter.params["count"] for letter in letters] == [1, 1]


def test_rules_do_not_bid_on_what_is_held_back_and_do_once_it_is_released(drain):
    vendor = VendorFactory()
    stapler(vendor)
    request = make_open(lines=LINES)
    drain()
    holding.hold(request, HoldCause.REPORTS, [])
    make_rule(vendor)
    drain()
    assert not Bid.objects.exists()
    release(request, drain)
    assert Bid.objects.get().vendor == vendor


def test_who_bid_on_a_request_that_is_reopened_is_told_so(drain):
    request = make_open(lines=LINES)
    person = MembershipFactory()
    make_bid(request, person.vendor, {1: 10_000})
    holding.hold(request, HoldCause.REPORTS, [])
    holding.decide(operator=OperatorFactory(), request=request, releases=False, reason="Реклама")
    holding.appeal(buyer=request.buyer, request=request, text="Ми справді купуємо.")
    release(request, drain)
    told = Notification.objects.filter(user=person.user).order_by("pk").values_list("kind", flat=True)
    assert list(told) == ["request.cancelled", "request.reopened"]


def test_a_collection_waits_for_a_vendor_that_is_suspended(drain):
    vendor = OfferFactory(title="Степлер металевий").vendor
    person = make_member(vendor)
    Hearing.objects.create(
        vendor=vendor, rhythm=HearingRhythm.EVERY, every_minutes=30, quiet_from=0, quiet_to=0
    )
    make_open(lines=LINES)
    drain()
    later = timezone.now() + dt.timedelta(hours=1)
    for state, sent in ((VendorState.SUSPENDED, 0), (VendorState.APPROVED, 1)):
        vendor.state = state
        vendor.save(update_fields=["state"])
        assert parcels.send_due(now=later) == sent
        later += parcels.HELD
    assert Notification.objects.filter(user=person, kind=parcels.KIND).count() == 1
