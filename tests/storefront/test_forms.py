"""Reading a search from its address."""

from decimal import Decimal

import pytest
from django.http import QueryDict

from core.rates import set_rate
from search.query import Sort
from storefront.forms import SearchForm, pairs_of
from tests.factories.catalog import CategoryFactory
from tests.factories.vendors import VendorFactory
from vendors.enums import VendorState

pytestmark = pytest.mark.django_db


def read(address):
    return SearchForm.read(QueryDict(address))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("150", "150"),
        ("99,50", "99.50"),
        ("1 234,5", "1234.5"),
        ("1\N{NO-BREAK SPACE}234", "1234"),
        ("0", "0"),
    ],
)
def test_prices_are_read_as_people_write_them(text, amount):
    data = QueryDict(mutable=True)
    data["max_price"] = text
    form = SearchForm.read(data)
    assert str(form.max_price.amount) == amount
    assert form.errors == {}


@pytest.mark.parametrize("text", ["abc", "-5", "1e9", "NaN", "1.2.3", "12 грн 5", "5 $ 6 €", "٣٤.", "9" * 30])
def test_what_is_no_price_is_said_and_does_not_limit(text):
    data = QueryDict(mutable=True)
    data["min_price"] = text
    form = SearchForm.read(data)
    assert form.min_price is None
    assert list(form.errors) == ["min_price"]
    assert form.min_text == text


def test_a_price_in_another_currency_that_has_a_rate():
    set_rate(currency="USD", rate=Decimal(40))
    for text, money in (
        ("5 USD", "5 USD"),
        ("$5", "5 USD"),
        ("5,5 дол.", "5.5 USD"),
        ("12 грн", "12"),
        ("5 u\u017fd", "5 USD"),
    ):
        data = QueryDict(mutable=True)
        data["max_price"] = text
        form = SearchForm.read(data)
        assert form.errors == {}, text
        assert pairs_of(form) == [("max_price", money)]
    form = read("min_price=300&max_price=5+USD")
    assert list(form.errors) == ["min_price"]
    form = read("max_price=5+CHF")
    assert form.max_price is None
    assert list(form.errors) == ["max_price"]


def test_a_price_too_high_to_be_one():
    form = read("max_price=1000000001")
    assert form.max_price is None
    assert list(form.errors) == ["max_price"]


def test_lowest_above_highest_drops_the_lowest():
    form = read("min_price=200&max_price=100")
    assert form.min_price is None
    assert str(form.max_price.amount) == "100"
    assert list(form.errors) == ["min_price"]


def test_vendors_are_chosen_and_excluded_by_their_slugs(django_assert_num_queries):
    one, other = VendorFactory(slug="one"), VendorFactory(slug="other")
    with django_assert_num_queries(1):
        form = read("vendor=one&without=other&vendor=other")
    assert form.vendors == [one]
    assert form.without == [other]
    query = form.query("uk")
    assert query.vendors_in == frozenset({one.pk})
    assert query.vendors_out == frozenset({other.pk})


def test_hidden_and_unknown_vendors_are_left_out_with_a_word():
    VendorFactory(slug="waits", state=VendorState.APPLIED)
    form = read("vendor=waits")
    assert form.vendors == []
    assert list(form.errors) == ["vendor"]


def test_category_by_slug_follows_a_merge():
    target = CategoryFactory(slug="target")
    CategoryFactory(slug="source", merged_into=target, is_active=False)
    assert read("category=source").category == target
    assert read("category=target").category == target
    assert list(read("category=nothing").errors) == ["category"]


def test_the_rest_is_taken_only_if_known():
    form = read(
        "q=+два++слова+&availability=in_stock&availability=x&sort=price_asc&page=2&brand=Tefal&exact=1"
    )
    assert form.words == "два слова"
    assert form.availability == ["in_stock"]
    assert form.sort == Sort.PRICE_ASC
    assert form.page == 2
    assert form.brands == ["Tefal"]
    assert form.exact is True


def test_brands_of_very_many_letters_are_cut_and_said():
    data = QueryDict("&".join(f"brand={number}{'я' * 300}" for number in range(50)))
    form = SearchForm.read(data)
    assert sum(map(len, form.brands)) <= 1_200
    assert len(form.brands) == 10
    assert form.errors["brand"]
    assert "brand" not in SearchForm.read(QueryDict("brand=Tefal&brand=Bosch")).errors


@pytest.mark.parametrize("page", ["0", "-1", "x", "1.5", "", "٣"])
def test_odd_pages_mean_the_first(page):
    assert read(f"page={page}").page == 1


def test_a_page_beyond_reach_is_the_last_one_allowed():
    assert read("page=999999").page == 400
