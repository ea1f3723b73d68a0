"""Every answer counted again in plain Python."""

import random
from collections import Counter

from catalog.enums import PriceBasis
from catalog.freshness import Expired
from search.analysis import query_words
from search.engines.base import EngineQuery, Filters
from search.query import FactLimit, PriceRange, Sort
from tests.factories.engines import ids
from tests.factories.search import document
from vendors.delivery import Delivery

MODES = (("cart", frozenset([2, 3])), ("hosted", frozenset([4])))
DELIVERIES = (
    Delivery(frozenset([1, 2]), 500, 2_000),
    Delivery(frozenset([3]), 500),
    Delivery(frozenset([4, 6]), 1_200, 900),
)
CODES = ("density", "size")
WORDS = ["степлер", "червоний", "синій", "офісний", "A4", "HP", "ножиці", "набір", "24/6"]


def test_counts_facets_and_price_order_equal_brute_force(engine):
    """The oracle: everything counted again in plain Python over random documents and questions."""
    chance = random.Random(20240501)
    documents = [_random_document(chance, number) for number in range(1, 401)]
    chance.shuffle(documents)
    for start in range(0, 400, 80):
        engine.write(documents[start : start + 80])
    documents.sort(key=lambda each: each.id)
    for _ in range(250):
        filters = _random_filters(chance)
        words = query_words(" ".join(chance.sample(WORDS, chance.randint(0, 3))))
        found = [each for each in documents if _fits(each, words, filters)]
        price = _price_for(filters.basis)
        rising = sorted(found, key=lambda each: (price(each) is None, price(each) or 0, each.id))
        falling = sorted(found, key=lambda each: (price(each) is None, -(price(each) or 0), each.id))
        offset, limit = chance.randint(0, 30), chance.randint(1, 25)
        for sort, expected in ((Sort.PRICE_ASC, rising), (Sort.PRICE_DESC, falling)):
            answer = engine.search(
                EngineQuery(
                    words=words,
                    filters=filters,
                    sort=sort,
                    offset=offset,
                    limit=limit,
                    count_facts=CODES,
                )
            )
            assert answer.total == len(found)
            assert ids(answer) == [each.id for each in expected[offset : offset + limit]]
            assert [each.basis_price for each in answer.candidates] == [
                price(each) for each in expected[offset : offset + limit]
            ]
        facets = answer.facets
        for name, values, attribute in (
            ("vendors", facets.vendors, "vendor"),
            ("brands", facets.brands, "brand"),
            ("availability", facets.availability, "availability"),
            ("categories", facets.categories, "categories"),
            ("condition", facets.condition, "condition"),
        ):
            others = [each for each in documents if _fits(each, words, filters, without=name)]
            counts = Counter()
            for each in others:
                own = getattr(each, attribute)
                counts.update(own if isinstance(own, tuple) else [own] if own else [])
            assert {value.value: value.count for value in values if value.count} == dict(counts)
        modes = Counter(
            _mode(each) for each in documents if _fits(each, words, filters, without="participation")
        )
        assert {each.value: each.count for each in facets.participation if each.count} == dict(modes)
        bases = Counter(basis.value for each in found for basis, _ in each.unit_prices)
        assert {each.value: each.count for each in facets.bases} == dict(bases)
        for facet in facets.facts:
            counts = Counter(
                label.partition("=")[2]
                for each in documents
                if _fits(each, words, filters, without=facet.code)
                for label in each.facts
                if label.startswith(f"{facet.code}=")
            )
            assert {each.value: each.count for each in facet.values if each.count} == dict(counts)
            if facet.code == "density":
                numbers = [float(each) for each in counts]
                assert (facet.low, facet.high) == (min(numbers), max(numbers)) if numbers else (None, None)
        prices = [
            price(each)
            for each in documents
            if price(each) is not None and _fits(each, words, filters, without="price")
        ]
        assert facets.price == (PriceRange(min(prices), max(prices)) if prices else None)


