"""Products: what is read of their offers, and what becomes of those that are left over."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog.models import Product
from catalog.services import products
from catalog.services.products import Place, make_products, place_offers, settle_products
from tests.factories.catalog import OfferFactory

pytestmark = pytest.mark.django_db


def product_of(*offers, alone=False):
    with transaction.atomic():
        (product,) = make_products(1)
        place_offers({offer.pk: Place(product, alone) for offer in offers})
    return product


@pytest.mark.parametrize("alone", [True, False])
def test_an_offer_that_is_left_over_stands_alone_as_before(alone):
    offer = OfferFactory(gtin="4823012345671")
    product = product_of(offer, alone=alone)
    with transaction.atomic():
        assert settle_products([product], barcodes={}) == [offer.pk]
    offer.refresh_from_db()
    assert (offer.product_id, offer.stands_alone) == (None, alone)
    assert not Product.objects.exists()


def test_of_a_product_with_very_many_offers_only_the_first_are_read(monkeypatch):
    monkeypatch.setattr(products, "_MOST_READ", 2)
    first = [OfferFactory(title=f"Ручка {n}", brand="Buromax") for n in range(2)]
    late = [OfferFactory(title=f"Ручка {n}", brand="Axent", mpn="8117") for n in range(3)]
    product = product_of(*first, *late)
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        settle_products([product], barcodes={})
    read = next(each["sql"] for each in asked.captured_queries if '"title"' in each["sql"])
    with connection.cursor() as cursor:
        cursor.execute(read)
        assert len(cursor.fetchall()) == 2
    good = Product.objects.get()
    assert (good.title, good.brand, good.mpn) == ("Ручка 0", "Buromax", "")
