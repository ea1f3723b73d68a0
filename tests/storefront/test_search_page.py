"""The page of results: what it shows, how it is limited, what it says, and what it costs."""

import re

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.utils import translation

from catalog.enums import Availability
from search import services
from search.models import QueryLog
from search.query import Alternative, Facets, Hit, Limit, Notice, SearchResults, Step, StepCode
from tests.factories.catalog import CategoryFactory, OfferFactory
from tests.factories.vendors import VendorFactory
from vendors.enums import Participation, VendorState

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true", "HX-Target": "results"}


def page(response):
    return BeautifulSoup(response.content, "html.parser")


def titles(response, where="results"):
    return [" ".join(link.get_text().split()) for link in page(response).select(f"#{where} .offer-title a")]


def texts(response, selector):
    return [" ".join(node.get_text().split()) for node in page(response).select(selector)]


def answer(**changes):
    values = {
        "total": 0, "hits": (), "facets": Facets(), "steps": (), "alternatives": (), "page": 1, "page_size": 24,
        "words": "", "engine": "embedded",
    }  # fmt: skip
    return SearchResults(**(values | changes))


def test_words_find_offers_of_all_vendors_and_are_lit(client, index):
    OfferFactory(title="Степлер Eagle 938")
    OfferFactory(title="Чайник")
    index()
    response = client.get("/search/", {"q": "степлери"})
    assert response.status_code == 200
    assert titles(response) == ["Степлер Eagle 938"]
    assert texts(response, "#results mark") == ["Степлер"]


def test_price_and_vendors_limit_and_each_limit_has_a_chip(client, index):
    one, other, third = (VendorFactory(slug=slug, name=slug.title()) for slug in ("one", "other", "third"))
    OfferFactory(title="Степлер А", vendor=one, price_amount=900_000)
    OfferFactory(title="Степлер Б", vendor=one, price_amount=1_900_000)
    OfferFactory(title="Степлер В", vendor=other, price_amount=800_000)
    OfferFactory(title="Степлер Г", vendor=third, price_amount=700_000)
    index()
    response = client.get(
        "/en/search/", {"q": "степлер", "max_price": "100", "without": "third", "sort": "price_asc"}
    )
    assert titles(response)[:2] == ["Степлер В", "Степлер А"]
    chips = page(response).select(".chips a")
    assert [chip.get_text().strip().removeprefix("Remove: ").strip() for chip in chips] == [
        "up to 100.00\N{NO-BREAK SPACE}UAH",
        "without Third",
        "Clear all",
    ]
    base = "/en/search/?q=%D1%81%D1%82%D0%B5%D0%BF%D0%BB%D0%B5%D1%80"
    assert [chip.get("href") for chip in chips] == [
        f"{base}&without=third&sort=price_asc",
        f"{base}&max_price=100&sort=price_asc",
        f"{base}&sort=price_asc",
    ]


def test_filters_stand_in_their_order_with_counts(client, index):
    category = CategoryFactory(name_en="Office", slug="office")
    child = CategoryFactory(parent=category, name_en="Staplers", slug="staplers")
    vendor = VendorFactory(slug="one", name="One")
    OfferFactory(title="Степлер А", vendor=vendor, category=child, brand="Eagle")
    OfferFactory(
        title="Степлер Б", vendor=vendor, category=child, brand="Eagle", availability=Availability.NONE
    )
    OfferFactory(title="Степлер В", category=category)
    index()
    response = client.get("/en/search/", {"q": "степлер", "vendor": "one"})
    groups = [re.sub(r", ₴$", "", text) for text in texts(response, "#facet-groups fieldset > legend")]
    assert groups == [
        "Price for a unit",
        "Vendors",
        "Category",
        "Brand",
        "Availability",
        "Delivery and pickup",
    ]
    ticked = page(response).select("#facet-groups input:checked")
    assert [(box.get("name"), box.get("value")) for box in ticked] == [("vendor", "one")]
    assert texts(response, "#f-a-in_stock ~ .tally") == ["1"]
    assert texts(response, "#f-v-one ~ .tally") == ["2"]
    assert texts(response, "#facet-groups .option a") == ["Office"]
    narrowed = client.get("/en/search/", {"q": "степлер", "category": "office"})
    assert texts(narrowed, "#facet-groups .option a") == ["All categories", "Staplers"]


