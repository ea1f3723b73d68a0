"""Lists of one vendor that fall silent and come back, and files of prices that stand above one of two lists."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from catalog.models import Offer, Supply
from core.models import OutboxEntry
from price_lists.enums import RunState
from price_lists.models import SharedValue, Source
from price_lists.sources.enums import Precedence, Role
from price_lists.sources.following import follow_confirmations
from tests.factories.price_lists import imported
from tests.price_lists.sources.support import partial_source, price, stock, told, write_table

HEADER = ["Артикул", "Назва", "Ціна, грн", "Залишок", "Од."]


def brought(vendor, path, source, cost, left, *, numbers=range(1, 7)):
    rows = [[f"A-{n:04d}", f"Степлер №{n}", cost + n, left, "шт"] for n in numbers]
    run = imported(vendor, write_table(path, HEADER, rows), source=source)
    assert run.state == RunState.APPLIED, run.guard
    return run


@pytest.fixture
def two(vendor, tmp_path):
    """The site's list, whose word holds, and the store's."""
    brought(vendor, tmp_path / "site.csv", "site", 100, 7)
    Source.objects.filter(name="site").update(precedence=Precedence.HIGH)
    brought(vendor, tmp_path / "store.csv", "store", 90, 3)
    assert (price("A-0001"), stock("A-0001")) == ((101.0, "UAH"), ("in_stock", "7"))
    return {source.name: source for source in Source.objects.all()}


def confirmed(source, days):
    Supply.objects.filter(pk=source.supply_id).update(confirmed_at=timezone.now() - dt.timedelta(days=days))


def shown():
    return price("A-0001")[0], stock("A-0001")[1], Offer.objects.get(article="A-0001").supply.source


def test_a_list_that_falls_silent_stands_behind_the_one_that_goes_on_unchanged(two):
    site, store = two["site"], two["store"]
    own = Supply.objects.get(pk=store.supply_id).source
    confirmed(site, 2.5)  # the store's link brings the same bytes each hour
    assert follow_confirmations() == 6
    assert shown() == (101.0, "7", own)
    confirmed(site, 15)
    assert follow_confirmations() == 6
    assert shown() == (91.0, "3", own)
    assert set(SharedValue.objects.values_list("source__name", "is_quiet")) == {
        ("site", True),
        ("store", False),
    }
    OutboxEntry.objects.all().delete()
    assert follow_confirmations() == 0
    confirmed(site, 0)
    assert follow_confirmations() == 6
    assert shown() == (101.0, "7", own)
    assert OutboxEntry.objects.exists()


def test_an_import_tells_of_a_silence_before_the_sweep_does(vendor, two, tmp_path):
    confirmed(two["site"], 15)
    run = brought(vendor, tmp_path / "s2.csv", "store", 89, 3)
    assert (run.counts["price"], run.counts["stock"]) == (6, 6)
    assert shown()[:2] == (90.0, "3")
    OutboxEntry.objects.all().delete()
    run = brought(vendor, tmp_path / "s3.csv", "store", 89, 2)
    assert (run.counts["price"], run.counts["stock"], shown()[:2]) == (0, 6, (90.0, "2"))
    run = brought(vendor, tmp_path / "site2.csv", "site", 110, 7)
    assert (run.counts["price"], run.counts["stock"], shown()[:2]) == (6, 6, (111.0, "7"))


def test_silent_lists_stand_as_they_did_to_each_other(two):
    confirmed(two["site"], 30)
    confirmed(two["store"], 20)
    assert follow_confirmations() == 6
    assert shown()[:2] == (101.0, "7")
    assert follow_confirmations() == 0


def test_prices_that_stand_above_the_list_that_is_left_hold_when_the_other_drops_a_good(
    vendor, two, tmp_path
):
    prices = partial_source(vendor, Role.PRICES, precedence=Precedence.HIGH)
    assert (
        told(vendor, prices, tmp_path / "p.csv", ["Артикул", "Ціна, грн"], [["A-0006", 80]]).counts["changed"]
        == 1
    )
    assert price("A-0006") == (80.0, "UAH")
    brought(vendor, tmp_path / "short.csv", "site", 100, 7, numbers=range(1, 6))
    assert (price("A-0006"), stock("A-0006")) == ((80.0, "UAH"), ("in_stock", "3"))
    brought(vendor, tmp_path / "s2.csv", "store", 85, 3)
    assert (price("A-0006"), price("A-0001")) == ((80.0, "UAH"), (101.0, "UAH"))


def test_prices_that_stand_above_the_list_that_goes_on_hold_when_the_other_falls_silent(
    vendor, two, tmp_path
):
    prices = partial_source(vendor, Role.PRICES, precedence=Precedence.HIGH)
    told(vendor, prices, tmp_path / "p.csv", ["Артикул", "Ціна, грн"], [["A-0001", 80]])
    confirmed(two["site"], 15)
    follow_confirmations()
    assert (shown()[:2], price("A-0002")) == ((80.0, "3"), (92.0, "UAH"))
