"""Limits in addresses: read, written back in one form, dropped by chips, offered as filters. No database."""

from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.http import QueryDict
from django.utils import translation

from catalog.attributes.rules import attribute_rule
from catalog.enums import PriceBasis
from core.money import Money
from search.query import Alternative, FacetValue, FactFacet, FactLimit, Hit, Limit
from storefront import selectors
from storefront.forms import SearchForm, pairs_of
from storefront.forms.facts import read_facts
from storefront.listing.addresses import Addresses
from storefront.listing.beside import beside
from storefront.listing.chips import chips
from storefront.listing.options import fact_group
from storefront.selectors import missing

NAMES = {"uk": "Щільність", "en": "Density"}
RULES = {
    rule.code: rule
    for rule in (
        attribute_rule(code="density", names=NAMES, kind="number", unit="gsm", lowest=30),
        attribute_rule(code="roll", names={"en": "Roll"}, kind="number", unit="mm", lowest=1000),
        attribute_rule(code="volume", names={"en": "Volume"}, kind="number", unit="ml", lowest=1),
        attribute_rule(
            code="colour",
            names={"en": "Colour"},
            kind="choice",
            choices=[("black", {"en": "black"}, ""), ("assorted", {"en": "assorted"}, "")],
        ),
        attribute_rule(code="lit", names={"en": "Lit"}, kind="yes_no"),
        attribute_rule(code="size", names={"en": "Size"}, kind="size", unit="mm"),
    )
}


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def rules(monkeypatch):
    def within(category, codes):
        return {code: rule for code, rule in RULES.items() if code in codes}

    monkeypatch.setattr(selectors, "attributes_within", within)
    monkeypatch.setattr(missing, "attributes_by_code", lambda: RULES)


def read(address):
    return SearchForm.read(QueryDict(address))


def limits(address):
    return {limit.code: limit for limit in read(address).query("en").facts}


def test_attributes_are_read_in_the_unit_that_is_shown():
    assert limits("a.density.min=70&a.density.max=90,5&a.roll.min=66&a.volume.max=1,5 л&a.roll=10") == {
        "density": FactLimit("density", low=70.0, high=90.5),
        "roll": FactLimit("roll", frozenset({"10000"}), low=66_000.0),
        "volume": FactLimit("volume", high=1500.0),
    }
    assert limits("a.colour=black&a.lit=no&a.size=210x297") == {
        "colour": FactLimit("colour", frozenset({"black"})),
        "lit": FactLimit("lit", frozenset({"no"})),
        "size": FactLimit("size", frozenset({"210x297"})),
    }


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("a.nothing=1", "a.nothing"),
        ("a.colour=red", "a.colour"),
        ("a.colour.min=3", "a.colour"),
        ("a.density.min=thick", "a.density"),
        ("a.density.min=5+kg", "a.density"),
        ("a.density.min=90&a.density.max=70", "a.density"),
        ("a.lit=maybe", "a.lit"),
        ("a.size=big", "a.size"),
        ("region=UA-00", "region"),
        ("per=bucket", "per"),
        ("per=kg&delivered=1", "per"),
        ("condition=mint", "condition"),
        ("way=barter", "way"),
        ("availability=soon", "availability"),
    ],
)
def test_what_is_not_understood_is_said_and_the_rest_holds(address, field):
    form = read(f"{address}&max_price=150&a.volume.max=500")
    assert list(form.errors) == [field]
    assert form.left_out == [form.errors[field]]
    assert str(form.max_price.amount) == "150"
    assert form.facts["volume"].high == 500.0
    assert ("max_price", "150") in pairs_of(form)


def test_two_ways_to_the_same_limits_have_one_address():
    told = (
        "max_price=150&per=sheet&brand=A&brand=B&a.colour=assorted&a.colour=black&a.density.min=70&a.density.max=90.5"
        "&availability=in_stock&region=UA-46&pickup=1&way=cart&sort=price_asc"
    )
    other = (
        "sort=price_asc&way=cart&way=cart&a.density.max=90,50&a.density.min=70.0&pickup=1&region=UA-46&brand=B&brand=A"
        "&availability=in_stock&a.colour=black&a.colour=assorted&per=sheet&max_price=150,00&min_price=&page=1&x=1"
    )
    assert pairs_of(read(other)) == pairs_of(read(told)) == parse_qsl(told)


def test_more_than_anybody_chooses_is_cut():
    many = "&".join(f"a.density={number}" for number in range(300))
    assert len(limits(many)["density"].values) == 30
    facts, errors = read_facts(
        QueryDict("&".join(f"a.x{number}=yes" for number in range(40))),
        lambda codes: {code: attribute_rule(code=code, names={}, kind="yes_no") for code in codes},
    )
    assert (len(facts), list(errors.values())) == (
        16,
        ["Only 16 properties can be chosen at once; the rest was left out."],
    )


def test_whatever_is_asked_a_page_says_a_few_sentences_and_has_few_chips():
    form = read("&".join(f"a.x{number}=1" for number in range(900)))
    assert form.left_out == [
        "Goods here have no property “x0, x1, x10, …”, so it was left out. Choose among the filters.",
        "Only 16 properties can be chosen at once; the rest was left out.",
    ]
    assert [error.split("”")[0] for error in read("a.x=1&a.y=1").left_out] == [
        "Goods here have no property “x",
        "Goods here have no property “y",
    ]
    facts, _errors = read_facts(
        QueryDict("&".join(f"a.x{number % 16}={number}" for number in range(900))),
        lambda codes: {code: attribute_rule(code=code, names={}, kind="text") for code in codes},
    )
    assert sum(len(choice.values) for choice in facts.values()) == 120
    form = read("&".join(f"brand={number}&a.density={number}" for number in range(50)))
    assert len(chips(form, Addresses(form, "/search/"))) == 60