def test_a_card_says_all_that_decides(client, index):
    vendor = VendorFactory(slug="one", name="One", quality=0.9, participation=Participation.LISTING)
    offer = OfferFactory(
        title="Степлер", vendor=vendor, brand="Eagle", article="ST-1", gtin="04820000000017", unit="PK", pack_count=10,
        price_amount=1_234_500, old_price_amount=1_500_000, url="https://one.example/st-1",
        attributes={"Color": "red"}, availability=Availability.TO_ORDER,
    )  # fmt: skip
    index()
    card = page(client.get("/en/search/", {"q": "степлер"})).select(".offer-card")[0]
    said = " ".join(card.get_text().split()).replace("\N{NO-BREAK SPACE}", " ")
    for part in (
        "Eagle",
        "Color: red",
        "art. ST-1",
        "One",
        "To order",
        "123.45 UAH / pack",
        "150.00 UAH",
        "12.35 UAH / pc",
    ):
        assert part in said
    button = card.select(".btn")[0]
    assert button.get("href") == f"/en/go/{offer.pk}/"
    assert button.get("rel") == ["nofollow", "noopener", "sponsored"]


def test_offers_of_other_ways_of_taking_part_open_here(client, index):
    vendor = VendorFactory(participation=Participation.HOSTED)
    offer = OfferFactory(title="Степлер", vendor=vendor, url="https://one.example/st-1")
    index()
    button = page(client.get("/en/search/", {"q": "степлер"})).select(".offer-card .btn")[0]
    assert (button.get("href"), button.get_text().strip()) == (f"/en/offers/{offer.pk}/", "Open")


def test_what_misses_a_limit_stands_apart_and_says_by_how_much(client, index):
    OfferFactory(title="Степлер дорогий", price_amount=1_620_000)
    OfferFactory(title="Степлер дешевий", price_amount=1_000_000)
    index()
    response = client.get("/en/search/", {"q": "степлер", "max_price": "150"})
    assert titles(response) == ["Степлер дешевий", "Степлер дорогий"]
    assert titles(response, "alternatives") == ["Степлер дорогий"]
    assert texts(response, "#alternatives .offer-miss") == ["12.00 UAH over your ceiling"]
    assert texts(response, ".understood p") == ["1 more over your ceiling is below."]


def test_what_has_only_some_of_the_words_stands_apart_with_a_heading(client, index):
    OfferFactory(title="Степлер рожевий Leitz")
    OfferFactory(title="Степлер чорний Leitz")
    index()
    response = client.get("/en/search/", {"q": "рожевий степлер leitz"})
    assert titles(response, "alternatives") == ["Степлер чорний Leitz"]
    assert texts(response, "#alternatives h3")[0] == "Similar: not all of your words"
    assert texts(response, ".understood p") == []
    assert texts(response, "#alternatives .alternatives-head a") == []


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (Limit.MIN_PRICE, "2.00 UAH below your lowest price"),
        (Limit.VENDORS_IN, "from a vendor you did not choose"),
        (Limit.VENDORS_OUT, "from a vendor you excluded"),
        (Limit.CATEGORY, "in another category: Office"),
        (Limit.AVAILABILITY, "in stock"),
        (Limit.BRAND, "of another brand: Eagle"),
    ],
)
def test_each_missed_limit_has_its_words(client, monkeypatch, limit, said):
    offer = OfferFactory(category=CategoryFactory(name_en="Office"), brand="Eagle")
    hit = Hit(offer.pk, offer.pk, 1.0, offer.price_amount)
    by = 20_000 if limit is Limit.MIN_PRICE else None
    monkeypatch.setattr(services, "search", lambda query: answer(alternatives=(Alternative(hit, limit, by),)))
    assert texts(client.get("/en/search/?q=x"), ".offer-miss") == [said]


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (Step(StepCode.LAYOUT, {"from": "cntgkth", "to": "степлер"}),
         "Read with another keyboard layout: “степлер” instead of “cntgkth”."),
        (Step(StepCode.TRANSLITERATED, {"from": "stepler", "to": "степлер"}),
         "Read in the other alphabet: “степлер” instead of “stepler”."),
        (Step(StepCode.SPELLING, {"from": "степлр", "to": "степлер"}), "Corrected: “степлер” instead of “степлр”."),
        (Step(StepCode.PARTIAL, {"missing": "синій"}),
         "No offer has all the words; not every one below has: синій."),
    ],
)  # fmt: skip
def test_what_was_understood_is_said(client, monkeypatch, step, said):
    monkeypatch.setattr(services, "search", lambda query: answer(steps=(step,), total=1))
    assert texts(client.get("/en/search/?q=x"), ".understood p")[0] == said


def test_a_correction_can_be_undone(client, index):
    OfferFactory(title="Степлер")
    index()
    response = client.get("/en/search/", {"q": "степлр"})
    assert titles(response) == ["Степлер"]
    way_back = page(response).select(".understood a")[0].get("href")
    assert way_back.endswith("&exact=1")
    assert titles(client.get(way_back)) == []


def test_nothing_found_leads_to_a_filled_request(client, index):
    OfferFactory(title="Степлер")
    index()
    response = client.get("/search/", {"q": "гіперболоїд & ко"})
    assert response.status_code == 200
    button = page(response).select("#results .empty .btn-primary")[0]
    assert button.get("href").endswith(
        "/requests/new/?lines=%D0%B3%D1%96%D0%BF%D0%B5%D1%80%D0%B1%D0%BE%D0%BB%D0%BE%D1%97%D0%B4+%26+%D0%BA%D0%BE"
    )


