"""Bids side by side: totals, gaps, the best of each line, other currencies at a shown rate."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from buyer_requests import services
from buyer_requests.models import Bid
from buyer_requests.selectors.comparison import comparison_of, way_of
from buyer_requests.services import LineInput
from buyer_requests.services.bids import BidTerms
from core.rates import set_rate
from tests.factories.buyer_requests import bid_line, make_bid, make_member, make_open
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db

LINES = (
    LineInput(text="Степлер", quantity=Decimal(2), ceiling_amount=100_000),
    LineInput(text="Папір", quantity=Decimal(10)),
    LineInput(text="Рідкість", quantity=Decimal(1)),
)


def test_totals_gaps_and_best_of_each_line():
    request = make_open(lines=LINES)
    full = make_bid(
        request,
        VendorFactory(name="Повний"),
        {1: 120_000, 2: 50_000},
        delivery_price=900_000,
        delivery_days=3,
    )
    cheap = make_bid(request, VendorFactory(name="Дешевий"), {1: 90_000}, delivery_days=1)
    found = comparison_of(request)
    assert [(c.bid, c.goods, c.delivery, c.total, c.covered) for c in found.columns] == [
        (full, 24_00 + 50_00, 90_00, 164_00, 2),
        (cheap, 18_00, 0, 18_00, 1),
    ]
    assert [row.is_gap for row in found.rows] == [False, False, True]
    assert found.gaps == 1
    assert [[cell and cell.is_best for _c, cell in row.cells] for row in found.rows] == [
        [False, True],
        [True, None],
        [None, None],
    ]
    assert found.columns[0].cells[found.rows[0].line.pk].over_ceiling
    best = found.best_per_line
    assert (best.goods, best.delivery, best.vendors, best.covered) == (18_00 + 50_00, 90_00, 2, 2)
    assert [column.is_soonest for column in found.columns] == [False, True]


def test_whole_quantity_and_the_good_itself_go_before_a_lower_price():
    request = make_open(lines=LINES[:1])
    vendors = [VendorFactory() for _number in range(3)]

    changes = [{}, {"quantity": Decimal(1)}, {"is_substitute": True}]
    for vendor, price, change in zip(vendors, (90_000, 50_000, 60_000), changes, strict=True):
        services.send_bid(
            vendor=vendor,
            user=make_member(vendor),
            request=request,
            lines=[bid_line(request, 1, price, **change)],
            terms=BidTerms(),
        )
    (row,) = comparison_of(request).rows
    assert row.best is not None
    assert (row.best.price, row.best.is_partial) == (90_000, False)


def test_other_currency_is_converted_and_the_rate_named():
    set_rate(currency="USD", rate=Decimal("40.5"), day=dt.date(2026, 11, 20))
    request = make_open(lines=LINES[:1])
    make_bid(request, VendorFactory(), {1: 20_000}, currency="USD", delivery_price=10_000)
    found = comparison_of(request)
    (column,) = found.columns
    cell = column.cells[found.rows[0].line.pk]
    assert (cell.price, cell.total, column.delivery, column.total) == (810_000, 162_00, 40_50, 202_50)
    assert [(rate.currency, rate.rate, rate.day) for rate in found.rates] == [
        ("USD", Decimal("40.5000"), dt.date(2026, 11, 20))
    ]


def test_expired_and_withdrawn_bids_win_nothing():
    request = make_open(lines=LINES[:1])
    expired = make_bid(request, VendorFactory(), {1: 10_000})
    make_bid(request, VendorFactory(), {1: 20_000})
    Bid.objects.filter(pk=expired.pk).update(valid_until=timezone.localdate() - dt.timedelta(days=1))
    found = comparison_of(request)
    assert [column.is_expired for column in found.columns] == [True, False]
    assert found.rows[0].best.price == 20_000


def test_choice_that_nobody_offered_costs_nothing():
    request = make_open(lines=LINES[:2])
    bid = make_bid(request, VendorFactory(), {1: 10_000})
    lines = [line.pk for line in request.lines.all()]
    way = way_of(
        {lines[0]: bid.pk, lines[1]: bid.pk, 0: bid.pk, lines[0] + 99: 7}, comparison_of(request).columns
    )
    assert (way.choice, way.goods, way.vendors) == ({lines[0]: bid.pk}, 2_00, 1)
