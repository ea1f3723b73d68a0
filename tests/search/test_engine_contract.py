"""What every engine must do, whatever it is built on. A further engine joins by a line in `ENGINES`."""

import multiprocessing
import random
from collections import Counter
from pathlib import Path

import pytest

from search.analysis import query_words
from search.documents import tombstone
from search.engines.base import EngineQuery, Filters
from search.engines.embedded import EmbeddedEngine
from search.errors import EngineUnavailable, RebuildRunning
from search.query import FacetValue, Limit, PriceRange, Sort
from tests.factories.search import document

ENGINES = {"embedded": EmbeddedEngine}


@pytest.fixture(params=sorted(ENGINES))
def empty(request, tmp_path):
    return ENGINES[request.param](tmp_path)


@pytest.fixture
def engine(empty):
    empty.finish_rebuild(empty.begin_rebuild())
    return empty


def ask(engine, words="", **values):
    return engine.search(EngineQuery(words=query_words(words), **values))


def ids(answer):
    return [candidate.id for candidate in answer.candidates]


def test_without_an_index_it_says_so(empty):
    with pytest.raises(EngineUnavailable):
        ask(empty)
    with pytest.raises(EngineUnavailable):
        empty.write([document(1)])
    assert not empty.status().exists


def test_a_broken_index_is_unavailable(engine):
    engine.write([document(1)])
    generation = engine.status().generation
    folder = engine.store.path(generation)
    for file in folder.iterdir():
        file.write_bytes(b"broken")
    with pytest.raises(EngineUnavailable):
        ask(type(engine)(engine.store.root))


def test_what_is_written_is_found_at_once(engine):
    engine.write([document(1, "Набор канцелярский офисный"), document(2, "Стілець")])
    answer = ask(engine, "офісний набір")
    assert ids(answer) == [1]
    assert answer.total == 1
    assert answer.candidates[0].title == "Набор канцелярский офисный"
    assert answer.candidates[0].price == 1_000_000
    assert engine.status().documents == 2


def test_words_are_joined_by_and(engine):
    engine.write([document(1, "Папір А4"), document(2, "Папір А3")])
    assert ids(ask(engine, "бумага A4")) == [1]
    assert ask(engine, "папір").total == 2


def test_groups_of_words_are_joined_by_or(engine):
    engine.write([document(1, "червоний степлер"), document(2, "червоний ніж"), document(3, "лампа")])
    answer = ask(engine, "червоний степлер", groups=((0,), (1,)))
    assert ids(answer) == [1, 2]


def test_a_code_finds_whatever_the_words(engine):
    engine.write([document(1, "Тонер", codes=["TN-2110"]), document(2, "TN 211")])
    assert ids(ask(engine, "щось інше", code="tn2110")) == [1]


def test_late_writes_never_win(engine):
    assert engine.write([document(1, "новий", version=5)]).written == 1
    report = engine.write([document(1, "старий", version=4)])
    assert (report.written, report.refused_as_old) == (0, 1)
    assert ids(ask(engine, "новий")) == [1]
    assert ids(ask(engine, "старий")) == []


def test_of_two_in_one_batch_the_higher_version_stays(engine):
    engine.write([document(1, "новий", version=5), document(1, "старий", version=4)])
    assert ids(ask(engine, "новий")) == [1]
    assert ask(engine, "").total == 1


def test_a_tombstone_stays_dead(engine):
    engine.write([document(1, version=1), document(2)])
    engine.write([tombstone(offer_id=1, version=3)])
    engine.write([document(1, version=2)])
    assert ids(ask(engine, "")) == [2]
    assert ids(ask(engine, "", filters=Filters(vendors_out=frozenset([99])))) == [2]
    engine.write([document(1, version=4)])
    assert ask(engine, "").total == 2


def test_the_same_write_again_changes_nothing(engine):
    for _ in range(3):
        engine.write([document(1), document(2)])
    assert ask(engine, "степлер").total == 2


def test_a_rebuild_swaps_in_one_step_and_loses_no_write(engine):
    engine.write([document(1, "старий")])
    generation = engine.begin_rebuild()
    with pytest.raises(RebuildRunning):
        engine.begin_rebuild()
    engine.write_rebuild(generation, [document(1, "старий"), document(2, "другий")])
    engine.write([document(3, "під час"), document(1, "новий", version=2)])
    assert ids(ask(engine, "другий")) == []
    engine.write_rebuild(generation, [document(1, "старий", version=1)])
    engine.finish_rebuild(generation)
    assert sorted(ids(ask(engine, ""))) == [1, 2, 3]
    assert ids(ask(engine, "новий")) == [1]
    assert engine.status().building == ""


