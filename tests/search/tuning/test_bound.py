"""What counts beside the words stays within its bound, whatever operators set and whatever is true of an offer."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.analysis import query_words, weighed
from search.engines.base import Candidate
from search.query import Why
from search.ranking import meant_category, rank
from search.standings import Standing
from search.tuning.weights import BOUND, BUDGET, MOST, REASONS, Secondary, out_of_bounds

DAY = 86_400.0
NOW = 1_000 * DAY
TITLES = [
    "Степлер Eagle 24/6",
    "Скоби для степлера 24/6",
    "Степлер",
    "Набір: степлер, скоби, ножиці",
    "Stapler Eagle",
    "Папір А4",
]


def candidate(number, title="Степлер", **values):
    given = {
        "group": -number, "score": 5.0, "price": None, "brand": "", "kind": "", "availability": "unknown",
        "codes": (), "supply": 0, "categories": (),
    }  # fmt: skip
    return Candidate(id=number, title=title, **(given | values))


def ranked(candidates, words="степлер", **values):
    return rank(weighed(query_words(words), 100, {}), candidates, now=NOW, **values)


@st.composite
def points(draw):
    left, given = BUDGET, {}
    for name in draw(st.permutations(REASONS)):
        given[name] = draw(st.integers(0, min(left, MOST[name])))
        left -= given[name]
    return Secondary(**given)


candidates = st.lists(
    st.builds(
        candidate,
        st.integers(1, 10**6),
        st.sampled_from(TITLES),
        group=st.integers(1, 4),
        score=st.floats(0, 40),
        price=st.none() | st.integers(0, 10**9),
        availability=st.sampled_from(["in_stock", "to_order", "unknown", "none", ""]),
        codes=st.sampled_from([(), ("246",)]),
        supply=st.integers(0, 4),
        categories=st.sampled_from([(), (1,), (1, 2), (3,)]),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda each: each.id,
)
standings = st.dictionaries(
    st.integers(1, 4), st.builds(Standing, st.floats(NOW - 400 * DAY, NOW + DAY), st.floats(-1, 2))
)


@settings(max_examples=60, deadline=None)  # the first example waits for the lexicons
@given(candidates, points(), standings, st.sampled_from(["степлер", "скоби 24/6", ""]))
def test_nothing_beside_the_words_lifts_a_clearly_less_relevant_hit(candidates, secondary, standings, words):
    found = ranked(candidates, words, code="246", secondary=secondary, standings=standings)
    for place, one in enumerate(found):
        assert 0 <= one.score - one.relevance <= BOUND + 1e-9
        for later in found[place + 1 :]:
            assert one.relevance >= later.relevance - BOUND - 1e-9


def test_points_out_of_bounds_do_not_exist():
    assert out_of_bounds(Secondary().points()) == []
    assert out_of_bounds({**Secondary().points(), "price": 11}) == ["price"]
    assert out_of_bounds({**Secondary().points(), "price": -1}) == ["price"]
    assert out_of_bounds(dict.fromkeys(REASONS, 7)) == ["total"]
    with pytest.raises(ValueError, match="total"):
        Secondary(availability=15, freshness=10, price=6)


def test_of_equal_words_the_better_offer_comes_first():
    best, later = 1, 2

    def first(**values):
        """Ids in order, where only this tells the two apart and the worse one has the lower id."""
        worse = candidate(best, **{name: pair[1] for name, pair in values.items()})
        better = candidate(later, **{name: pair[0] for name, pair in values.items()})
        held = {1: Standing(NOW, 0.9), 2: Standing(NOW - 20 * DAY, 0.9), 3: Standing(NOW, 0.2)}
        return [each.candidate.id for each in ranked([worse, better], standings=held)]

    assert first(availability=("in_stock", "to_order")) == [2, 1]
    assert first(availability=("to_order", "none")) == [2, 1]
    assert first(supply=(1, 2)) == [2, 1]
    assert first(supply=(1, 3)) == [2, 1]
    assert first(price=(100, 200)) == [2, 1]
    assert first(group=(7, 7), price=(100, 200)) == [2, 1]
    assert first() == [1, 2]


def test_reasons_are_told():
    same = [
        candidate(number, group=7, price=price, supply=1) for number, price in ((1, 300), (2, 100), (3, 200))
    ]
    found = ranked(same, standings={1: Standing(NOW - DAY / 2, 0.9)})
    why = {each.candidate.id: each.why for each in found}
    assert found[0].candidate.id == 2
    assert why[2][-3:] == (Why.FRESH, Why.CHEAPEST, Why.TRUSTED)
    assert why[1][-2:] == (Why.FRESH, Why.TRUSTED)
    # A page from the middle tells nothing about all of them.
    assert Why.CHEAPEST not in ranked(same, is_page=True)[0].why


def test_words_mean_the_category_of_what_they_name():
    staplers = [candidate(number, categories=(1, 2), supply=number) for number in (1, 2, 3)]
    staples = [
        candidate(number, "Скоби для степлера", categories=(1, 3), supply=9) for number in range(10, 40)
    ]
    found = ranked([*staples, *staplers])
    assert meant_category(found) == 2
    assert {each.candidate.id for each in found if Why.CATEGORY in each.why} == {1, 2, 3}
    # Half of them in another place: what is above both.
    apart = [candidate(number, categories=(1, 4), supply=number) for number in (4, 5, 6)]
    assert meant_category(ranked([*staplers, *apart])) == 1
    # One source does not decide alone, two goods say nothing.
    many = [candidate(number, categories=(5,), supply=9) for number in range(10, 14)]
    assert meant_category(ranked([*staplers, *many])) == 2
    assert meant_category(ranked(staplers[:2])) is None
