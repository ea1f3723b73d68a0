"""The table of one good's vendors: what compares, what is best and why, in which orders. Without a database."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from catalog.enums import Availability
from catalog.freshness import Freshness, State
from catalog.models import Offer
from core.rates import Rates
from storefront.selectors.offers import Order, ranked, row_of
from vendors.enums import VatStatus
from vendors.models import Vendor

RATES = Rates("UAH", {"UAH": 1_000_000, "USD": 40_000_000}, {})
DAY = dt.timedelta(days=1)


def row(pk, price, *, days=0, state=State.FRESH, vendor=None, **offer):
    told = {"availability": Availability.IN_STOCK, "price_currency": "UAH"} | offer
    seller = Vendor(pk=pk, slug=f"v{pk}", name=f"V{pk}", **({"delivery_price": 0} | (vendor or {})))
    good = Offer(pk=pk, vendor=seller, price_amount=price * 10_000, **told)
    now = timezone.now()
    return row_of(good, RATES, Freshness(now - days * DAY, state, now + 30 * DAY))


def order_of(rows, order):
    ranked(rows, order)
    return [each.offer.pk for each in rows]


def marks(rows):
    return {each.offer.pk: str(each.best_why) for each in rows if each.is_best}


@pytest.fixture
def english():
    from django.utils import translation

    with translation.override("en"):
        yield


def test_currencies_and_prices_without_vat_compare_as_a_buyer_pays(english):
    rows = [
        row(1, 100),
        row(2, 2, price_currency="USD"),
        row(3, 90, vat=VatStatus.EXCLUDED, vat_percent=20),
        row(4, 1, price_currency="XAU"),
    ]
    assert order_of(rows, Order.PRICE) == [2, 1, 3, 4]
    assert [each.base_price.amount if each.base_price else None for each in rows] == [80, 100, 108, None]
    assert marks(rows) == {2: "lowest price"}


def test_the_best_is_the_cheapest_that_can_be_had(english):
    out = row(1, 50, availability=Availability.NONE)
    later = row(2, 60, availability=Availability.TO_ORDER)
    rows = [out, later, row(3, 70), row(4, 80)]
    ranked(rows, Order.PRICE)
    assert marks(rows) == {3: "cheapest in stock"}
    rows = [row(1, 50, availability=Availability.NONE), row(2, 60, availability=Availability.TO_ORDER)]
    ranked(rows, Order.PRICE)
    assert marks(rows) == {2: "cheapest that can be ordered"}
    rows = [row(1, 50, state=State.EXPIRED), row(2, 60)]
    assert order_of(rows, Order.PRICE) == [2, 1]
    assert marks(rows) == {2: "lowest price"}


def test_of_equal_prices_the_fresher_and_the_more_trusted_is_best(english):
    rows = [
        row(1, 50, state=State.STALE),
        row(2, 50, vendor={"quality": 0.4}),
        row(3, 50, vendor={"quality": 0.9}),
    ]
    ranked(rows, Order.PRICE)
    assert marks(rows) == {3: "lowest price"}


def test_delivery_is_flat_free_above_a_threshold_and_unknown_is_not_free(english):
    flat = row(1, 100, vendor={"delivery_price": 700_000})
    near = row(2, 120, vendor={"delivery_price": 300_000, "free_delivery_from": 10_000_000})
    free = row(3, 1_000, vendor={"delivery_price": 300_000, "free_delivery_from": 10_000_000})
    unknown = row(4, 90)
    always = row(5, 200, vendor={"free_delivery_from": 0})
    rows = [flat, near, free, unknown, always]
    assert [each.delivered.amount if each.delivered else None for each in rows] == [
        170,
        150,
        1_000,
        None,
        200,
    ]
    assert [each.is_free_delivery for each in rows] == [False, False, True, False, True]
    # By agreement: by its price alone, but never named the cheapest with delivery.
    assert order_of(rows, Order.DELIVERED) == [4, 2, 1, 5, 3]
    assert [each.offer.pk for each in rows if each.is_best_delivered] == [2]


def test_packs_compare_by_the_piece_and_orders_do_as_they_say(english):
    rows = [
        row(1, 100, pack_count=10, days=3, vendor={"quality": 0.2}),
        row(2, 50, pack_count=1, days=1, vendor={"quality": 0.9}, availability=Availability.TO_ORDER),
        row(3, 0, pack_count=1, days=2, vendor={"quality": 0.5}, availability=Availability.UNKNOWN),
    ]
    assert order_of(rows, Order.PRICE) == [3, 1, 2]
    assert order_of(rows, Order.STOCK) == [1, 2, 3]
    assert order_of(rows, Order.FRESH) == [2, 3, 1]
    assert order_of(rows, Order.QUALITY) == [2, 3, 1]
    assert Order.read("fresh") is Order.FRESH
    assert Order.read("'; --") is Order.PRICE
