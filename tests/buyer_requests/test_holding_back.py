"""What a day's number and a held request keep from happening: bids beyond it, other buyers, news to vendors."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from buyer_requests import services
from buyer_requests.bidding.enums import Origin
from buyer_requests.errors import UnknownRequest
from buyer_requests.models import (
    Auction,
    Bid,
    BidRevision,
    PoolMember,
    StandingFind,
    StandingTerms,
)
from buyer_requests.pooling import selectors
from buyer_requests.selectors.visibility import visible_to
from buyer_requests.services.bids import BidTerms
from buyer_requests.standing.telling import tell_due
from buyer_requests.trust import holding, limits
from buyer_requests.trust.enums import HoldCause
from core.errors import TooMany
from notifications.models import Notification
from tests.buyer_requests.pooling.test_joining import make_pool, take
from tests.factories.accounts import OperatorFactory, UserFactory
from tests.factories.buyer_requests import bid_line, make_bid, make_draft, make_member, make_open
from tests.factories.catalog import OfferFactory
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db


def test_a_vendors_people_send_a_days_number_of_bids_and_its_rules_are_not_counted(monkeypatch, sign_in):
    monkeypatch.setattr(limits, "BIDS", "1/d")
    request, vendor, other = make_open(), VendorFactory(), VendorFactory()
    make_bid(request, vendor, {1: 100_0000})
    with pytest.raises(TooMany):
        make_bid(request, vendor, {1: 90_0000})
    assert BidRevision.objects.count() == 1
    make_bid(request, other, {1: 95_0000})
    services.send_bid(
        vendor=vendor,
        user=None,
        request=request,
        lines=[bid_line(request, 1, 80_0000)],
        terms=BidTerms(),
        origin=Origin.RULE,
    )
    assert Bid.objects.get(vendor=vendor).revision == 2
    line = request.lines.get(position=1)
    answer = sign_in(make_member(vendor)).post(
        reverse("requests_desk:detail", args=[vendor.slug, request.public_id]),
        {
            "currency": "UAH",
            "send": "1",
            f"line-{line.pk}-include": "on",
            f"line-{line.pk}-title": "Степлер синій",
            f"line-{line.pk}-quantity": "2",
            f"line-{line.pk}-price": "70",
        },
    )
    assert (answer.status_code, answer["Retry-After"].isdigit()) == (429, True)
    assert "Степлер синій" in answer.content.decode()
    assert Bid.objects.get(vendor=vendor).revision == 2


def test_a_pool_that_is_held_back_is_there_for_its_participants_alone(sign_in, client):
    request = make_pool()
    known = take(request, 25).user
    holding.hold(request, HoldCause.LOOK, [])
    assert not selectors.joinable().exists()
    page = reverse("requests:pool", args=[request.pool.code])
    assert client.get(page).status_code == 404
    stranger = UserFactory()
    assert sign_in(stranger).get(page).status_code == 404
    with pytest.raises(UnknownRequest):
        take(request, 30, user=stranger)
    assert PoolMember.objects.count() == 2
    assert sign_in(known).get(page).status_code == 200
    assert sign_in(request.buyer).get(page).status_code == 200
    take(request, 40, user=known)
    holding.decide(operator=OperatorFactory(), request=request, releases=True, reason="Усе гаразд")
    assert selectors.joinable().count() == 1
    take(request, 30, user=stranger)
    assert request.lines.get().quantity == 60 + 40 + 30


def test_auctions_and_standing_requests_that_are_held_back_are_told_and_shown_to_no_vendor(sign_in, drain):
    offer = OfferFactory(title="Степлер металевий", price_amount=100_0000)
    vendor, person = offer.vendor, make_member(offer.vendor)
    for terms in (Auction, StandingTerms):
        draft = make_draft()
        terms.objects.create(request=draft)
        request = services.publish_request(buyer=draft.buyer, request=draft)
        holding.hold(request, HoldCause.LOOK, [])
        drain()
        later = timezone.now() + dt.timedelta(days=40)
        find = StandingFind.objects.first()
        if find is not None:
            StandingFind.objects.update(is_vendor_news=True, vendor_told_at=request.published_at)
        tell_due(now=later)
        assert not Notification.objects.filter(user=person).exists()
        assert not visible_to(vendor).exists()
        for name in ("detail", "auction"):
            page = reverse(f"requests_desk:{name}", args=[vendor.slug, request.public_id])
            assert sign_in(person).get(page).status_code == 404
    assert StandingFind.objects.filter(is_vendor_news=True).count() == 1
    holding.decide(operator=OperatorFactory(), request=request, releases=True, reason="Усе гаразд")
    tell_due(now=later)
    assert list(Notification.objects.filter(user=person).values_list("kind", flat=True)) == [
        "standing.renewed"
    ]