def test_an_abandoned_rebuild_leaves_the_live_index(engine):
    engine.write([document(1)])
    engine.abandon_rebuild(engine.begin_rebuild())
    assert ids(ask(engine, "степлер")) == [1]
    engine.finish_rebuild(engine.begin_rebuild())
    assert ask(engine, "").total == 0


def test_ties_break_by_id_in_every_order(engine):
    engine.write([document(number, price=500) for number in (5, 3, 9, 1, 7)])
    assert ids(ask(engine, "степлер")) == [1, 3, 5, 7, 9]
    for sort in (Sort.PRICE_ASC, Sort.PRICE_DESC):
        assert ids(ask(engine, "степлер", sort=sort)) == [1, 3, 5, 7, 9]
        assert ids(ask(engine, "степлер", sort=sort, offset=1, limit=2)) == [3, 5]
    assert ids(ask(engine, "степлер", sort=Sort.NEWEST, limit=2)) == [9, 7]


def test_offers_without_a_price_come_last_and_keep_no_limit(engine):
    engine.write([document(1, price=None), document(2, price=300), document(3, price=0)])
    assert ids(ask(engine, sort=Sort.PRICE_ASC)) == [3, 2, 1]
    assert ids(ask(engine, sort=Sort.PRICE_DESC)) == [2, 3, 1]
    assert sorted(ids(ask(engine, filters=Filters(min_price=0)))) == [2, 3]
    assert ask(engine).candidates[0].price is None or ask(engine).facets.price == PriceRange(0, 300)


def test_facets_are_disjunctive(engine):
    engine.write(
        [
            document(1, vendor=1, brand="HP", price=100, categories=[1, 2]),
            document(2, vendor=2, brand="HP", price=200, categories=[1]),
            document(3, vendor=2, brand="Canon", price=300, categories=[1, 3], availability="to_order"),
        ]
    )
    facets = ask(engine, "степлер", filters=Filters(vendors_in=frozenset([1]))).facets
    assert facets.vendors == (FacetValue(2, 2, False), FacetValue(1, 1, True))
    assert facets.brands == (FacetValue("HP", 1, False),)
    assert facets.categories == (FacetValue(1, 1, False), FacetValue(2, 1, False))
    assert facets.availability == (FacetValue("in_stock", 1, False),)
    assert facets.price == PriceRange(100, 100)
    facets = ask(engine, "степлер", filters=Filters(max_price=250)).facets
    assert facets.price == PriceRange(100, 300)
    assert facets.brands == (FacetValue("HP", 2, False),)


def test_one_limit_can_be_turned_round(engine):
    engine.write(
        [document(1, vendor=1, price=100), document(2, vendor=2, price=100), document(3, vendor=1, price=900)]
    )
    filters = Filters(vendors_in=frozenset([1]), max_price=500)
    assert ids(ask(engine, "степлер", filters=filters)) == [1]
    assert ids(ask(engine, "степлер", filters=filters, missed=Limit.VENDORS_IN)) == [2]
    assert ids(ask(engine, "степлер", filters=filters, missed=Limit.MAX_PRICE)) == [3]


def test_attributes_are_searched_but_do_not_tell_what_a_good_is(engine):
    engine.write([document(1, "Телефон", attributes={"Поширення": "YouTube"}, descriptions=["зручний"])])
    assert ids(ask(engine, "youtube")) == [1]
    assert ids(ask(engine, "youtube", told=True)) == []
    assert ids(ask(engine, "зручний", told=True)) == [1]


def test_similar_words_and_frequencies(engine):
    engine.write([document(1, "Степлер"), document(2, "Степлер"), document(3, "Лампа")])
    assert engine.frequencies(["степлер", "немає"]) == (3, {"степлер": 2, "немає": 0})
    assert engine.similar_words("степлр", distance=1) == [("степлер", 2)]


def _write_from_elsewhere(root: Path, start: int) -> None:
    engine = EmbeddedEngine(root)
    for number in range(start, start + 5):
        engine.write([document(number)])


