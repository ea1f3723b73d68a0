"""A person's requests in the export, and what stays after erasure."""

from __future__ import annotations

import pytest

from buyer_requests import personal_data
from buyer_requests.models import BuyerRequest
from tests.factories.accounts import UserFactory
from tests.factories.buyer_requests import make_bid, make_draft, make_open
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
