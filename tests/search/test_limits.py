"""Limits beside words, over real rows: attributes, unit prices, delivery, region, pickup, participation, condition."""

from decimal import Decimal

import pytest

from catalog.attributes import services as attributes
from catalog.attributes.services import AttributeInput, ChoiceInput, Place
from catalog.enums import PriceBasis
from catalog.models import Offer
from core.money import Money
from search import fallback
from search.engines.base import EngineAnswer, EngineQuery, Filters
from search.query import Facets, FacetValue, FactLimit, Limit, Notice, SearchQuery, Sort
from search.services import index_facts, search
from search.services.alternatives import alternatives_to
from tests.factories.catalog import CategoryFactory, OfferFactory
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db

SIZE = AttributeInput(
    names={"uk": "Розмір", "en": "Size"},
    kind="choice",
    choices=[ChoiceInput(names={"uk": "мала", "en": "small"}), ChoiceInput(names={"uk": "велика", "en": "large"})],
)  # fmt: skip


def test_what_may_be_missed_has_an_end():
    facts = tuple(FactLimit(f"a{number}", frozenset({"1"})) for number in range(16))
    asked = EngineQuery(words=(), filters=Filters(max_price=1, facts=facts))
    missed = []

    def ask(turned):
        missed.append((turned.missed, turned.missed_fact))
        return EngineAnswer(0, (), Facets())

    assert alternatives_to(asked, None, ask, lambda _reading, _candidates: []) == ()
    assert missed == [(Limit.MAX_PRICE, ""), *((Limit.FACT, f"a{number}") for number in range(7))]


@pytest.fixture
def shelf(index):
    """Coffee of a category with sizes and weights; by its title."""
    category = CategoryFactory()
    weight = attributes.add_attribute(
        given=AttributeInput(names={"uk": "Вага", "en": "Weight"}, kind="number", unit="g")
    )
    size = attributes.add_attribute(given=SIZE)
    attributes.place_attributes(
        category=category, places=[Place(weight.pk, position=1), Place(size.pk, position=2)]
    )
    near = VendorFactory(region="UA-30", delivery_regions=["UA-30"], delivery_price=500_000)
    far = VendorFactory(region="UA-46", delivery_regions=["UA-46"], participation="hosted")
    far.pickup_points.create(name="Склад", address="вул. Городоцька, 1", city="Львів")
    offers = {
        offer.title: offer
        for offer in (
            OfferFactory(category=category, vendor=near, title="Кава мала 250 г", price_amount=1_000_000),
            OfferFactory(category=category, vendor=near, title="Кава велика 1 кг", price_amount=3_000_000),
            OfferFactory(
                category=category, vendor=far, title="Кава велика 500 г б/у", price_amount=1_200_000
            ),
        )
    }
    index_facts([{"offers": [offer.pk for offer in offers.values()], "topic": "offers"}])
    return category, offers


def uah(amount):
    return Money(Decimal(amount), "UAH")


def titles(results):
    known = dict(Offer.objects.values_list("pk", "title"))
    return [known[hit.offer_id] for hit in results.hits]


def ask(words="кава", **values):
    return search(SearchQuery(words=words, **values))


def missed(results):
    known = dict(Offer.objects.values_list("pk", "title"))
    return [
        (each.limit.value, known[each.hit.offer_id], each.by, each.code, each.value)
        for each in results.alternatives
    ]


def test_attributes_limit_by_value_and_by_range_and_are_counted(shelf):
    category, _offers = shelf
    results = ask(facts=(FactLimit("weight", low=300, high=1000),), category_id=category.pk)
    assert sorted(titles(results)) == ["Кава велика 1 кг", "Кава велика 500 г б/у"]
    assert missed(results) == [("fact", "Кава мала 250 г", None, "weight", "250")]
    weight, size = results.facets.facts
    assert (results.facets.facts_of, weight.code, weight.low, weight.high) == (
        category.pk,
        "weight",
        250,
        1000,
    )
    assert {value.value: value.count for value in weight.values} == {"250": 1, "500": 1, "1000": 1}
    assert size.values == (FacetValue("large", 2),)
    results = ask(facts=(FactLimit("size", frozenset(["small"])), FactLimit("weight", frozenset(["250"]))))
    assert titles(results) == ["Кава мала 250 г"]
    # Nobody chose the category, but what is found is of one.
    assert results.facets.facts_of is None or results.facets.facts_of == category.pk
    assert [facet.code for facet in results.facets.facts] == ["size", "weight"]
    assert search(SearchQuery(words="кава", with_facets=False)).facets.facts == ()


