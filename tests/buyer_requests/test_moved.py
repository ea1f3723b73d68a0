"""A vendor that delivers elsewhere is matched anew: by one fact with its change, and offers in small ones after it."""

from __future__ import annotations

import pytest

from buyer_requests.matching import moved
from buyer_requests.models import LineMatch
from buyer_requests.services import LineInput
from core.models import OutboxEntry
from tests.factories.accounts import UserFactory
from tests.factories.buyer_requests import make_open
from tests.factories.catalog import OfferFactory
from tests.factories.vendors import VendorFactory
from vendors.models import PickupPoint
from vendors.services import update_vendor

pytestmark = pytest.mark.django_db


def test_other_regions_days_and_points_of_a_vendor_match_its_offers_again(drain):
    vendor = VendorFactory(region="UA-30", delivery_regions=["UA-51"])
    offer = OfferFactory(vendor=vendor, title="Степлер")
    request = make_open(lines=[LineInput(text="степлер")], place="Львів, Площа Ринок", region="UA-46")
    drain()

    def fits() -> list[int]:
        drain()
        return list(LineMatch.objects.filter(line__request=request).values_list("offer", flat=True))

    assert fits() == []
    update_vendor(vendor=vendor, actor=UserFactory(), delivery_regions=["UA-46"])
    assert fits() == [offer.pk]
    update_vendor(vendor=vendor, actor=UserFactory(), delivery_regions=["UA-51"])
    assert fits() == []
    point = PickupPoint.objects.create(vendor=vendor, name="Точка", address="1", city="Львів")
    assert fits() == [offer.pk]
    point.delete()
    assert fits() == []
    update_vendor(vendor=vendor, actor=UserFactory(), description="Інше")
    assert not OutboxEntry.objects.filter(consumer="requests").exists()


def test_many_offers_are_told_in_facts_of_few(monkeypatch):
    monkeypatch.setattr(moved, "CHUNK", 2)
    vendor, other = VendorFactory(), VendorFactory()
    ids = [OfferFactory(vendor=vendor).pk for _each in range(5)]
    OfferFactory(vendor=other)
    OutboxEntry.objects.all().delete()
    moved.note_delivery(vendor.pk)
    entry = OutboxEntry.objects.get()
    assert (entry.consumer, entry.payload) == ("requests", {"vendor": vendor.pk})
    entry.delete()
    fact = {"topic": moved.DELIVERY_CHANGED, "vendor": vendor.pk}
    assert moved.announce_offers([fact, fact]) == 5
    told = OutboxEntry.objects.order_by("pk").values_list("topic", "payload")
    assert [(topic, payload["offers"]) for topic, payload in told] == [
        ("offers_changed", ids[:2]),
        ("offers_changed", ids[2:4]),
        ("offers_changed", ids[4:]),
    ]
