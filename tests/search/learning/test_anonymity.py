"""What vendors are told of unmet demand: never what fewer people than enough stand behind, never who."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.learning import anonymity
from search.learning.anonymity import FEWEST_DAYS, Asked, demand, is_enough

FIRST = dt.date(2026, 3, 1)
WORDS = ("самокат", "іван петренко", "лампа", "килим")
#: A search: query, day, person, above the ceiling, region.
SEARCHES = st.lists(
    st.tuples(
        st.integers(1, 4), st.integers(0, 4), st.integers(0, 5), st.booleans(), st.sampled_from(["", "UA-30", "UA-46"])
    ),
    max_size=80,
)  # fmt: skip


def number(key, day, person):
    """Of a person: another one for each query and day, as the log has it."""
    return (person * 7919 + key * 104_729 + day * 1_299_709) % (1 << 15)


def told(searches, fewest=5):
    return demand(
        [
            Asked(
                FIRST + dt.timedelta(days=day), key, number(key, day, person), "uk", WORDS[key - 1],
                is_above=above, region=region,
            )
            for key, day, person, above, region in searches
        ],
        fewest=fewest,
        may_be_told=lambda words: {each for each in words if "петренко" not in each},
        category_of=lambda words: [7 if each in WORDS[:2] else None for each in words],
    )  # fmt: skip


def visits(searches, *, above, region="", keys=None):
    """People by day."""
    return {
        (day, person)
        for key, day, person, is_above, where in searches
        if is_above == above and (not region or where == region) and (keys is None or key in keys)
    }


def are_enough(behind, enough):
    people = {person for _day, person in behind}
    return len(behind) >= enough and len({day for day, _person in behind}) >= FEWEST_DAYS and len(people) > 1


@settings(max_examples=150, deadline=None)
@given(searches=SEARCHES, fewest=st.integers(1, 9))
def test_enough_different_visitors_stand_behind_all_that_is_told(searches, fewest):
    enough = max(5, fewest)
    for row in told(searches, fewest):
        assert "петренко" not in row.words
        keys = {WORDS.index(row.words) + 1} if row.words else {1, 2}
        behind = visits(searches, above=row.above_ceiling, keys=keys)
        assert are_enough(behind, enough)
        assert row.visitors <= len(behind)
        assert row.visitors % enough == 0 < row.visitors
        if not row.words:
            assert all(visits(searches, above=row.above_ceiling, keys={key}) for key in keys)
        for region in row.regions:
            assert are_enough(visits(searches, above=row.above_ceiling, keys=keys, region=region), enough)


@settings(max_examples=100, deadline=None)
@given(
    mine=st.lists(
        st.tuples(st.integers(1, 4), st.integers(0, 60), st.just(3), st.booleans(), st.just("UA-30")),
        max_size=60,
    )
)
def test_one_person_alone_is_told_nowhere(mine):
    """Whatever they search for, however often, on however many days, in however many queries of one category."""
    assert told(mine) == []


@settings(max_examples=100, deadline=None)
@given(searches=SEARCHES, mine=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5)), max_size=4))
def test_fewer_than_enough_searches_of_something_new_are_not_seen(searches, mine):
    """Whatever four visitors of a day ask that nobody else asked for shows in no query's row."""
    others = [each for each in searches if each[0] != 4]
    added = [(4, day, person, False, "UA-30") for day, person in mine]
    assert [row for row in told(others) if row.words] == [row for row in told(others + added) if row.words]


@pytest.mark.parametrize(
    ("visitors", "is_right"),
    [((2, 2, 1), True), ((1,) * 60, False), ((50, 50), False), ((2, 1, 1), False), ((2, 1, 1, 1), True), ((), False)],
)  # fmt: skip
def test_enough_is_many_on_several_days_and_not_one(visitors, is_right):
    assert is_enough(visitors) is is_right


#: Two people on a first day, one on each of three others.
FIVE = ((0, 1), (0, 2), (1, 1), (2, 3), (3, 1))


def test_the_same_search_on_a_day_is_one():
    spread = [(1, day, person, False, "") for day, person in FIVE]
    assert [(row.words, row.visitors, row.category) for row in told(spread * 9)] == [("самокат", 5, 7)]


@pytest.mark.parametrize(
    ("searches", "regions"),
    [([(3, day, person, False, "UA-46") for day, person in FIVE], ("UA-46",)),
     ([(3, day, person, False, "UA-46" if day else "UA-30") for day, person in FIVE], ())],
)  # fmt: skip
def test_a_region_stands_for_itself(searches, regions):
    assert [(row.words, row.regions) for row in told(searches)] == [("лампа", regions)]


def test_above_a_bound_rare_queries_are_let_go(monkeypatch):
    monkeypatch.setattr(anonymity, "MOST_CELLS", 3)
    searches = [(3, day, person, False, "") for day, person in FIVE]
    many = [Asked(FIRST, 100 + key, 1, "uk", f"w{key}") for key in range(20)]
    rows = [
        Asked(FIRST + dt.timedelta(days=day), key, number(key, day, person), "uk", WORDS[key - 1])
        for key, day, person, _above, _region in searches
    ]
    found = demand(
        rows + many, fewest=5, may_be_told=set, category_of=lambda words: [None for _each in words]
    )
    assert [(row.words, row.visitors) for row in found] == [("лампа", 5)]
