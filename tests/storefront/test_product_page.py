"""The good's own page: all vendors by price with delivery and freshness; one offer left leads to its own page."""

from __future__ import annotations

import pytest
from django.urls import reverse

from catalog.models import Offer
from price_lists.joining import consumer
from tests.factories.catalog import OfferFactory
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db

GTIN = "4823012345671"


@pytest.fixture
def offers():
    found = [
        OfferFactory(
            title="Ручка кулькова Buromax синя",
            brand="Buromax",
            gtin=GTIN,
            price_amount=amount,
            vendor=VendorFactory(delivery_price=700_000),
        )
        for amount in (3_000_000, 1_000_000, 2_000_000)
    ]
    consumer.handle([{"topic": "offers_changed", "offers": [offer.pk for offer in found]}])
    for offer in found:
        offer.refresh_from_db()
    return found


def test_offers_stand_by_price_with_why_and_delivery(client, offers):
    response = client.get(reverse("storefront:product", args=[offers[0].product_id]))
    rows = response.context["good"].offers
    assert [row.offer.pk for row in rows] == [offers[1].pk, offers[2].pk, offers[0].pk]
    assert [row.is_best for row in rows] == [True, False, False]
    assert all(row.why for row in rows)
    page = response.content.decode()
    assert page.count("70,00") >= 3
    for offer in offers:
        assert reverse("storefront:offer", args=[offer.pk]) in page


def test_an_offers_page_shows_the_others_of_its_product_and_leads_to_it(client, offers):
    response = client.get(reverse("storefront:offer", args=[offers[0].pk]))
    assert len(response.context["good"].offers) == 3
    assert reverse("storefront:product", args=[offers[0].product_id]) in response.content.decode()


def test_what_stands_alone_is_not_shown_with_its_barcode(client, offers):
    Offer.objects.filter(pk=offers[0].pk).update(product=None, stands_alone=True)
    assert client.get(reverse("storefront:offer", args=[offers[0].pk])).context["good"].offers == []
    assert len(client.get(reverse("storefront:offer", args=[offers[1].pk])).context["good"].offers) == 2


def test_the_last_offer_on_sale_is_the_good_itself(client, offers):
    product = offers[0].product_id
    Offer.objects.filter(pk__in=[offers[0].pk, offers[1].pk]).update(withdrawn_at="2026-01-01T00:00Z")
    response = client.get(reverse("storefront:product", args=[product]))
    assert (response.status_code, response["Location"]) == (
        302,
        reverse("storefront:offer", args=[offers[2].pk]),
    )
    Offer.objects.update(withdrawn_at="2026-01-01T00:00Z")
    assert client.get(reverse("storefront:product", args=[product])).status_code == 404
    assert client.get(reverse("storefront:product", args=[product + 99])).status_code == 404
