"""A person's requests in the export, and what stays after erasure."""

from __future__ import annotations

from unittest.mock import Mock

import pytest
from django.utils import timezone

from buyer_requests import personal_data, tasks
from buyer_requests.models import Bid, BidRevision, BuyerRequest
from tests.factories.accounts import UserFactory
from tests.factories.buyer_requests import make_bid, make_draft, make_member, make_open
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db


def test_export_holds_ones_own_requests_only():
    request = make_open(notes="Дзвоніть після обіду")
    make_open()
    (own,) = personal_data.export(request.buyer)["requests"]
    assert (own["title"], own["notes"], len(own["lines"])) == ("Канцтовари", "Дзвоніть після обіду", 2)


def test_erasing_cancels_open_requests_and_takes_what_is_personal():
    buyer = UserFactory()
    make_draft(buyer)
    request = make_open(buyer, notes="Дзвоніть", place="вул. Моя, 1")
    make_bid(request, VendorFactory(), {1: 100})
    personal_data.erase(buyer)
    left = BuyerRequest.objects.get()
    assert (left.pk, left.state) == (request.pk, "cancelled")
    assert (left.notes, left.place, left.name_hidden) == ("", "", True)


def test_where_bids_were_sent_from_goes_with_the_request_and_with_the_person():
    vendor = VendorFactory()
    first = make_member(vendor)
    open_one, ended = make_open(), make_open()
    for request in (open_one, ended):
        bid = make_bid(request, vendor, {1: 100})
        BidRevision.objects.filter(bid=bid).update(sender="a" * 32)
    BuyerRequest.objects.filter(pk=ended.pk).update(state="closed")
    tasks.tidy()
    assert BidRevision.objects.exclude(sender="").get().bid.request_id == open_one.pk
    Bid.objects.update(sent_by=make_member(vendor))  # a colleague revised it since
    personal_data.erase(first)
    assert not BidRevision.objects.exclude(sender="").exists()


def test_a_step_of_the_sweep_that_breaks_holds_no_other_back(monkeypatch):
    request = make_open()
    BuyerRequest.objects.filter(pk=request.pk).update(
        deadline_at=timezone.now() - timezone.timedelta(hours=1)
    )
    proposed: list[bool] = []
    monkeypatch.setattr(
        tasks, "expire_counter_offers", Mock(side_effect=ValueError("broken"), __name__="expire")
    )
    monkeypatch.setattr(tasks.proposals, "propose_for_closed", lambda: proposed.append(True))
    with pytest.raises(ValueError, match="broken"):
        tasks.close_due()
    assert (BuyerRequest.objects.get().state, proposed) == ("closed", [True])