def test_prices_mean_what_the_basis_says(shelf):
    results = ask(basis=PriceBasis.KG, max_price=uah(300), sort=Sort.PRICE_ASC)
    assert [(title, hit.basis_price) for title, hit in zip(titles(results), results.hits, strict=True)] == [
        ("Кава велика 500 г б/у", 2_400_000),
        ("Кава велика 1 кг", 3_000_000),
    ]
    assert (results.facets.price.low, results.facets.price.high) == (2_400_000, 4_000_000)
    assert missed(results) == [("max_price", "Кава мала 250 г", 1_000_000, "", "")]


def test_a_ceiling_with_delivery(shelf):
    results = ask(max_price=uah(120), delivered=True)
    assert titles(results) == ["Кава велика 500 г б/у"]
    assert missed(results) == [
        ("max_price", "Кава велика 1 кг", 2_300_000, "", ""),
        ("delivered", "Кава мала 250 г", 300_000, "", ""),
    ]


@pytest.mark.parametrize(
    ("limits", "alternative"),
    [
        ({"region": "UA-46"}, ("region", None)),
        ({"pickup": True}, ("pickup", None)),
        ({"region": "UA-46", "pickup": True}, None),
        ({"participation": frozenset(["hosted"])}, ("participation", "listing")),
        ({"condition": frozenset(["used"])}, ("condition", "new")),
    ],
)
def test_vendors_and_conditions(shelf, limits, alternative):
    results = ask(**limits)
    assert titles(results) == ["Кава велика 500 г б/у"]
    told = {(limit, value or None) for limit, *_, value in missed(results)}
    assert told == ({alternative} if alternative else set())
    by_database = fallback.search(SearchQuery(words="кава", **limits))
    assert by_database.notice is Notice.ENGINE_UNAVAILABLE
    if "condition" in limits:
        assert by_database.unapplied == (Limit.CONDITION,)
    else:
        assert titles(by_database) == titles(results)
        assert by_database.unapplied == ()


def test_how_many_take_part_and_in_what_condition(shelf):
    facets = ask(participation=frozenset(["listing"])).facets
    assert facets.participation == (FacetValue("listing", 2, True), FacetValue("hosted", 1))
    assert facets.condition == (FacetValue("new", 2),)


def test_the_database_knows_delivery_and_pieces(shelf):
    _category, offers = shelf
    pack = OfferFactory(title="Кава в стіках", pack_count=10, unit="PK", price_amount=1_000_000)
    OfferFactory(title="Кава дорога", price_amount=1_000_000, vat="excluded", vat_percent=20)
    delivered = fallback.search(SearchQuery(words="кава", max_price=uah(150), delivered=True))
    assert sorted(titles(delivered)) == sorted(
        ["Кава мала 250 г", "Кава велика 500 г б/у", "Кава в стіках", "Кава дорога"]
    )
    a_piece = fallback.search(SearchQuery(words="кава", max_price=uah(10), basis=PriceBasis.PIECE))
    assert titles(a_piece) == [pack.title]
    assert "Кава дорога" not in titles(fallback.search(SearchQuery(words="кава", max_price=uah(119))))
    assert fallback.search(
        SearchQuery(basis=PriceBasis.KG, max_price=uah(1), facts=(FactLimit("size", frozenset(["small"])),))
    ).unapplied == (Limit.MAX_PRICE, Limit.FACT)
    assert len(offers) == 3


def test_what_is_to_be_ordered_says_in_how_many_days(index):
    offer = OfferFactory(title="Кава", availability="to_order")
    offer.stock_levels.create(state="to_order", order_days=5)
    index_facts([{"offers": [offer.pk], "topic": "offers"}])
    (alternative,) = ask(availability=frozenset(["in_stock"])).alternatives
    assert (alternative.limit, alternative.value, alternative.days) == (Limit.AVAILABILITY, "to_order", 5)
