"""Products: what becomes of those that are left over."""

from __future__ import annotations

import pytest
from django.db import transaction

from catalog.models import Product
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
