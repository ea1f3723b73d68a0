"""Category, vendor and offer pages, the way out to a vendor's site, and what is not there."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from catalog.enums import Availability, PriceKind
from catalog.models import OfferPrice, OutboundClick, StockLevel
from core.rates import set_rate
from tests.factories.catalog import CategoryFactory, OfferFactory
from tests.factories.vendors import VendorFactory
from vendors.enums import Participation, VendorState
from vendors.models import PickupPoint

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_index(index):
    """Even an empty one: no page of a test may look into another's."""


def page(response):
    return BeautifulSoup(response.content, "html.parser")


def machine_data(response):
    return [json.loads(node.string) for node in page(response).select('script[type="application/ld+json"]')]


def texts(response, selector):
    return [" ".join(node.get_text().split()) for node in page(response).select(selector)]


# Categories -------------------------------------------------------------------------------------------------


def test_a_category_shows_what_is_in_and_below_it(client, index):
    office = CategoryFactory(slug="office", name="Канцелярія", name_en="Office")
    staplers = CategoryFactory(slug="staplers", name_en="Staplers", parent=office)
    OfferFactory(title="Степлер", category=staplers)
    OfferFactory(title="Чайник", category=CategoryFactory(slug="kitchen"))
    index()
    response = client.get("/en/categories/office/")
    assert texts(response, "#results .offer-title") == ["Степлер"]
    assert texts(response, "h1") == ["Office"]
    assert [link["href"] for link in page(response).select(".page-body > .chips a")] == [
        "/en/categories/staplers/"
    ]
    below = client.get("/en/categories/staplers/")
    assert texts(below, ".breadcrumbs a") == ["All categories", "Office"]
    assert texts(client.get("/categories/office/"), "h1") == ["Канцелярія"]


def test_a_merged_category_leads_on_and_a_hidden_one_is_not_there(client):
    target = CategoryFactory(slug="target")
    CategoryFactory(slug="source", merged_into=target, is_active=False)
    CategoryFactory(slug="hidden", is_active=False)
    moved = client.get("/en/categories/source/")
    assert (moved.status_code, moved["Location"]) == (301, "/en/categories/target/")
    assert client.get("/categories/hidden/").status_code == 404
    assert client.get("/categories/nothing/").status_code == 404


def test_all_categories_in_one_query(client, django_assert_num_queries):
    office = CategoryFactory(slug="office")
    for _number in range(3):
        CategoryFactory(parent=office)
    CategoryFactory(slug="hidden", is_active=False)
    client.get("/categories/")  # the header's list is in the cache now
    with django_assert_num_queries(1):
        response = client.get("/categories/")
    assert len(page(response).select(".category-block")) == 1
    assert len(page(response).select(".category-block li")) == 3


# Vendors ----------------------------------------------------------------------------------------------------


def test_a_vendor_shows_itself_its_terms_and_only_its_offers(client, index):
    vendor = VendorFactory(
        slug="one", name="Один", phone="+380 44 123", delivery_price=900_000, free_delivery_from=15_000_000,
        delivery_days=2, description="Про нас", delivery_regions=["UA-46", "XX"],
    )  # fmt: skip
    PickupPoint.objects.create(vendor=vendor, name="Склад", address="вул. Перша, 1", city="Київ")
    OfferFactory(title="Степлер", vendor=vendor)
    OfferFactory(title="Степлер чужий")
    index()
    response = client.get("/en/vendors/one/", {"q": "степлер", "vendor": "other"})
    assert texts(response, "#results .offer-title") == ["Степлер"]
    said = " ".join(page(response).select(".facts")[0].get_text().split())
    for part in (
        "+380 44 123",
        "90.00 UAH, free from 1,500.00 UAH, 2 days Lviv region, XX",
        "Склад: Київ, вул. Перша, 1",
    ):
        assert part in said
    assert texts(response, "#facet-groups legend")[:2] == ["Search at this vendor", "Price for a unit, ₴"]
    assert page(response).select("#f-words")[0]["value"] == "степлер"


