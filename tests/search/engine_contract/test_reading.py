"""Finding: words, codes, limits, facets, orders, ties."""

import itertools
import random
from dataclasses import replace

import pytest

from search.analysis import query_words
from search.engines.base import Capabilities, EngineQuery, Filters, QueryWord
from search.errors import EngineUnavailable
from search.highlighting import highlight
from search.query import FacetValue, Limit, PriceRange, Sort
from tests.factories.engines import ask, ids
from tests.factories.search import document


def test_without_an_index_it_says_so(empty):
    with pytest.raises(EngineUnavailable):
        ask(empty)
    with pytest.raises(EngineUnavailable):
        empty.write([document(1)])
    assert not empty.status().exists


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


def test_what_each_can_do_is_declared(empty):
    assert (
        empty.capabilities
        == {
            "embedded": Capabilities(concurrent_writers=False, deepest=100_000),
            "opensearch": Capabilities(concurrent_writers=True, deepest=None),
        }[empty.name]
    )


def test_a_broken_index_is_unavailable(engine):
    engine.write([document(1)])
    generation = engine.status().generation
    if engine.name == "embedded":
        for file in engine.store.path(generation).iterdir():
            file.write_bytes(b"broken")
        engine = type(engine)(engine.store.root)
    else:
        engine.client.call("POST", f"/{generation}/_close")
    for call in (
        lambda: ask(engine),
        lambda: ask(engine, "степлер"),
        lambda: engine.frequencies(["степлер"]),
        lambda: engine.completions("ст"),
    ):
        with pytest.raises(EngineUnavailable):
            call()


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Степлери металеві", "степлер металевий"),  # Ukrainian forms
        ("Стаплер для бумаги", "бумага стаплера"),  # Russian forms
        ("Wireless mice", "mouse"),  # English, irregular
        ("Ноутбук Lenovo IdeaPad", "ноутбуки lenovo"),
        ("Сім’я", "сім'я"),
        ("Папір А4", "A4"),  # Cyrillic and Latin А
        ("Кабель USB-C", "usb c"),
        ("Тонер TN-2110", "tn2110"),
    ],
)
def test_forms_of_a_word_find_each_other_and_are_marked(engine, title, words):
    engine.write([document(1, title), document(2, "Лампа настільна")])
    answer = ask(engine, words)
    assert ids(answer) == [1]
    segments = highlight(answer.candidates[0].title, words)
    assert "".join(text for text, _ in segments) == title
    assert any(marked for _, marked in segments)


def test_a_word_counts_by_where_it_stands(engine):
    engine.write(
        [
            document(1, "Набір", descriptions=["для офісу: степлер, ножиці, папір, лампа і ще багато речей"]),
            document(2, "Степлер"),
            document(3, "Скоби", attributes={"Для": "степлер"}),
            document(4, "Антистеплер Степлер Степлер"),
        ]
    )
    answer = ask(engine, "степлер")
    assert ids(answer)[0] in {2, 4}
    assert ids(answer)[-1] == 3
    scores = [candidate.score for candidate in answer.candidates]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 4


def test_weaker_words_count_less_and_parts_together(engine):
    engine.write(
        [document(1, "Степлер"), document(2, "Зшивач"), document(3, "power bank"), document(4, "bank")]
    )
    (word,) = query_words("степлер")
    (other,) = query_words("зшивач")
    answer = engine.search(EngineQuery(words=(replace(word, weaker=other.terms),)))
    assert ids(answer) == [1, 2]
    assert answer.candidates[1].score == pytest.approx(answer.candidates[0].score * 0.4, rel=1e-4)
    power, bank = query_words("power bank")
    together = QueryWord("powerbank", ("powerbank",), (power.terms, bank.terms))
    assert ids(engine.search(EngineQuery(words=(together,)))) == [3]


@pytest.mark.parametrize("size", [2, 5, 9, 24])
def test_groups_find_what_has_one_of_them_whole(engine, size):
    """Any family of groups, and as many words as a query may have: no engine's limit of clauses is met."""
    chance = random.Random(size)
    names = ["".join(each) for each in itertools.islice(itertools.permutations("бгдкмп", 4), 0, size * 3, 3)]
    words = query_words(" ".join(names))
    assert len(words) == size
    have = {number: frozenset(chance.sample(range(size), chance.randint(0, size))) for number in range(1, 60)}
    have[60] = frozenset(range(size))
    for number in range(61, 80):
        have[number] = frozenset(range(size)) - set(chance.sample(range(size), min(size, 2)))
    engine.write(
        [
            document(number, " ".join(["річ", *(names[at] for at in sorted(own))]))
            for number, own in have.items()
        ]
    )
    pairs = [
        frozenset(range(size)) - set(pair) for pair in itertools.combinations(range(size), min(2, size - 1))
    ]
    # Of many words, the ladder lets any one or two be left out that weigh little enough.
    light = [pair for pair in pairs if sum(1 + place % 7 for place in range(size) if place not in pair) < 8]
    families = [pairs, light or pairs]
    for _ in range(4 if size < 10 else 0):
        drawn = {frozenset(chance.sample(range(size), chance.randint(1, size))) for _ in range(12)}
        families.append([each for each in drawn if not any(other < each for other in drawn)])
    for family in families:
        groups = tuple(tuple(sorted(group)) for group in family)
        answer = engine.search(EngineQuery(words=words, groups=groups, limit=100))
        expected = [number for number, own in have.items() if any(group <= own for group in family)]
        assert sorted(ids(answer)) == expected


def test_no_text_is_a_query_language(engine):
    engine.write([document(1, "Степлер"), document(2, "alive:1 OR *")])
    for words in ("степлер~", '"степлер', "-степлер", "степлер)", "(степлер", "!степлер"):
        assert ids(ask(engine, words)) == [1]
    for words in ("title_words:степлер", "/сте.*/", "ст*", "степ?ер", "brand:HP OR степлер", "[а TO я]"):
        assert ids(ask(engine, words)) == []
    assert ask(engine, "brand:HP").total == 0


def test_hundreds_of_vendors_in_one_limit(engine):
    engine.write([document(number, vendor=number) for number in range(1, 41)])
    chosen = frozenset(range(2, 3_000, 2))
    answer = ask(engine, filters=Filters(vendors_in=chosen, hidden_vendors=frozenset([4])), limit=50)
    assert sorted(ids(answer)) == [number for number in range(2, 41, 2) if number != 4]
    assert ask(engine, filters=Filters(vendors_out=chosen)).total == 20
