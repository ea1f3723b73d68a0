"""The answer behind the search field: fragment and JSON, headers, statements, limits."""

import pytest
from bs4 import BeautifulSoup

from search.models import QueryLog
from tests.factories.accounts import UserFactory
from tests.factories.catalog import CategoryFactory, OfferFactory
from tests.factories.vendors import VendorFactory
from vendors.enums import VatStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(index):
    pens = CategoryFactory(slug="pens", name_uk="Ручки", name_en="Pens")
    vendor = VendorFactory(slug="ruch", name="Ручний двір")
    for number in range(3):
        OfferFactory(title=f"Ручка <кулькова> {number}", category=pens, vendor=vendor, price_amount=125_000)
    index()
    return pens


def options(response):
    return [
        (row["href"], " ".join(row.get_text().split()).replace(" ,", ","))
        for row in BeautifulSoup(response.content, "html.parser").select("[role=option]")
    ]


def test_a_fragment_has_each_kind_with_its_link(client, row):
    response = client.get("/en/search/suggestions/?q=руч")
    shown = options(response)
    assert shown[0] == ("/en/search/?q=%D1%80%D1%83%D1%87%D0%BA%D0%B0", "ручка, search")
    assert ("/en/categories/pens/", "Pens, category") in shown
    assert ("/en/vendors/ruch/", "Ручний двір, vendor") in shown
    goods = [text for href, text in shown if href.startswith("/en/offers/")]
    assert goods[0].startswith("Ручка <кулькова> ")
    assert goods[0].endswith(" 12.50 UAH, good")
    markup = response.content.decode()
    assert "<кулькова>" not in markup
    assert "<mark>Руч</mark>" in markup
    assert "style=" not in markup
    assert f'data-status="{len(shown)} suggestions"' in markup


def test_a_price_that_vat_is_added_to_is_told_with_it(client, index):
    OfferFactory(title="Степлер", price_amount=900_000, vat=VatStatus.EXCLUDED, vat_percent=20)
    index()
    shown = options(client.get("/en/search/suggestions/?q=степл"))
    assert [text for href, text in shown if href.startswith("/en/offers/")] == ["Степлер 108.00 UAH, good"]


def test_programs_get_json(client, row):
    response = client.get("/search/suggestions/?q=pen", headers={"Accept": "application/json"})
    assert response.json() == {
        "words": "pen",
        "corrected": False,
        "suggestions": [{"kind": "category", "text": "Ручки", "url": "/categories/pens/"}],
    }
    assert "Accept" in response["Vary"]


def test_a_scope_is_kept_in_links(client, row):
    shown = options(client.get("/search/suggestions/?q=руч&category=pens"))
    assert shown[0][0].endswith("&category=pens")


def test_it_reads_and_writes_nothing_of_the_person(sign_in, row):
    client = sign_in(UserFactory())
    cookies = dict(client.cookies)
    response = client.get("/search/suggestions/?q=руч")
    assert response["Cache-Control"] == "private, max-age=30"
    assert response["X-Robots-Tag"] == "noindex"
    assert "Cookie" not in response.get("Vary", "")
    assert dict(client.cookies) == cookies
    assert not response.cookies
    assert QueryLog.objects.count() == 0


@pytest.mark.parametrize("goods", [1, 3])
def test_its_statements_are_few_and_the_same_for_one_good_and_for_three(
    client, index, django_assert_num_queries, goods
):
    pens = CategoryFactory(slug="pens", name_uk="Ручки")
    vendor = VendorFactory(name="Ручний двір")
    for number in range(goods):
        OfferFactory(title=f"Ручка {number}", category=pens, vendor=vendor)
    index()
    client.get("/search/suggestions/?q=руч")
    # hidden vendors; candidates on sale; categories and vendors that may be shown, then with their names; goods
    with django_assert_num_queries(7):
        client.get("/search/suggestions/?q=руч")


def test_nothing_found_is_an_empty_list_and_hasty_programs_wait(client, row, settings):
    response = client.get("/en/search/suggestions/?q=%F0%9F%A6%84")
    assert (response.status_code, options(response)) == (200, [])
    assert 'data-status="No suggestions"' in response.content.decode()
    settings.RATE_LIMITS = {"suggestions": "1/m"}
    assert client.get("/search/suggestions/?q=a").status_code == 200
    assert client.get("/search/suggestions/?q=a").status_code == 429


def test_any_text_is_answered(client, row):
    for words in (
        "'",
        "a\x00b",
        "a" * 5000 + "1",
        "[;'.,",
        "<script>",
        "ʼ’`",
        "\ud800".encode("utf-8", "replace").decode(),
    ):
        assert client.get("/search/suggestions/", {"q": words}).status_code == 200
