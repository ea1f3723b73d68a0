"""Figures of days: counted twice is counted once, spans are compared, and what rooms tell of theirs."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.utils import timezone

from buyer_requests import measures as of_requests
from buyer_requests.models import Bid, BuyerRequest
from catalog import measures as of_catalog
from catalog.models import Offer
from core.models import DayFigure
from core.trends import measures, services
from core.trends.measures import Figure, Measure, Sort
from core.trends.selectors import trends, whole
from search import measures as of_searches
from search.models import QueryDay
from tests.factories.buyer_requests import make_open
from tests.factories.catalog import OfferFactory
from tests.factories.vendors import VendorFactory
from vendors import measures as of_vendors

pytestmark = pytest.mark.django_db
ZONE = timezone.get_default_timezone()
TODAY = dt.date(2026, 3, 10)


def at(day, hour=12):
    return dt.datetime(2026, 3, day, hour, tzinfo=ZONE)


def measure(read, **values):
    given = {"label": "", "about": "", "sort": Sort.SUM, "permission": "x.y"} | values
    return Measure("made_up", read=read, **given)


def test_counting_twice_is_counting_once_and_replaces():
    figures = {dt.date(2026, 3, 1): Figure(1), dt.date(2026, 3, 2): Figure(2)}
    one = measure(lambda _first, _last: figures)
    for _turn in range(2):
        assert services.count_days(one, dt.date(2026, 3, 1), dt.date(2026, 3, 2)) == 2
    assert DayFigure.objects.count() == 2
    del figures[dt.date(2026, 3, 1)]
    figures[dt.date(2026, 3, 2)] = Figure(7, 3)
    DayFigure.objects.create(day=dt.date(2026, 2, 28), measure="made_up", value=4)
    services.count_days(one, dt.date(2026, 2, 28), dt.date(2026, 3, 2))
    settled = DayFigure.objects.get(day=dt.date(2026, 2, 28))
    assert settled.value == 4
    settled.delete()
    assert list(DayFigure.objects.values_list("value", "cases")) == [(7.0, 3)]


def test_days_that_were_missed_are_counted_and_settled_ones_stay(monkeypatch):
    asked = []
    one = measure(lambda first, last: asked.append((first, last)) or {}, settles=2)
    monkeypatch.setattr(measures, "_measures", {"made_up": one})
    monkeypatch.setattr(services, "today", lambda: TODAY)
    services.count_lately()
    DayFigure.objects.create(day=dt.date(2026, 3, 4), measure="made_up", value=1)
    services.count_lately()
    assert asked == [(dt.date(2026, 3, 9), TODAY), (dt.date(2026, 3, 4), TODAY)]


def test_spans_are_compared_in_one_statement(django_assert_num_queries):
    for day, value in ((1, 2), (2, 2), (3, 5), (4, 3)):
        DayFigure.objects.create(day=dt.date(2026, 3, day), measure="made_up", value=value)
    one = measure(dict, is_good=False)
    with django_assert_num_queries(1):
        (trend,) = trends([one], dt.date(2026, 3, 3), dt.date(2026, 3, 4))
    assert (trend.days, trend.before, trend.now, trend.then) == ([5, 3], [2, 2], 8, 4)
    assert (trend.change, trend.is_better) == (100, False)
    with django_assert_num_queries(1):
        (later,) = trends([one], dt.date(2026, 3, 5), dt.date(2026, 3, 6))
    assert (later.days, later.now, later.change, later.is_better) == ([None, None], None, None, None)


@pytest.mark.parametrize(
    ("sort", "figures", "expected"),
    [
        (Sort.SUM, [Figure(1), None, Figure(2)], 3),
        (Sort.STOCK, [Figure(1), Figure(9), None], 9),
        (Sort.MEDIAN, [Figure(1, 1), Figure(5, 3), Figure(9, 1)], 5),
        (Sort.MEDIAN, [None], None),
    ],
)
def test_days_become_one_figure(sort, figures, expected):
    assert whole(sort, figures) == expected


def test_offers_on_sale_when_a_day_ended():
    def offer(created, **values):
        Offer.objects.filter(pk=OfferFactory().pk).update(created_at=created, **values)

    offer(at(1))
    offer(at(2, 23), withdrawn_at=at(4, 1))
    offer(at(3), hidden_at=at(3, 20), withdrawn_at=at(4, 20))
    found = of_catalog.offers(dt.date(2026, 3, 2), dt.date(2026, 3, 5))
    assert [figure.value for _day, figure in sorted(found.items())] == [2, 2, 1, 1]


def test_searches_and_those_that_found_nothing():
    for day, searches, empty in ((2, 5, 1), (2, 3, 3), (4, 1, 0)):
        QueryDay.objects.create(
            day=dt.date(2026, 3, day), key=searches, language="uk", words="x", searches=searches, empty=empty,
            above=0, corrected=0, opened=0, hits=0, places=0,
        )  # fmt: skip
    span = (dt.date(2026, 3, 1), dt.date(2026, 3, 4))
    assert [each.value for each in of_searches.searches(*span).values()] == [
        8,
        0,
        1,
    ]  # unknown before the first
    assert [each.value for each in of_searches.empty_searches(*span).values()] == [4, 0, 0]


def test_requests_bids_and_the_hours_to_the_first():
    hours = []
    for published, sent in ((at(2, 10), at(2, 12)), (at(2, 10), at(3, 10)), (at(3, 23), None)):
        request = make_open()
        BuyerRequest.objects.filter(pk=request.pk).update(published_at=published)
        if sent:
            Bid.objects.create(request=request, vendor=VendorFactory(), state="sent", sent_at=sent)
            hours.append((sent - published).total_seconds() / 3600)
    span = (dt.date(2026, 3, 2), dt.date(2026, 3, 3))
    assert [each.value for each in of_requests.requests(*span).values()] == [2, 1]
    assert [each.value for each in of_requests.bids(*span).values()] == [1, 1]
    assert of_requests.first_bids(*span) == {dt.date(2026, 3, 2): Figure(sum(hours) / 2, 2)}
    assert [each.value for each in of_requests.awards(*span).values()] == [0, 0]


def test_vendors_by_the_day_of_kyiv():
    VendorFactory(state="approved", decided_at=dt.datetime(2026, 3, 2, 22, 30, tzinfo=dt.UTC))
    VendorFactory(state="applied", decided_at=None)
    found = of_vendors.new_vendors(dt.date(2026, 3, 2), dt.date(2026, 3, 3))
    assert [each.value for each in found.values()] == [0, 1]


def test_the_past_is_filled_by_a_command(capsys):
    """What was counted stays: a day that rooms tell nothing of any more, and one that they would tell otherwise."""
    OfferFactory()
    now = services.today()
    old = DayFigure.objects.create(day=now - dt.timedelta(days=500), measure="searches", value=9)
    counted = DayFigure.objects.create(day=now - dt.timedelta(days=2), measure="offers", value=7)
    call_command("backfill_trends")
    for _turn in range(2):
        call_command("backfill_trends", days=3)
    lately = DayFigure.objects.filter(measure="offers", day__gt=now - dt.timedelta(days=3))
    assert lately.count() == 3
    assert DayFigure.objects.get(pk=old.pk).value == 9
    assert DayFigure.objects.get(pk=counted.pk).value == 7
    assert DayFigure.objects.filter(measure="offers").latest("day").value == 1
    assert "offers: 0" in capsys.readouterr().out
