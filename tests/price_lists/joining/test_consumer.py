"""Offers join their good by barcode, part number and text, leave it when they change, and repeat without harm."""

from __future__ import annotations

import pytest
from django.db import transaction

from catalog.enums import EditRank
from catalog.models import Offer, Product
from catalog.services.offers import edit_offer
from core import outbox
from core.models import OutboxEntry
from price_lists.joining import consumer
from price_lists.joining.enums import ConflictReason, JoinKind, PairState
from price_lists.joining.models import GtinConflict, OfferJoin, OfferKey, OfferPair
from tests.factories.catalog import OfferFactory
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db

GTIN = "4823012345671"


def told(*offers):
    consumer.handle([{"topic": "offers_changed", "offers": [offer.pk for offer in offers]}])
    for offer in offers:
        offer.refresh_from_db()


def pens(count=2, **columns):
    return [
        OfferFactory(**{"title": "Ручка кулькова Buromax BM.8117 синя", **columns}) for _n in range(count)
    ]


def fillers():
    """Words are rare or common only among others."""
    for number in range(12):
        OfferFactory(title=f"Папір офісний формат А{number % 5} {number * 37} аркушів")


def test_offers_of_one_barcode_become_one_product_with_its_words():
    first, second = pens(gtin=GTIN, brand="Buromax")
    told(first, second)
    product = Product.objects.get()
    assert {first.product_id, second.product_id} == {product.pk}
    assert (product.title, product.brand, product.gtin) == (first.title, "Buromax", "0" + GTIN)
    assert first.group_id == second.group_id != int(GTIN)
    joins = OfferJoin.objects.order_by("offer_id")
    assert [(join.kind, join.actor) for join in joins] == [(JoinKind.GTIN, "")] * 2
    assert ["gtin_same", GTIN, GTIN] in [reason[:3] for reason in joins[0].evidence]


def test_a_move_raises_the_version_and_tells_the_index_and_who_watches_prices():
    first, second = pens(gtin=GTIN)
    told(first, second)
    assert (first.version, second.version) == (2, 2)
    entries = OutboxEntry.objects.values_list("consumer", "payload")
    ids = [first.pk, second.pk]
    assert sorted((name, payload["offers"]) for name, payload in entries) == [
        ("search", ids),
        ("watching", ids),
    ]


def test_repeating_a_fact_changes_nothing():
    first, second = pens(gtin=GTIN)
    told(first, second)
    keys = set(OfferKey.objects.values_list("number", "offer_id"))
    OutboxEntry.objects.all().delete()
    told(first, second)
    assert (first.version, second.version) == (2, 2)
    assert Product.objects.count() == 1
    assert set(OfferKey.objects.values_list("number", "offer_id")) == keys
    assert not OutboxEntry.objects.exists()


def test_a_barcode_of_twelve_figures_is_the_same_as_of_thirteen():
    first, second = (
        OfferFactory(title="Ручка", gtin="036000291452"),
        OfferFactory(title="Ручка", gtin="0036000291452"),
    )
    told(second)
    first.refresh_from_db()
    assert first.product_id == second.product_id is not None


def test_brand_and_part_number_join_whoever_writes_them_how():
    first = OfferFactory(title="Дриль ударний", brand="Bosch", mpn="GSB-13 RE")
    second = OfferFactory(title="Дрель ударная 600 Вт", brand="BOSCH", mpn="GSB13RE")
    other_maker = OfferFactory(title="Насос", brand="Metabo", mpn="GSB13RE")
    told(first, second, other_maker)
    assert first.product_id == second.product_id is not None
    assert other_maker.product_id is None
    assert {join.kind for join in OfferJoin.objects.all()} == {JoinKind.BRAND_MPN}


def test_equal_text_joins_offers_of_two_vendors_but_not_of_one():
    fillers()
    vendor = VendorFactory()
    first, second = pens()
    twins = pens(vendor=vendor, title="Степлер металевий Buromax BM.4210 чорний")
    told(first, second, *twins)
    assert first.product_id == second.product_id is not None
    assert OfferJoin.objects.get(offer=first).kind == JoinKind.TEXT
    assert [twin.product_id for twin in twins] == [None, None]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Папір А4 Buromax BM.2710 500 арк", "Папір А4 Buromax BM.2710 100 арк"),
        ("Клей ПВА Buromax 100 мл", "Клей ПВА Buromax 200 мл"),
        ("Батарейка Duracell AA 4 шт", "Батарейка Duracell AA 12 шт"),
    ],
)
def test_numbers_measures_and_packs_must_agree(one, other):
    fillers()
    first, second = OfferFactory(title=one), OfferFactory(title=other)
    told(first, second)
    assert (first.product_id, second.product_id) == (None, None)