def _random_document(chance, number):
    price = chance.choice([None, chance.randint(1, 40) * 100])
    condition = chance.choice(["new", "new", "used", "refurbished"])
    unit_prices = []
    if price is not None:
        unit_prices.append((PriceBasis.PIECE, price // chance.choice([1, 10])))
        if chance.random() < 0.5:
            unit_prices.append((PriceBasis.KG, price * chance.choice([2, 5])))
    facts = [f"size={chance.choice(['s', 'xl', '42'])}"] if chance.random() < 0.6 else []
    if chance.random() < 0.7:
        facts.append(f"density={chance.choice(['0.5', '9', '80', '80.25', '100', '-5', '1200'])}")
    return document(
        number,
        " ".join(chance.sample(WORDS, chance.randint(1, 5))),
        vendor=chance.randint(1, 6),
        brand=chance.choice(["HP", "Canon", "Buromax", ""]),
        price=price,
        categories=chance.sample(range(1, 8), chance.randint(0, 3)),
        supply=chance.randint(1, 9),
        availability=chance.choice(["in_stock", "to_order", "none", "unknown"]),
        attributes={"condition": condition},
        participation=chance.choice(["", "", "", "listing", "hosted"]),
        unit_prices=unit_prices,
        facts=facts,
    )


def _price_for(basis):
    if basis is PriceBasis.UNIT:
        return lambda each: each.price
    return lambda each: dict(each.unit_prices).get(basis)


def _mode(each):
    by_vendor = [mode for mode, vendors in MODES if each.vendor in vendors]
    return each.participation or (by_vendor[0] if by_vendor else "listing")


def _random_filters(chance):
    def sometimes(value):
        return value if chance.random() < 0.35 else None

    def seldom(value):
        return value if chance.random() < 0.15 else None

    facts = [
        seldom(FactLimit("size", frozenset(chance.sample(["s", "xl", "42"], 2)))),
        seldom(
            FactLimit(
                "density",
                frozenset(["9"]) if chance.random() < 0.3 else frozenset(),
                low=sometimes(chance.choice([-10, 0.5, 80])),
                high=chance.choice([9, 80.2, 1000]),
            )
        ),
    ]
    with_delivery = seldom(DELIVERIES)
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
        facts=tuple(each for each in facts if each),
        basis=(seldom(chance.choice([PriceBasis.PIECE, PriceBasis.KG])) or PriceBasis.UNIT)
        if with_delivery is None
        else PriceBasis.UNIT,
        deliveries=with_delivery,
        serving=seldom(frozenset([1, 2, 5])),
        pickup=seldom(frozenset([2, 5, 6])),
        participation=frozenset(seldom(chance.sample(["listing", "hosted", "cart"], 2)) or ()),
        modes=MODES,
        condition=frozenset(seldom(chance.sample(["new", "used", "refurbished"], 2)) or ()),
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
        and (without == "price" or not price_asked or _is_within_prices(each, filters))
        and (without == "vendors" or not filters.vendors_in or each.vendor in filters.vendors_in)
        and (without == "vendors" or each.vendor not in filters.vendors_out)
        and each.vendor not in filters.hidden_vendors
        and not any(_is_expired(each, part) for part in filters.expired)
        and (without == "categories" or filters.category is None or filters.category in each.categories)
        and (
            without == "availability" or not filters.availability or each.availability in filters.availability
        )
        and (without == "brands" or not filters.brands or each.brand in filters.brands)
        and (without == "condition" or not filters.condition or each.condition in filters.condition)
        and (without == "participation" or not filters.participation or _mode(each) in filters.participation)
        and (filters.serving is None or each.vendor in filters.serving)
        and (filters.pickup is None or each.vendor in filters.pickup)
        and all(without == limit.code or _has_fact(each, limit) for limit in filters.facts)
    )


def _is_within_prices(each, filters):
    price = _price_for(filters.basis)(each)
    if price is None:
        return False
    terms = [terms for terms in filters.deliveries or () if each.vendor in terms.vendors]
    delivery = terms[0].of(price) if terms else 0
    return (filters.min_price is None or price >= filters.min_price) and (
        filters.max_price is None or price + delivery <= filters.max_price
    )


def _has_fact(each, limit):
    values = [label.partition("=")[2] for label in each.facts if label.startswith(f"{limit.code}=")]
    ranged = limit.low is not None or limit.high is not None
    return any(
        value in limit.values
        or (
            ranged
            and value not in {"xl", "s"}
            and (limit.low is None or float(value) >= limit.low)
            and (limit.high is None or float(value) <= limit.high)
        )
        for value in values
    )
