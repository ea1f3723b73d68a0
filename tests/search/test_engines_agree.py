"""Both engines answer alike: the same questions over the demo row's goods, put through the whole of `search`."""

import random
from dataclasses import replace
from decimal import Decimal

import pytest

from core.money import Money
from core.text.typing_slips import other_layouts
from marketplace.demo.offers import Shop, assortment
from search.documents import build_document, tombstone
from search.query import SearchQuery, Sort
from search.services import search
from tests.factories.engines import opened

pytestmark = pytest.mark.django_db

#: Of the re-ranked score, which is about 3 to 5. Both engines reckon in 32 bits, but add up in another order, and
#: Lucene takes the average length of a text over documents that have one, with the stand-in for none (a word more)
#: and without tombstones.
CLOSE = 0.002


def _documents():
    number = 0
    shops = list(Shop)
    for vendor, shop in enumerate(shops, 1):
        categories = {}
        for item in assortment(shop):
            number += 1
            good = item.good
            category = categories.setdefault(good.category, 10 * vendor + len(categories))
            yield build_document(
                offer_id=number,
                version=1,
                group=int(good.gtin) if good.gtin.isdigit() else -number,
                title=good.name_uk if shop is not Shop.OFIS else good.name_ru,
                other_titles=[good.name_ru, good.name_en] if shop is Shop.TECHNO else [],
                descriptions=[good.description_uk] if shop is not Shop.OFIS else [],
                brand=good.brand.name,
                attributes=dict(good.attributes_uk),
                codes=[item.code, good.mpn, good.gtin],
                vendor=vendor,
                categories=[vendor, category],
                availability="to_order" if item.stock is None else "in_stock" if item.stock else "none",
                price=None if number % 50 == 0 else int(item.price * 10_000),
            )


@pytest.fixture(scope="module")
def goods():
    return tuple(_documents())


@pytest.fixture(scope="module")
def engines(tmp_path_factory, goods):
    with (
        opened("embedded", tmp_path_factory.mktemp("embedded")) as embedded,
        opened("opensearch", tmp_path_factory.mktemp("none")) as opensearch,
    ):
        for engine in (embedded, opensearch):
            generation = engine.begin_rebuild()
            engine.write_rebuild(generation, goods)
            engine.finish_rebuild(generation)
            engine.write([tombstone(offer_id=number, version=3) for number in (5, 50, 500)])
        yield embedded, opensearch


def _questions(goods):
    chance = random.Random(20240611)
    for number in range(105):
        good = chance.choice(goods)
        query = SearchQuery(words=_words(chance, goods, good, number % 11), page_size=chance.choice([5, 24]))
        limits = {
            "max_price": (0.3, Money(Decimal(chance.choice([20, 80, 300, 1500])), "UAH")),
            "vendors_in": (0.2, frozenset([good.vendor])),
            "vendors_out": (0.1, frozenset([good.vendor])),
            "brands": (0.1, frozenset([good.brand])),
            "availability": (0.1, frozenset(["to_order", "none"])),
            "category_id": (0.1, good.categories[-1]),
        }
        asked = {name: value for name, (share, value) in limits.items() if chance.random() < share}
        sort = chance.choice([Sort.RELEVANCE] * 4 + list(Sort))
        yield replace(query, **asked, sort=sort, page=chance.choice([1, 1, 1, 2, 3]))


def _words(chance, goods, good, kind):
    """Some words of a good's name, as they are or with what people do to them."""
    words = [word for word in good.title.split() if word[0].isalnum()]
    some = (
        words[: chance.randint(1, 3)] if chance.random() < 0.6 else chance.sample(words, min(2, len(words)))
    )
    asked = " ".join(some)
    other = chance.choice(
        ["stapler", "mouse wireless", "бумага а4", "слон рожевий", "ноут", "ручки гелеві", ""]
    )
    return {
        0: asked[:3] + asked[4:],  # a letter is missing
        1: next(iter(other_layouts(asked)), asked),
        2: chance.choice(good.codes),
        3: f"{asked} {chance.choice(goods).title.split()[0]}",  # hardly anything has both
        4: f"{good.brand} {words[0]}",
        5: good.title,
        6: other,
    }.get(kind, asked)


def test_the_same_answers(engines, goods):
    seen = set()
    for query in _questions(goods):
        ours, theirs = (search(query, engine=engine, hidden_vendors=frozenset()) for engine in engines)
        assert (ours.engine, theirs.engine) == ("embedded", "opensearch")
        for name in ("total", "steps", "words", "facets", "collapsed", "page", "pages"):
            assert getattr(ours, name) == getattr(theirs, name), (query, name)
        assert [each.limit for each in ours.alternatives] == [each.limit for each in theirs.alternatives], (
            query
        )
        assert [(each.hit.offer_id, each.by) for each in ours.alternatives] == [
            (each.hit.offer_id, each.by) for each in theirs.alternatives
        ], query
        _assert_same_order(query, ours.hits, theirs.hits)
        seen.update(step.code for step in ours.steps)
    assert len(seen) >= 5, seen


def _assert_same_order(query, ours, theirs):
    """The same hits with the same scores but for rounding; where two change places, their scores are that close."""
    assert len(ours) == len(theirs), query
    scores = {hit.offer_id: hit.score for hit in ours}
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.score == pytest.approx(other.score, abs=CLOSE), query
        if mine.offer_id != other.offer_id:
            assert scores.get(other.offer_id, mine.score) == pytest.approx(mine.score, abs=CLOSE), query
        else:
            assert (mine.group_id, mine.price_base, mine.why, mine.others) == (
                other.group_id,
                other.price_base,
                other.why,
                other.others,
            )