def test_writers_in_several_processes_wait_for_each_other(engine):
    context = multiprocessing.get_context("spawn")
    workers = [
        context.Process(target=_write_from_elsewhere, args=(engine.store.root, start)) for start in (100, 200)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert ask(engine).total == 10


WORDS = ["степлер", "червоний", "синій", "офісний", "A4", "HP", "ножиці", "набір", "24/6"]


def test_counts_facets_and_price_order_equal_brute_force(engine):
    """The oracle: everything counted again in plain Python over random documents and questions."""
    chance = random.Random(20240501)
    documents = [
        document(
            number,
            " ".join(chance.sample(WORDS, chance.randint(1, 5))),
            vendor=chance.randint(1, 6),
            brand=chance.choice(["HP", "Canon", "Buromax", ""]),
            price=chance.choice([None, chance.randint(1, 40) * 100]),
            categories=chance.sample(range(1, 8), chance.randint(0, 3)),
            availability=chance.choice(["in_stock", "to_order", "none", "unknown"]),
        )
        for number in range(1, 401)
    ]
    chance.shuffle(documents)
    for start in range(0, 400, 80):
        engine.write(documents[start : start + 80])
    documents.sort(key=lambda each: each.id)
    for _ in range(250):
        filters = _random_filters(chance)
        words = query_words(" ".join(chance.sample(WORDS, chance.randint(0, 3))))
        found = [each for each in documents if _fits(each, words, filters)]
        rising = sorted(found, key=lambda each: (each.price is None, each.price or 0, each.id))
        falling = sorted(found, key=lambda each: (each.price is None, -(each.price or 0), each.id))
        offset, limit = chance.randint(0, 30), chance.randint(1, 25)
        for sort, expected in ((Sort.PRICE_ASC, rising), (Sort.PRICE_DESC, falling)):
            answer = engine.search(
                EngineQuery(words=words, filters=filters, sort=sort, offset=offset, limit=limit)
            )
            assert answer.total == len(found)
            assert ids(answer) == [each.id for each in expected[offset : offset + limit]]
        facets = answer.facets
        for name, values, attribute in (
            ("vendors", facets.vendors, "vendor"),
            ("brands", facets.brands, "brand"),
            ("availability", facets.availability, "availability"),
            ("categories", facets.categories, "categories"),
        ):
            others = [each for each in documents if _fits(each, words, filters, without=name)]
            counts = Counter()
            for each in others:
                own = getattr(each, attribute)
                counts.update(own if isinstance(own, tuple) else [own] if own else [])
            assert {value.value: value.count for value in values if value.count} == dict(counts)
        prices = [
            each.price
            for each in documents
            if each.price is not None and _fits(each, words, filters, without="price")
        ]
        assert facets.price == (PriceRange(min(prices), max(prices)) if prices else None)


def _random_filters(chance):
    def sometimes(value):
        return value if chance.random() < 0.35 else None

    low = sometimes(chance.randint(0, 30) * 100)
    high = sometimes(chance.randint(5, 45) * 100)
    return Filters(
        min_price=low,
        max_price=high,
        vendors_in=frozenset(sometimes(chance.sample(range(1, 7), 2)) or ()),
        vendors_out=frozenset(sometimes([chance.randint(1, 6)]) or ()),
        hidden_vendors=frozenset(sometimes([chance.randint(1, 6)]) or ()),
        category=sometimes(chance.randint(1, 7)),
        availability=frozenset(sometimes(["in_stock", "to_order"]) or ()),
        brands=frozenset(sometimes([chance.choice(["HP", "Canon"])]) or ()),
    )


def _fits(each, words, filters, without=""):
    terms = set(each.all_words)
    price_asked = filters.min_price is not None or filters.max_price is not None
    return (
        all(
            terms & set(word.terms) or (word.parts and all(terms & set(part) for part in word.parts))
            for word in words
        )
        and (
            without == "price"
            or not price_asked
            or (
                each.price is not None
                and (filters.min_price is None or each.price >= filters.min_price)
                and (filters.max_price is None or each.price <= filters.max_price)
            )
        )
        and (without == "vendors" or not filters.vendors_in or each.vendor in filters.vendors_in)
        and (without == "vendors" or each.vendor not in filters.vendors_out)
        and each.vendor not in filters.hidden_vendors
        and (without == "categories" or filters.category is None or filters.category in each.categories)
        and (
            without == "availability" or not filters.availability or each.availability in filters.availability
        )
        and (without == "brands" or not filters.brands or each.brand in filters.brands)
    )