@pytest.mark.parametrize("state", [VendorState.APPLIED, VendorState.REJECTED, VendorState.SUSPENDED])
def test_a_vendor_who_is_not_approved_is_not_there(client, state):
    offer = OfferFactory(vendor=VendorFactory(slug="waits", state=state), url="https://waits.example/")
    assert client.get("/vendors/waits/").status_code == 404
    assert client.get(f"/offers/{offer.pk}/").status_code == 404
    assert client.get(f"/go/{offer.pk}/").status_code == 404
    assert "waits" not in client.get("/vendors/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_vendors_with_their_number_of_offers(client, django_assert_num_queries, count):
    for _number in range(count):
        offer = OfferFactory()
        OfferFactory(vendor=offer.vendor, withdrawn_at=timezone.now())
    client.get("/en/vendors/")
    with django_assert_num_queries(2):
        response = client.get("/en/vendors/")
    assert texts(response, ".tile-note") == ["1 offer · Київ"] * count


# One good ---------------------------------------------------------------------------------------------------


def full_offer(**changes):
    vendor = VendorFactory(
        slug="one", name="One", participation=Participation.LISTING, delivery_price=500_000
    )
    office = CategoryFactory(slug="office", name_en="Office")
    values = {
        "vendor": vendor, "category": CategoryFactory(slug="staplers", name_en="Staplers", parent=office),
        "title": "Степлер Eagle", "brand": "Eagle", "maker": "Eagle Ltd", "country": "China", "article": "ST-1",
        "mpn": "938", "gtin": "04820000000017", "url": "https://one.example/st-1", "attributes": {"Color": "red"},
        "texts": {"en": {"title": "Eagle stapler", "description": "<p>Good <script>x</script><b>one</b></p>"}},
        "old_price_amount": 1_500_000,
    }  # fmt: skip
    return OfferFactory(**(values | changes))


def test_an_offer_says_everything(client):
    offer = full_offer()
    OfferPrice.objects.create(
        offer=offer, kind=PriceKind.WHOLESALE, amount=900_000, currency="UAH", min_quantity=10
    )
    OfferPrice.objects.create(offer=offer, label="no_vat", amount=830_000, currency="UAH")
    OfferPrice.objects.create(offer=offer, label="Закупівельна ціна", amount=617_300, currency="UAH")
    StockLevel.objects.create(offer=offer, state=Availability.IN_STOCK, quantity=12)
    response = client.get(f"/en/offers/{offer.pk}/")
    assert response.status_code == 200
    assert texts(response, "h1") == ["Eagle stapler"]
    assert texts(response, ".breadcrumbs a") == ["All categories", "Office", "Staplers"]
    assert "61.73" not in response.content.decode(), "what the good cost its vendor"
    assert "Закупівельна" not in response.content.decode()
    said = " ".join(page(response).select("article")[0].get_text().split())
    for part in (
        "Brand: Eagle", "Article: ST-1", "Maker's number: 938", "Barcode: 4820000000017", "100.00 UAH", "150.00 UAH",
        "VAT 20% included", "In stock 12 pc", "Wholesale, from 10 pc", "90.00 UAH", "Price without VAT", "83.00 UAH", "Color", "red", "Eagle Ltd", "China",
        "Good one",
    ):  # fmt: skip
        assert part in said
    assert "<script>x" not in response.content.decode()
    told = next(node for node in machine_data(response) if node["@type"] == "Product")
    assert (told["name"], told["sku"], told["brand"]["name"]) == ("Eagle stapler", "ST-1", "Eagle")
    assert (told["offers"]["price"], told["offers"]["availability"]) == ("100", "https://schema.org/InStock")


def test_an_offer_has_one_address_in_each_language(client):
    offer = full_offer()
    head = page(client.get(f"/ru/offers/{offer.pk}/?utm=1")).head
    assert head.select("link[rel=canonical]")[0]["href"] == f"http://testserver/ru/offers/{offer.pk}/"
    assert {link["hreflang"]: link["href"].split("?")[0] for link in head.select("link[hreflang]")} == {
        "uk": f"http://testserver/offers/{offer.pk}/",
        "x-default": f"http://testserver/offers/{offer.pk}/",
        "ru": f"http://testserver/ru/offers/{offer.pk}/",
        "en": f"http://testserver/en/offers/{offer.pk}/",
    }


def test_a_foreign_price_is_also_said_in_hryvnias_with_its_day(client):
    set_rate(currency="USD", rate=Decimal("41.5"))
    offer = full_offer(price_currency="USD", price_amount=100_000, old_price_amount=None)
    said = texts(client.get(f"/en/offers/{offer.pk}/"), ".deal")[0]
    assert "10.00 $" in said
    assert "≈ 415.00 UAH at the rate of" in said


def test_all_vendors_of_a_good_cheapest_first(client):
    offer = full_offer(price_amount=1_100_000)
    rival = OfferFactory(gtin=offer.gtin, price_amount=1_000_000, vendor=VendorFactory(name="Cheaper"))
    OfferFactory(gtin=offer.gtin, price_amount=900_000, withdrawn_at=timezone.now())
    rows = page(client.get(f"/en/offers/{offer.pk}/")).select("#offers tbody tr")
    assert [row.select(".vendor")[0].get_text(strip=True)[1:] for row in rows] == ["Cheaper", "One"]
    assert rows[0]["class"] == ["is-best"]
    assert rows[0].select(".btn")[0]["href"] == f"/en/offers/{rival.pk}/"
    assert rows[1].select(".btn")[0]["href"] == f"/en/go/{offer.pk}/"


@pytest.mark.parametrize("way", [Participation.HOSTED, Participation.CART])
def test_where_there_is_no_shop_yet_contacts_and_a_request_stand(client, way):
    offer = full_offer(participation=way)
    buttons = [link["href"] for link in page(client.get(f"/en/offers/{offer.pk}/")).select(".deal .btn")]
    assert buttons[0] == "/en/requests/new/?lines=Eagle+stapler"
    watch = f"/en/watching/prices/watch/?offer={offer.pk}"
    assert buttons[1:] == [f"mailto:{offer.vendor.email}", watch]


def test_similar_goods_are_others_of_the_same_kind(client, index):
    offer = full_offer()
    alike = OfferFactory(title="Степлер Buromax", category=offer.category)
    OfferFactory(title="Чайник", category=offer.category)
    index()
    found = page(client.get(f"/offers/{offer.pk}/")).select(".offer-small .offer-title a")
    assert [link["href"] for link in found] == [f"/offers/{alike.pk}/"]


@pytest.mark.parametrize("field", ["withdrawn_at", "hidden_at"])
def test_an_offer_off_sale_is_not_there(client, field):
    offer = full_offer(**{field: timezone.now()})
    assert client.get(f"/offers/{offer.pk}/").status_code == 404
    assert client.get(f"/go/{offer.pk}/").status_code == 404


def test_an_unknown_offer_is_not_there(client):
    response = client.get("/en/offers/987654/")
    assert response.status_code == 404
    assert texts(response, "h1") == ["There is nothing here"]


@pytest.mark.parametrize("count", [1, 3])
def test_an_offer_page_costs_the_same_with_more_rivals(client, index, django_assert_num_queries, count):
    offer = full_offer()
    for _number in range(count):
        OfferFactory(gtin=offer.gtin)
        OfferFactory(title=f"Степлер Eagle {_number}", category=offer.category)
    index()
    cache.clear()
    with django_assert_num_queries(19):
        assert client.get(f"/offers/{offer.pk}/").status_code == 200


# The way out ------------------------------------------------------------------------------------------------


#: What a person's browser says.
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


def test_leaving_goes_to_the_stored_link_and_is_counted_once(client):
    offer = full_offer()
    for _turn in range(2):
        response = client.get(f"/go/{offer.pk}/", {"next": "https://evil.example/"}, headers=BROWSER)
        assert (response.status_code, response["Location"]) == (302, "https://one.example/st-1")
        assert response["X-Robots-Tag"] == "noindex, nofollow"
    click = OutboundClick.objects.get()
    assert (click.offer, click.vendor) == (offer, offer.vendor)
    assert len(click.session_hash) == 64
    client.get(f"/go/{offer.pk}/", headers={"User-Agent": "Mozilla/5.0 another"})
    assert OutboundClick.objects.count() == 2


def test_a_picture_that_points_to_the_way_out_is_no_click(client):
    offer = full_offer()
    assert client.get(f"/go/{offer.pk}/", headers=BROWSER | {"Sec-Fetch-Dest": "image"}).status_code == 302
    assert not OutboundClick.objects.exists()
    client.get(f"/go/{offer.pk}/", headers=BROWSER | {"Sec-Fetch-Dest": "document"})
    assert OutboundClick.objects.count() == 1


@pytest.mark.parametrize(
    "url",
    ["", "javascript:alert(1)", "//evil.example/", "/x", "ftp://one.example/", "https://", "http://[bad/", "https://a b/",
     "https:\\\\evil.example/", "https://one.example/\r\nX: y"],
)  # fmt: skip
def test_no_way_out_through_a_link_that_is_none(client, url):
    offer = full_offer(url=url)
    assert client.get(f"/go/{offer.pk}/").status_code == 404
    assert OutboundClick.objects.count() == 0
    assert page(client.get(f"/en/offers/{offer.pk}/")).select('.deal a[href*="/go/"]') == []


@pytest.mark.parametrize("way", [Participation.HOSTED, Participation.CART])
def test_only_listing_vendors_have_a_way_out(client, way):
    offer = full_offer(participation=way)
    assert client.get(f"/go/{offer.pk}/").status_code == 404


@pytest.mark.parametrize("name", ["search", "categories", "vendors"])
def test_pages_are_read_only(client, name):
    assert client.post(reverse(f"storefront:{name}")).status_code == 405


# Every page -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["/search/?q=x", "/categories/", "/vendors/", "/accounts/login/", "/nothing/"]
)
def test_pages_obey_the_content_security_policy(client, index, address):
    index()
    response = client.get(address)
    body = page(response)
    assert "unsafe" not in response["Content-Security-Policy"]
    assert body.select("[style], style") == []
    assert [
        script
        for script in body.select("script")
        if not script.get("src") and script.get("type") not in {"application/json", "application/ld+json"}
    ] == []
    handlers = [name for node in body.find_all() for name in node.attrs if name.startswith(("on", "hx-on"))]
    assert handlers == []


