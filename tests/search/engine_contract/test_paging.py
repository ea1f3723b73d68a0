"""Pages far behind the first: the same order at any depth, nothing twice, nothing left out."""

import pytest

from search.engines.base import Filters
from search.query import Sort
from tests.factories.engines import KINDS, ask, ids, opened
from tests.factories.search import document

DOCUMENTS = 12_000


def _price(number):
    return None if number % 100 == 0 else number % 977 * 100


@pytest.fixture(scope="module", params=KINDS)
def large(request, tmp_path_factory):
    """Filled once: 12,000 offers of two scores, with many equal prices."""
    with opened(request.param, tmp_path_factory.mktemp("large")) as engine:
        generation = engine.begin_rebuild()
        engine.write_rebuild(
            generation,
            [
                document(
                    number,
                    "Степлер" if number % 3 else "Степлер червоний",
                    price=_price(number),
                    vendor=number % 5,
                )
                for number in range(1, DOCUMENTS + 1)
            ],
        )
        engine.finish_rebuild(generation)
        yield engine


def _expected(sort):
    numbers = range(1, DOCUMENTS + 1)
    return {
        Sort.RELEVANCE: sorted(numbers, key=lambda number: (not number % 3, number)),
        Sort.NEWEST: sorted(numbers, reverse=True),
        Sort.PRICE_ASC: sorted(
            numbers, key=lambda number: (_price(number) is None, _price(number) or 0, number)
        ),
        Sort.PRICE_DESC: sorted(
            numbers, key=lambda number: (_price(number) is None, -(_price(number) or 0), number)
        ),
    }[sort]


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_past_ten_thousand(large, sort):
    expected = _expected(sort)
    for offset in (0, 9_976, 9_990, 10_000, 10_024, 11_000, 10_500, 11_990):
        answer = ask(large, "степлер", sort=sort, offset=offset, limit=24)
        assert answer.total == DOCUMENTS
        assert ids(answer) == expected[offset : offset + 24]
        assert len(answer.facets.vendors) == 5
    for offset in (DOCUMENTS, DOCUMENTS + 1, 99_000):
        assert ids(ask(large, "степлер", sort=sort, offset=offset, limit=24)) == []


def test_deep_pages_keep_the_limits(large):
    filters = Filters(vendors_out=frozenset([1]))
    expected = [number for number in range(1, DOCUMENTS + 1) if number % 5 != 1][::-1]
    answer = ask(large, filters=filters, sort=Sort.NEWEST, offset=9_590, limit=24)
    assert answer.total == 9_600
    assert ids(answer) == expected[9_590:]
    answer = ask(large, filters=Filters(vendors_out=frozenset([9])), sort=Sort.NEWEST, offset=11_000, limit=5)
    assert ids(answer) == [1_000, 999, 998, 997, 996]
