"""Questions as JSON and back, whatever fields questions have by then. No database."""

import datetime as dt
import json
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal

import pytest

from core.money import Money
from search.query import FactLimit, SearchQuery, Sort
from search.saved.queries import OF_A_PAGE, limits_of, pack, unpack

FULL = SearchQuery(
    words="степлер 24/6",
    min_price=Money(Decimal("0.50"), "UAH"),
    max_price=Money(Decimal(150), "USD"),
    vendors_in=frozenset({3, 1}),
    category_id=7,
    brands=frozenset({"Buromax", "Ґудзик"}),
    facts=(FactLimit("colour", frozenset({"red"})), FactLimit("density", low=80, high=90.5)),
    sort=Sort.PRICE_ASC,
    exact=True,
)


def test_a_question_survives_being_stored():
    packed = json.loads(json.dumps(pack(FULL)))
    assert unpack(packed) == (FULL, frozenset())
    assert "vendors_out" not in packed  # what limits nothing is not stored
    assert type(unpack(packed)[0].sort) is Sort


@pytest.mark.parametrize(
    "field",
    [field for field in fields(SearchQuery) if field.name not in OF_A_PAGE],
    ids=lambda field: field.name,
)
def test_every_field_of_today_can_be_stored(field):
    """Also those that were added since this was written: a value is made by the type of the default."""
    default = getattr(SearchQuery(), field.name)
    given = getattr(FULL, field.name)
    if given == default:
        given = {bool: True, str: "UA-05", frozenset: frozenset({"x"}), type(None): 5}.get(type(default))
        if given is None:  # a choice
            given = next(value for value in type(default) if value != default)
    question = replace(SearchQuery(), **{field.name: given})
    stored, lost = unpack(json.loads(json.dumps(pack(question))))
    assert (stored, lost) == (question, frozenset())
    assert type(getattr(stored, field.name)) is type(given) or is_dataclass(given)


def test_a_page_of_results_is_no_part_of_the_question():
    assert pack(SearchQuery(words="папір", page=4, page_size=7, language="en")) == {"v": 1, "words": "папір"}


@pytest.mark.parametrize(
    "value", ["x", {"$Gone": {"code": "a"}}, {"$FactLimit": {"code": "a", "wished": 1}}, {"a": 1, "b": 2}]
)
def test_a_limit_that_is_gone_is_named_and_no_class_is_made_by_its_name(value):
    name = "shade" if value == "x" else "facts"
    question, lost = unpack({"v": 1, "words": "папір", name: value})
    assert question == SearchQuery(words="папір")
    assert lost == {name}


def test_a_lost_order_loses_no_limit():
    assert unpack({"v": 1, "words": "папір", "sort": "by_moon"}) == (SearchQuery(words="папір"), frozenset())


def test_limits_are_what_narrows():
    assert limits_of(replace(SearchQuery(), sort=Sort.NEWEST, exact=True, page=3)) == frozenset()
    assert limits_of(SearchQuery(words="a", brands=frozenset({"b"}))) == {"words", "brands"}


def test_days_and_nested_values_say_what_they_are():
    from search.saved.queries import _packed, _unpacked

    value = {"a": (dt.date(2026, 1, 2), Decimal("1.50"), frozenset({1}))}
    assert _unpacked(json.loads(json.dumps(_packed(value)))) == value
