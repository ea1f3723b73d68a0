"""Who delivers where, and for how much."""

import pytest

from tests.factories.vendors import VendorFactory
from vendors.cities import region_of_city
from vendors.delivery import Delivery, paid_deliveries, vendors_serving, vendors_with_pickup
from vendors.enums import VendorState


@pytest.mark.parametrize(
    ("city", "region"),
    [
        ("Київ", "UA-30"),
        ("м. Київ", "UA-30"),
        ("г.Днепр", "UA-12"),
        ("Kharkiv", "UA-63"),
        ("Кам’янець-Подільський", "UA-68"),
        ("Белая Церковь, Киевская обл.", "UA-32"),
        ("Мала Дівиця", ""),
    ],
)
def test_the_region_of_a_city(city, region):
    assert region_of_city(city) == region


def test_delivery_is_free_from_its_threshold():
    terms = Delivery(frozenset([1]), 500_000, 10_000_000)
    assert [terms.of(price) for price in (0, 9_999_999, 10_000_000)] == [500_000, 500_000, 0]
    assert Delivery(frozenset([1]), 500_000).of(10**12) == 500_000


@pytest.mark.django_db
def test_vendors_by_their_terms():
    everywhere = VendorFactory(region="UA-30", delivery_price=500_000, free_delivery_from=9_000_000)
    same_terms = VendorFactory(region="UA-46", delivery_regions=["UA-46", "UA-07"])
    same_terms.delivery_price, same_terms.free_delivery_from = 500_000, 9_000_000
    same_terms.save()
    at_home = VendorFactory(region="UA-63", delivery_regions=["UA-46"], delivery_price=300_000)
    VendorFactory(state=VendorState.SUSPENDED, delivery_price=100_000)
    at_home.pickup_points.create(name="Склад", address="вул. Сумська, 1", city="Одеса")
    everywhere.pickup_points.create(name="Магазин", address="вул. Шевченка, 1", city="Мала Дівиця")
    assert paid_deliveries() == (
        Delivery(frozenset([at_home.pk]), 300_000),
        Delivery(frozenset([everywhere.pk, same_terms.pk]), 500_000, 9_000_000),
    )
    assert vendors_serving("UA-46") == {everywhere.pk, same_terms.pk, at_home.pk}
    assert vendors_serving("UA-63") == {everywhere.pk, at_home.pk}
    assert vendors_serving("UA-51") == {everywhere.pk, at_home.pk}  # its point is there
    assert vendors_serving("UA-05") == {everywhere.pk}
    assert vendors_with_pickup() == {everywhere.pk, at_home.pk}
    assert vendors_with_pickup("UA-51") == {at_home.pk}
    assert vendors_with_pickup("UA-30") == {everywhere.pk}  # of a place that we do not know