def test_the_header_has_the_ways_on(client):
    body = page(client.get("/en/categories/"))
    form = body.select("form[role=search]")[0]
    assert form["action"] == "/en/search/"
    assert body.select(".header-actions .btn")[0]["href"] == "/en/requests/new/"
    assert [link["href"] for link in body.select(".site-nav .languages a")] == [
        "/categories/",
        "/ru/categories/",
        "/en/categories/",
    ]
    assert body.html["lang"] == "en"


# When it was confirmed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "days", "told"),
    [
        ("en", 2, "confirmed 2 days ago"),
        ("en", 20, "confirmed 20 days ago stale: ask"),
        ("en", 40, "confirmed 1 month ago stale: ask"),
    ],
)
def test_an_offer_says_when_it_was_confirmed(client, index, language, days, told):
    offer = full_offer()
    offer.supply.confirmed_at = timezone.now() - dt.timedelta(days=days, minutes=5)
    offer.supply.save()
    index()
    text = " ".join(page(client.get(f"/{language}/offers/{offer.pk}/")).get_text(" ").split())
    assert told in text
    assert ("lists leave it out" in text) == (days == 40)
    listed = page(client.get(f"/{language}/search/", {"q": offer.title})).select(".offer-card")
    assert [told in " ".join(card.get_text(" ").split()) for card in listed] == ([True] if days < 30 else [])
