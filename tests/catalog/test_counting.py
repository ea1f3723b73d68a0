"""Counts beside vendors are of the offers that lists show."""

import datetime as dt

import pytest
from django.utils import timezone

from catalog.counting import count_shown, shown_offers
from catalog.freshness import DEFAULT_DAYS, fresh
from catalog.models import Offer, Supply
from tests.factories.catalog import CategoryFactory, OfferFactory
from tests.factories.vendors import VendorFactory
from vendors.enums import VendorState

pytestmark = pytest.mark.django_db


def supply(vendor, source, days):
    return Supply.objects.create(
        vendor=vendor, source=source, confirmed_at=timezone.now() - dt.timedelta(days=days)
    )


def test_only_what_lists_show_is_counted(django_assert_num_queries):
    slow = CategoryFactory(fresh_days=100)
    good, mixed, old, closed = (VendorFactory() for _ in range(4))
    closed.state = VendorState.SUSPENDED
    closed.save()
    for vendor, source, days in (
        (good, "a", 1), (mixed, "a", 1), (mixed, "b", DEFAULT_DAYS + 1), (old, "a", DEFAULT_DAYS + 1), (closed, "a", 1),
    ):  # fmt: skip
        brought = supply(vendor, f"list:{source}", days)
        OfferFactory.create_batch(2, vendor=vendor, supply=brought)
        OfferFactory(vendor=vendor, supply=brought, category=slow)
        OfferFactory(vendor=vendor, supply=brought, withdrawn_at=timezone.now())
        OfferFactory(vendor=vendor, supply=brought, hidden_at=timezone.now())
    with django_assert_num_queries(5):
        assert count_shown() == {good.pk: 3, mixed.pk: 4, old.pk: 1}
    assert sum(count_shown().values()) == fresh(Offer.objects.on_sale()).count()
    assert shown_offers() == count_shown()
    with django_assert_num_queries(0):
        shown_offers()