def test_bad_limits_are_said_by_the_field_and_results_are_shown(client, index):
    OfferFactory(title="Степлер")
    index()
    response = client.get("/en/search/", {"q": "степлер", "min_price": "багато", "max_price": "1000"})
    assert titles(response) == ["Степлер"]
    field = page(response).select("#f-min")[0]
    assert (field.get("value"), field.get("aria-invalid")) == ("багато", "true")
    assert texts(response, f"#{field.get('aria-describedby')}") == [
        "“багато” is not a price, so it was left out. Write a number such as 150 or 99,50."
    ]


def test_hidden_withdrawn_and_suspended_offers_are_not_shown(client, index, django_user_model):
    OfferFactory(title="Степлер на продажу")
    gone = OfferFactory(title="Степлер знятий")
    suspended = OfferFactory(title="Степлер чужий")
    index()
    type(gone).objects.filter(pk=gone.pk).update(withdrawn_at=gone.created_at)
    type(suspended.vendor).objects.filter(pk=suspended.vendor.pk).update(state=VendorState.SUSPENDED)
    assert titles(client.get("/search/", {"q": "степлер"})) == ["Степлер на продажу"]


def test_a_changed_filter_swaps_results_and_counts_only(client, index):
    OfferFactory(title="Степлер")
    index()
    response = client.get("/en/search/", {"q": "степлер", "max_price": "", "page": ""}, headers=HTMX)
    body = response.content.decode()
    assert "<html" not in body
    assert response["HX-Push-Url"] == "/en/search/?q=%D1%81%D1%82%D0%B5%D0%BF%D0%BB%D0%B5%D1%80"
    assert set(re.split(r",\s*", response["Vary"])) >= {"HX-Request", "HX-Target"}
    assert titles(response) == ["Степлер"]
    assert 'id="facet-groups" hx-swap-oob="true"' in body
    assert texts(response, "#result-status") == ["1 offer found"]
    assert QueryLog.objects.count() == 0  # the same search again


def test_a_search_is_noted_once(client, index):
    OfferFactory(title="Степлер")
    index()
    client.get("/search/", {"q": "степлер"}, headers={"User-Agent": "Mozilla/5.0 Firefox/140.0"})
    assert [(entry.words, entry.total) for entry in QueryLog.objects.all()] == [("степлер", 1)]


def test_pages_and_what_lies_beyond_them(client, index):
    vendor = VendorFactory()
    for number in range(25):
        OfferFactory(title=f"Степлер модель {number}", vendor=vendor)
    index()
    first = client.get("/search/", {"q": "степлер"})
    assert len(titles(first)) == 24
    assert [link.get("href") for link in page(first).select(".pages a")][-1].endswith("&page=2")
    assert len(titles(client.get("/search/", {"q": "степлер", "page": "2"}))) == 1
    beyond = client.get("/search/", {"q": "степлер", "page": "7"})
    assert beyond.status_code == 302
    assert beyond["Location"].endswith("&page=2")


def test_the_notice_when_the_engine_is_down(client, monkeypatch):
    down = answer(notice=Notice.ENGINE_UNAVAILABLE, engine="database")
    monkeypatch.setattr(services, "search", lambda query: down)
    assert len(texts(client.get("/en/search/?q=x"), "#results .alert-warning")) == 1


def test_nothing_typed_is_ever_markup(client, index):
    index()
    evil = '"><script>alert(1)</script>'
    body = client.get(
        "/search/", {"q": evil, "min_price": evil, "vendor": evil, "brand": evil}
    ).content.decode()
    assert "<script>alert" not in body
    assert body.count("<script") == 4


def test_a_nul_is_no_letter(client, index):
    OfferFactory(title="Степлер")
    index()
    browser = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
    page = client.get("/search/", {"q": "сте\x00плер", "category": "\x00", "vendor": "\x00"}, headers=browser)
    assert page.status_code == 200
    assert QueryLog.objects.get().words == "степлер"


def test_too_many_searches_are_told_when_to_go_on(client, index, settings):
    index()
    settings.RATE_LIMITS = {"search": "2/m"}
    assert [client.get("/search/").status_code for _turn in range(3)] == [200, 200, 429]


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_the_results(client, index, django_assert_num_queries, count):
    category = CategoryFactory()
    for number in range(count):
        OfferFactory(
            title=f"Степлер {number}", category=category, gtin=f"0482000000001{number}", brand=f"B{number}"
        )
    index()
    cache.clear()
    person = {"User-Agent": "Mozilla/5.0 Firefox/140.0"}
    with translation.override("uk"), django_assert_num_queries(18):
        assert client.get("/search/", {"q": "степлер"}, headers=person).status_code == 200