def test_each_chip_drops_its_limit_alone():
    form = read(
        "q=x&max_price=150&per=sheet&a.colour=black&a.density.min=70&condition=used&region=UA-46&pickup=1&way=cart"
    )
    page = Addresses(form, "/search/")
    whole = set(page.pairs)
    dropped = [
        (chip.label.replace("\N{NO-BREAK SPACE}", " "), whole - set(parse_qsl(urlsplit(chip.url).query)))
        for chip in chips(form, page)
    ]
    assert dropped == [
        ("up to 150.00 UAH / sheet", {("max_price", "150")}),
        ("Colour: black", {("a.colour", "black")}),
        ("Density: from 70 g/m²", {("a.density.min", "70")}),
        ("used", {("condition", "used")}),
        ("in the common cart", {("way", "cart")}),
        ("Lviv region", {("region", "UA-46")}),
        ("pickup", {("pickup", "1")}),
    ]
    assert page.cleared() == "/search/?q=x"


def test_a_number_has_a_range_and_its_few_values_in_their_order():
    values = (FacetValue("80", 9), FacetValue("160", 2), FacetValue("75", 1))
    group = fact_group(RULES["density"], FactFacet("density", values, low=75.0, high=160.0), None)
    assert [(one.value, one.name.replace("\N{NO-BREAK SPACE}", " ")) for one in group.options] == [
        ("75", "75 g/m²"),
        ("80", "80 g/m²"),
        ("160", "160 g/m²"),
    ]
    assert (group.has_range, group.lowest, group.highest, group.unit) == (True, "75", "160", "g/m²")
    rolls = tuple(FacetValue(str(number * 1000), 1) for number in range(1, 20))
    long = fact_group(RULES["roll"], FactFacet("roll", rolls, low=1000.0, high=19_000.0), None)
    assert (long.options, long.lowest, long.highest, long.unit) == ((), "1", "19", "m")


def test_colours_have_samples_and_what_all_have_is_no_choice():
    values = (FacetValue("black", 3), FacetValue("assorted", 1))
    group = fact_group(RULES["colour"], FactFacet("colour", values), None)
    assert [(one.name, one.swatch) for one in group.options] == [("black", "black"), ("assorted", "")]
    assert not fact_group(RULES["colour"], FactFacet("colour", values[:1]), None)


@pytest.mark.parametrize(
    ("alternative", "said"),
    [
        ({"limit": Limit.MAX_PRICE, "by": 120_000}, "12.00 UAH over your ceiling"),
        ({"limit": Limit.DELIVERED, "by": 400_000}, "with delivery 40.00 UAH over your ceiling"),
        ({"limit": Limit.FACT, "code": "colour", "value": "black"}, "Colour: black instead"),
        ({"limit": Limit.FACT, "code": "roll", "value": "66000"}, "Roll: 66 m instead"),
        ({"limit": Limit.FACT, "code": "roll"}, "“Roll” is not told"),
        ({"limit": Limit.AVAILABILITY, "value": "to_order", "days": 5}, "to order, 5 days"),
        ({"limit": Limit.CONDITION, "value": "used"}, "used"),
        ({"limit": Limit.PARTICIPATION, "value": "listing"}, "sold on the vendor's own site"),
        ({"limit": Limit.REGION}, "not delivered to: Lviv region"),
        ({"limit": Limit.PICKUP}, "no pickup in: Lviv region"),
        ({"limit": Limit.VENDORS_OUT}, "from a vendor you excluded"),
    ],
)
def test_every_missed_limit_is_said(alternative, said):
    offer = SimpleNamespace(category=None, brand="", availability="in_stock")
    told = missing.missed(Alternative(Hit(1, 1, 1.0, 1), **alternative), offer, region="UA-46")
    assert told.replace("\N{NO-BREAK SPACE}", " ") == said


def test_what_misses_a_limit_is_grouped_with_one_press_to_drop_it():
    form = read("q=x&max_price=150&a.density.min=70&a.density=80")
    page = Addresses(form, "/search/")
    told = [(1, Limit.MAX_PRICE, ""), (2, Limit.FACT, "density"), (3, Limit.MAX_PRICE, "")]
    alternatives = [Alternative(Hit(pk, pk, 1.0, 1), limit, code=code) for pk, limit, code in told]
    cards = [SimpleNamespace(offer=SimpleNamespace(pk=pk)) for pk, _limit, _code in told]
    found = beside(alternatives, cards, form, page)
    assert [(group.url, [card.offer.pk for card in group.cards]) for group in found] == [
        ("/search/?q=x&a.density=80&a.density.min=70", [1, 3]),
        ("/search/?q=x&max_price=150", [2]),
    ]


def test_the_question_for_the_engine_has_every_limit():
    query = read("max_price=9&per=kg&region=UA-46&pickup=1&way=cart&condition=used&condition=new").query("en")
    assert query.max_price == Money(read("max_price=9").max_price.amount, "UAH")
    assert (query.basis, query.region, query.pickup) == (PriceBasis.KG, "UA-46", True)
    assert (query.participation, query.condition) == (frozenset({"cart"}), frozenset({"used", "new"}))
