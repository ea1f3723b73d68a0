"""Every answer counted again in plain Python."""

import random
from collections import Counter

from catalog.freshness import Expired
from search.analysis import query_words
from search.engines.base import EngineQuery, Filters
from search.query import PriceRange, Sort
from tests.factories.engines import ids
from tests.factories.search import document

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
            supply=chance.randint(1, 9),
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
        expired=tuple(_random_part(chance) for _ in range(chance.choice([0, 0, 1, 3]))),
        category=sometimes(chance.randint(1, 7)),
        availability=frozenset(sometimes(["in_stock", "to_order"]) or ()),
        brands=frozenset(sometimes([chance.choice(["HP", "Canon"])]) or ()),
    )


def _random_part(chance):
    places = chance.sample(range(1, 8), 4)
    return Expired(
        frozenset(chance.sample(range(1, 10), chance.randint(1, 3))),
        frozenset(places[: chance.randint(0, 2)]),
        frozenset(places[2 : 2 + chance.randint(0, 2)]),
    )


def _is_expired(each, part):
    return (
        each.supply in part.supplies
        and (not part.categories or bool(part.categories & set(each.categories)))
        and not part.but_not & set(each.categories)
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
        and not any(_is_expired(each, part) for part in filters.expired)
        and (without == "categories" or filters.category is None or filters.category in each.categories)
        and (
            without == "availability" or not filters.availability or each.availability in filters.availability
        )
        and (without == "brands" or not filters.brands or each.brand in filters.brands)
    )
