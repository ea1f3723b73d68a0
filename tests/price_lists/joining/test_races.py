"""Two workers at once with offers of one good make one product of it, and a person's no holds against both.

On SQLite the second connection is another process's view of a database file; on PostgreSQL one lock orders them.
"""

from __future__ import annotations

import sqlite3
import threading

import pytest
from django.db import connection, connections

from catalog.models import Offer, Product
from price_lists.joining import consumer
from price_lists.joining.decisions import split_offer
from price_lists.joining.models import OfferJoin
from tests.factories.catalog import OfferFactory

pytestmark = pytest.mark.django_db(transaction=True)

GTINS = ("4823012345671", "4820000000017", "5901234123457", "4006381333931")


@pytest.fixture(autouse=True)
def _two_connections(transactional_db, tmp_path):
    """On SQLite the tests' database lies in memory, where connections share their locks: a copy in a file does not."""
    if connection.vendor != "sqlite":
        yield
        return
    name, inner = connection.settings_dict["NAME"], connection.connection
    with sqlite3.connect(tmp_path / "race.sqlite3") as copy:
        inner.backup(copy)
    copy.close()
    connection.connection = None
    connection.settings_dict["NAME"] = str(tmp_path / "race.sqlite3")
    yield
    connection.close()
    connection.settings_dict["NAME"] = name
    connection.connection = inner


def at_once(*batches):
    ready = threading.Barrier(len(batches))
    errors = []

    def run(offers):
        try:
            ready.wait(timeout=20)
            consumer.handle([{"topic": "offers_changed", "offers": offers}])
        except Exception as error:  # noqa: BLE001 - told below, by the thread that may fail the test
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(batch,)) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert errors == []


@pytest.mark.parametrize("_round", range(3))
def test_workers_with_offers_of_the_same_goods_make_one_product_of_each(_round):
    columns = [{"title": f"Ручка кулькова Buromax {gtin[-4:]}", "gtin": gtin} for gtin in GTINS]
    batches = [[OfferFactory(**each).pk for each in columns] for _worker in range(4)]
    at_once(*batches)
    assert Product.objects.count() == len(GTINS)
    for gtin in GTINS:
        assert Offer.objects.filter(gtin=gtin).values("product").distinct().count() == 1
    assert not Offer.objects.filter(product__isnull=True).exists()
    assert OfferJoin.objects.count() == 4 * len(GTINS)


def test_workers_that_meet_by_part_number_alone_make_one_product():
    batches = [
        [OfferFactory(title="Дриль ударний", brand="Bosch", mpn="GSB-13-RE").pk] for _worker in range(4)
    ]
    at_once(*batches)
    assert Product.objects.count() == 1
    assert Offer.objects.filter(product=Product.objects.get()).count() == 4


def test_one_fact_in_two_workers_is_carried_out_once():
    offers = [OfferFactory(title="Ручка кулькова", gtin=GTINS[0]).pk for _n in range(2)]
    at_once(offers, offers)
    assert Product.objects.count() == 1
    assert set(Offer.objects.values_list("version", flat=True)) == {2}


def test_a_split_holds_against_workers():
    offers = [OfferFactory(title="Ручка кулькова", gtin=GTINS[0]).pk for _n in range(3)]
    at_once(offers)
    split_offer(offer_id=offers[0], actor="user:1")
    at_once(offers, offers[:1])
    assert Offer.objects.get(pk=offers[0]).product_id is None
    assert Offer.objects.filter(product__isnull=False).count() == 2