def test_a_third_offer_comes_into_the_product_that_is_there():
    first, second = pens(gtin=GTIN)
    told(first, second)
    third = pens(1, gtin=GTIN)[0]
    told(third)
    assert third.product_id == first.product_id
    assert Product.objects.count() == 1


def test_an_offer_that_becomes_another_good_leaves_and_an_empty_product_vanishes():
    first, second = pens(gtin=GTIN)
    told(first, second)
    edit_offer(offer=second, values={"gtin": "", "title": "Чайник електричний Bosch 1,7 л"},
               rank=EditRank.VENDOR, actor="user:1")  # fmt: skip
    assert OutboxEntry.objects.filter(consumer="identity").count() == 1
    told(second)
    first.refresh_from_db()
    assert (first.product_id, second.product_id) == (None, None)
    assert not Product.objects.exists()
    assert not OfferJoin.objects.exists()


def test_a_change_of_the_price_alone_is_nothing_to_identity():
    offer = OfferFactory()
    edit_offer(offer=offer, values={"price_amount": 990_000}, rank=EditRank.VENDOR, actor="user:1")
    assert not OutboxEntry.objects.filter(consumer="identity").exists()


def test_a_barcode_on_different_goods_joins_nothing_and_groups_nothing():
    pen = OfferFactory(title="Ручка кулькова Buromax синя", gtin=GTIN)
    kettle = OfferFactory(title="Чайник електричний Bosch", gtin=GTIN)
    told(pen, kettle)
    conflict = GtinConflict.objects.get()
    assert (conflict.gtin, conflict.reason, conflict.state) == (
        "0" + GTIN,
        ConflictReason.GOODS_DIFFER,
        "open",
    )
    assert (pen.product_id, kettle.product_id) == (None, None)
    assert (pen.group_id, kettle.group_id) == (-pen.pk, -kettle.pk)
    late = OfferFactory(title="Ручка кулькова Buromax", gtin=GTIN)
    told(late)
    assert (late.product_id, late.group_id) == (None, -late.pk)


def test_most_vendors_prevail_over_one_wrong_barcode():
    right = pens(3, gtin=GTIN)
    wrong = OfferFactory(title="Чайник електричний Bosch", gtin=GTIN)
    told(*right, wrong)
    assert len({offer.product_id for offer in right}) == 1
    assert right[0].product_id is not None
    assert (wrong.product_id, wrong.group_id) == (None, -wrong.pk)
    assert OfferPair.objects.get().state == PairState.OPEN
    assert not GtinConflict.objects.exists()


def test_a_vendor_with_one_barcode_for_many_goods_is_set_apart():
    vendor = VendorFactory()
    many = [
        OfferFactory(vendor=vendor, title=f"Зошит {name}", gtin=GTIN)
        for name in ("коти", "сови", "лиси", "їжаки")
    ]
    told(*many)
    assert GtinConflict.objects.get().reason == ConflictReason.REUSED
    assert {offer.product_id for offer in many} == {None}


def test_restricted_barcodes_join_nothing():
    first, second = (OfferFactory(title=title, gtin="2000000000015") for title in ("Ручка", "Ручка"))
    told(first, second)
    assert (first.product_id, second.product_id) == (None, None)
    assert first.group_id == -first.pk


def test_a_quarantine_dissolves_what_the_barcode_joined():
    first, second = pens(gtin=GTIN)
    told(first, second)
    wrong = [
        OfferFactory(title=f"Чайник електричний Bosch {name}", gtin=GTIN) for name in ("білий", "чорний")
    ]
    told(*wrong)
    first.refresh_from_db()
    second.refresh_from_db()
    assert GtinConflict.objects.count() == 1
    assert (first.group_id, second.group_id) == (
        -first.pk,
        -second.pk,
    ) or first.product_id == second.product_id


def test_withdrawn_offers_are_no_candidates():
    first = pens(1, gtin=GTIN)[0]
    told(first)
    Offer.objects.filter(pk=first.pk).update(withdrawn_at="2026-01-01T00:00Z")
    second = pens(1, gtin=GTIN)[0]
    told(first, second)
    assert second.product_id is None
    assert not OfferKey.objects.filter(offer=first).exists()


def test_the_outbox_carries_an_import_to_identity():
    first, second = pens(gtin=GTIN)
    with transaction.atomic():
        outbox.emit("identity", "offers_changed", {"offers": [first.pk, second.pk]})
    assert outbox.registry.consumer("identity").handler is consumer.handle
