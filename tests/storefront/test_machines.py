"""What search engines are told: sitemaps of what is on sale, robots.txt, the one address of a good."""

from __future__ import annotations

import gzip
import json

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.utils import timezone
from lxml import etree

from catalog.models import Offer, Product
from storefront import sitemaps
from tests.factories.catalog import CategoryFactory, OfferFactory
from tests.factories.vendors import VendorFactory
from vendors.enums import VendorState

pytestmark = pytest.mark.django_db

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


@pytest.fixture(autouse=True)
def _own_index(index):
    """Even an empty one: no page of a test may look into another's."""
    cache.clear()


def addresses(client, path):
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml")
    tree = etree.fromstring(response.content)
    return [node.text.removeprefix("http://testserver") for node in tree.findall(".//s:loc", NAMES)], tree


def test_sitemaps_hold_what_is_on_sale_in_every_language_and_no_more(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "RANGE", 10**9)  # whatever the ids, one file
    office = CategoryFactory(slug="office")
    below = CategoryFactory(slug="below", parent=office)
    CategoryFactory(slug="empty")
    vendor = VendorFactory(slug="one")
    alone = OfferFactory(vendor=vendor, category=below)
    both = [OfferFactory(), OfferFactory(vendor=vendor)]
    product, left = Product.objects.create(title="Good"), Product.objects.create(title="Left")
    Offer.objects.filter(pk__in=[offer.pk for offer in both]).update(product=product)
    last = OfferFactory(product=left)
    OfferFactory(withdrawn_at=timezone.now())
    OfferFactory(hidden_at=timezone.now())
    OfferFactory(vendor=VendorFactory(slug="suspended", state=VendorState.SUSPENDED))
    old = OfferFactory()
    old.supply.confirmed_at -= timezone.timedelta(days=400)
    old.supply.save()
    files, _tree = addresses(client, "/sitemap.xml")
    assert [name for name in files if "goods" in name or "offers" in name] == [
        "/sitemap-goods-0.xml",
        "/sitemap-offers-0.xml",
    ]
    found, tree = addresses(client, "/sitemap-offers-0.xml")
    assert found == [f"{prefix}/offers/{alone.pk}/" for prefix in ("", "/ru", "/en")]
    links = {node.get("hreflang"): node.get("href") for node in tree[0].findall("x:link", NAMES)}
    assert links["x-default"] == links["uk"] == f"http://testserver/offers/{alone.pk}/"
    assert links["en"] == f"http://testserver/en/offers/{alone.pk}/"
    assert tree[0].find("s:lastmod", NAMES).text == f"{timezone.now():%Y-%m-%d}"
    found, _tree = addresses(client, "/sitemap-goods-0.xml")
    assert found[0] == f"/goods/{product.pk}/"
    assert found[3] == f"/offers/{last.pk}/"
    assert len(found) == 6
    found, _tree = addresses(client, "/sitemap-categories-0.xml")
    assert found[::3] == ["/categories/office/", "/categories/below/"]
    found, _tree = addresses(client, "/sitemap-vendors-0.xml")
    assert "/vendors/one/" in found
    assert "/vendors/suspended/" not in found
    found, _tree = addresses(client, "/sitemap-pages-0.xml")
    assert "/en/vendors/" in found
    for name in ("goods-7", "offers-1", "nothing-0", "vendors-1"):
        assert client.get(f"/sitemap-{name}.xml").status_code == 404
    packed = client.get("/sitemap-offers-0.xml", headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert b"urlset" in gzip.decompress(packed.content)
    robots = client.get("/robots.txt").content.decode()
    assert "Sitemap: http://testserver/sitemap.xml" in robots
    assert "Disallow: /en/compare/\n" in robots
    assert robots.count("Disallow: /watching/\n") == 1


def test_an_empty_range_is_a_file_that_is_not_kept_and_none_is_above_the_last(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "RANGE", 1)
    gone, last = OfferFactory(withdrawn_at=timezone.now()).pk, OfferFactory().pk
    codes = [client.get(f"/sitemap-offers-{number}.xml").status_code for number in (gone, last, last + 1)]
    assert codes == [200, 200, 404]
    kept = [cache.get(f"storefront.sitemap.offers.{number}.http://testserver") for number in (gone, last)]
    assert [bool(each) for each in kept] == [False, True]


def test_a_file_is_made_once_and_read_by_its_range(client, django_assert_num_queries):
    numbers = {OfferFactory().pk // sitemaps.RANGE for _offer in range(3)}
    assert numbers  # each statement reads a range of ids, whatever comes before it
    number = numbers.pop()
    with django_assert_num_queries(4):  # the last range, hidden vendors, days by category, offers
        client.get(f"/sitemap-offers-{number}.xml")
    with django_assert_num_queries(0):
        client.get(f"/sitemap-offers-{number}.xml")


def test_an_offer_of_a_good_points_to_the_goods_page_which_tells_all_prices(client):
    product = Product.objects.create(title='Степлер </script><b a="1">')
    offers = [OfferFactory(product=product, price_amount=price * 10_000) for price in (90, 110)]
    page = BeautifulSoup(client.get(f"/en/offers/{offers[0].pk}/").content, "html.parser")
    assert [link["href"] for link in page.select("link[rel=canonical]")] == [
        f"http://testserver/en/goods/{product.pk}/"
    ]
    assert page.select("link[hreflang]") == []
    response = client.get(f"/en/goods/{product.pk}/")
    page = BeautifulSoup(response.content, "html.parser")
    assert page.select_one("link[rel=canonical]")["href"] == f"http://testserver/en/goods/{product.pk}/"
    told = [json.loads(node.string) for node in page.select('script[type="application/ld+json"]')]
    good = next(node for node in told if node["@type"] == "Product")
    assert good["name"] == product.title
    offered = good["offers"]
    assert (offered["@type"], offered["lowPrice"], offered["highPrice"], offered["offerCount"]) == (
        "AggregateOffer",
        "90",
        "110",
        2,
    )
    assert [each["url"] for each in offered["offers"]] == [
        f"http://testserver/en/offers/{offer.pk}/" for offer in offers
    ]
    assert page.select_one("meta[property='og:title']")["content"] == product.title
    assert page.select("b[a]") == []


def test_the_front_page_tells_of_the_row_and_narrowed_lists_have_no_address_of_their_own(client):
    CategoryFactory(slug="office")
    plain = BeautifulSoup(client.get("/categories/office/").content, "html.parser")
    assert len(plain.select("link[rel=canonical]")) == 1
    narrowed = BeautifulSoup(client.get("/categories/office/?sort=price_asc").content, "html.parser")
    assert narrowed.select("link[rel=canonical], link[hreflang]:not(.languages *)") == []
    assert narrowed.select_one("meta[name=robots]")["content"] == "noindex, follow"
    assert "SearchAction" not in str(plain)
