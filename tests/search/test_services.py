"""Searching as pages do it, over real rows: ladder, limits, alternatives, cards, the database when all else fails."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from catalog.services.freshness import confirm_supplies
from core.money import Money
from core.rates import set_rate
from search import fallback
from search.models import QueryLog
from search.query import (
    FacetValue,
    Limit,
    Notice,
    SearchQuery,
    Sort,
    Step,
    StepCode,
    Why,
)
from search.services import index_facts, index_status, rebuild_index, record_search, search
from tests.factories.catalog import CategoryFactory, OfferFactory, SupplyFactory
from tests.factories.vendors import VendorFactory
from vendors.enums import VendorState

pytestmark = pytest.mark.django_db


@pytest.fixture
def index(either_index):
    """Each engine in turn: the site is the same on both."""
    return either_index


def put(*offers):
    index_facts([{"offers": [offer.pk for offer in offers], "topic": "offers"}])
    return offers


def found(words="", **values):
    return [hit.offer_id for hit in search(SearchQuery(words=words, **values)).hits]


def uah(amount):
    return Money(Decimal(amount), "UAH")


def test_the_journeys_words(index):
    first, second, third = put(
        OfferFactory(title="Набор канцелярский офисный"),
        OfferFactory(title="Степлер металевий"),
        OfferFactory(title="Папір офісний A4"),
    )
    assert found("офісний канцелярський набір") == [first.pk]
    assert found("степлеры") == [second.pk]
    assert found("А4") == found("A4") == [third.pk]


def test_steps_say_what_was_done(index):
    put(OfferFactory(title="Степлер Samsung"), OfferFactory(title="Ножиці офісні"))

    def steps(words):
        return search(SearchQuery(words=words)).steps

    assert steps("степлер") == (Step(StepCode.AS_TYPED),)
    assert steps("степлр") == (Step(StepCode.SPELLING, {"from": "степлр", "to": "степлер"}),)
    assert steps("cntgkth") == (Step(StepCode.LAYOUT, {"from": "cntgkth", "to": "степлер"}),)
    assert steps("stepler") == (Step(StepCode.TRANSLITERATED, {"from": "stepler", "to": "степлер"}),)
    assert steps("самсунг") == (Step(StepCode.TRANSLITERATED, {"from": "самсунг", "to": "samsung"}),)
    assert steps("степлер рожевий") == (Step(StepCode.PARTIAL, {"missing": "рожевий"}),)


def test_the_way_back_from_a_correction(index):
    put(OfferFactory(title="Степлер"))
    assert search(SearchQuery(words="степлр", exact=True)).total == 0


def test_what_is_similar_stands_apart_and_is_not_counted(index):
    whole, other = put(
        OfferFactory(title="Степлер рожевий Leitz", article="LZ-55020023"),
        OfferFactory(title="Степлер чорний Leitz"),
    )
    put(OfferFactory(title="Папір рожевий"))
    results = search(SearchQuery(words="рожевий степлер leitz"))
    assert (results.total, [hit.offer_id for hit in results.hits]) == (1, [whole.pk])
    assert [hit.offer_id for hit in results.similar] == [other.pk]
    assert Why.SOME_WORDS in results.similar[0].why
    assert results.steps == (Step(StepCode.AS_TYPED),)
    assert sum(each.count for each in results.facets.vendors) == 1
    for asked in (
        SearchQuery(words="LZ-55020023"),
        SearchQuery(words="рожевий степлер leitz", exact=True),
        SearchQuery(words="рожевий степлер leitz", page=2),
        SearchQuery(words="рожевий степлер leitz", sort=Sort.PRICE_ASC),
    ):
        assert search(asked).similar == ()


def test_an_article_number_is_never_corrected(index):
    put(OfferFactory(title="Тонер TN-2110", article="TN-2110"))
    assert found("tn2110") != []
    assert search(SearchQuery(words="TN-2120")).total == 0


def test_a_code_is_found_as_typed_or_without_separators(index):
    (offer,) = put(OfferFactory(title="Тонер", mpn="006R-90321", gtin="4006381333931"))
    for words in ("006R-90321", "006r90321", "006 R 90321", "4006381333931", "04006381333931"):
        results = search(SearchQuery(words=words))
        assert [hit.offer_id for hit in results.hits] == [offer.pk], words
        assert Why.CODE in results.hits[0].why or Why.ALL_WORDS in results.hits[0].why


def test_nothing_relevant_is_nothing(index):
    put(OfferFactory(title="Телефон", attributes={"Поширення": "YouTube"}))
    results = search(SearchQuery(words="youtube"))
    assert (results.total, results.hits) == (0, ())
    assert results.steps == (Step(StepCode.NOTHING, {"shares_words": "1"}),)
    assert search(SearchQuery(words="слон")).steps == (Step(StepCode.NOTHING, {"shares_words": ""}),)
    assert search(SearchQuery(words="???")).total == 0


def test_limits(index):
    here, there = VendorFactory(), VendorFactory()
    office = CategoryFactory()
    paper = CategoryFactory(parent=office)
    cheap, dear = put(
        OfferFactory(title="Папір", vendor=here, price_amount=1_000_000, category=paper, brand="Zoom"),
        OfferFactory(title="Папір", vendor=there, price_amount=2_000_000, category=office, brand="Maestro"),
    )
    assert found("папір", max_price=uah(150)) == [cheap.pk]
    assert found("папір", min_price=uah(150)) == [dear.pk]
    assert found("папір", vendors_in=frozenset([there.pk])) == [dear.pk]
    assert found("папір", vendors_out=frozenset([there.pk])) == [cheap.pk]
    assert sorted(found("папір", category_id=office.pk)) == [cheap.pk, dear.pk]
    assert found("папір", category_id=paper.pk) == [cheap.pk]
    assert found("папір", brands=frozenset(["Zoom"])) == [cheap.pk]
    assert found(category_id=paper.pk) == [cheap.pk]
    assert found("папір", sort=Sort.PRICE_DESC) == [dear.pk, cheap.pk]


def test_a_ceiling_in_another_currency(index):
    set_rate(currency="USD", rate=Decimal(40))
    (offer,) = put(OfferFactory(title="Папір", price_amount=20_000, price_currency="USD"))
    results = search(SearchQuery(words="папір", max_price=uah(80)))
    assert [(hit.offer_id, hit.price_base) for hit in results.hits] == [(offer.pk, 800_000)]
    assert found("папір", max_price=Money(Decimal("1.99"), "USD")) == []


def test_what_misses_one_limit_is_an_alternative(index):
    here, there = VendorFactory(), VendorFactory()
    put(
        OfferFactory(title="Папір", vendor=here, price_amount=1_620_000),
        OfferFactory(title="Папір", vendor=there, price_amount=1_000_000),
        OfferFactory(title="Папір", vendor=there, price_amount=1_700_000),
    )
    results = search(SearchQuery(words="папір", max_price=uah(150), vendors_in=frozenset([here.pk])))
    assert results.total == 0
    assert results.steps == (Step(StepCode.AS_TYPED),)
    assert [(each.limit, each.by) for each in results.alternatives] == [
        (Limit.MAX_PRICE, 120_000),
        (Limit.VENDORS_IN, None),
    ]


def test_where_only_things_for_a_good_are_within_the_limits_the_good_itself_is_told_of(index):
    staples = [OfferFactory(title=f"Скоби для степлера №{size}", price_amount=140_000) for size in range(7)]
    put(*staples, stapler := OfferFactory(title="Степлер Eagle", price_amount=990_000))
    within = search(SearchQuery(words="степлер", max_price=uah(50)))
    assert within.total == 7
    assert [(each.hit.offer_id, each.by) for each in within.alternatives] == [(stapler.pk, 490_000)]
    assert search(SearchQuery(words="скоби для степлера", max_price=uah(50))).alternatives == ()
    assert search(SearchQuery(words="степлер", max_price=uah(100))).alternatives == ()


def test_one_card_a_product(index):
    cheap, _dear, other = put(
        OfferFactory(title="Степлер Eagle", gtin="4006381333931"),
        OfferFactory(title="Степлер Eagle", gtin="4006381333931"),
        OfferFactory(title="Степлер Eagle"),
    )
    results = search(SearchQuery(words="степлер eagle"))
    assert results.total == 3
    assert results.collapsed == 1
    assert {hit.offer_id: hit.others for hit in results.hits} == {cheap.pk: 1, other.pk: 0}
    assert results.pages == 1


def test_pages_hold_every_card_once(index):
    put(*[OfferFactory(title=f"Степлер {number}") for number in range(30)])
    seen = [offer for page in (1, 2, 3, 4) for offer in found("степлер", page=page, page_size=8)]
    assert len(seen) == len(set(seen)) == 30


def test_facets_count_offers(index):
    here, there = VendorFactory(), VendorFactory()
    put(
        OfferFactory(title="Папір", vendor=here, brand="Zoom"),
        OfferFactory(title="Папір", vendor=there, brand="Zoom"),
        OfferFactory(title="Ніж", vendor=there),
    )
    facets = search(SearchQuery(words="папір")).facets
    assert facets.vendors == (FacetValue(here.pk, 1), FacetValue(there.pk, 1))
    assert facets.brands == (FacetValue("Zoom", 2),)


def test_a_suspended_vendor_is_out_of_sight_at_once(index):
    vendor = VendorFactory()
    put(OfferFactory(title="Папір", vendor=vendor))
    assert len(found("папір")) == 1
    vendor.state = VendorState.SUSPENDED
    vendor.save()
    assert found("папір") == []


def test_withdrawn_and_hidden_offers_go_and_return(index, django_assert_num_queries):
    (offer,) = put(OfferFactory(title="Папір"))
    offer.hidden_at = offer.created_at
    offer.version += 1
    offer.save()
    put(offer)
    assert found("папір") == []
    offer.hidden_at = None
    offer.version += 1
    offer.save()
    put(offer)
    assert found("папір") == [offer.pk]


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_offers(index, django_assert_num_queries, count):
    put(*[OfferFactory(title="Папір") for _ in range(count)])
    search(SearchQuery(words="папір"))
    with django_assert_num_queries(1):
        search(SearchQuery(words="папір"))


def test_without_an_index_the_database_answers_and_says_so(settings, tmp_path):
    settings.SEARCH_INDEX_PATH = tmp_path / "none"
    offer = OfferFactory(title="Набор канцелярский офисный", price_amount=900_000)
    OfferFactory(title="Лампа")
    results = search(SearchQuery(words="офісний набір", max_price=uah(100)))
    assert [hit.offer_id for hit in results.hits] == [offer.pk]
    assert results.total == 1
    assert results.notice is Notice.ENGINE_UNAVAILABLE
    assert results.engine == "database"
    assert results.hits[0].why == (Why.ALL_WORDS,)
    assert search(SearchQuery()).hits[0].why == (Why.WITHIN_LIMITS,)
    assert search(SearchQuery(words="офісний набір", max_price=uah(80))).total == 0
    assert search(SearchQuery(words="???")).total == 0


def test_the_first_change_builds_the_index(settings, tmp_path):
    settings.SEARCH_INDEX_PATH = tmp_path / "new"
    earlier, later = OfferFactory(title="Папір"), OfferFactory(title="Папір")
    assert not index_status().exists
    put(later)
    assert sorted(found("папір")) == [earlier.pk, later.pk]


def test_rebuilding_counts_what_is_on_sale(index):
    OfferFactory(title="Папір")
    gone = OfferFactory(title="Папір")
    gone.withdrawn_at = gone.created_at
    gone.save()
    assert rebuild_index() == 1
    assert index_status().documents == 1


def test_the_log_holds_no_address_or_number(index):
    put(OfferFactory(title="Папір"))
    for words in ("папір", "me@example.com", "+380 67 123 45 67", " "):
        query = SearchQuery(words=words, max_price=uah(1))
        record_search(query=query, results=search(query))
    assert list(QueryLog.objects.values_list("words", "total", "has_ceiling")) == [("папір", 0, True)]


def test_other_words_for_the_same_are_tried_when_the_typed_ones_find_nothing(index):
    (notebook, watch) = put(OfferFactory(title="Ноутбук Acer"), OfferFactory(title="Samsung smartwatch"))
    results = search(SearchQuery(words="laptop"))
    assert [hit.offer_id for hit in results.hits] == [notebook.pk]
    assert results.steps == (Step(StepCode.SYNONYMS),)
    assert found("smart watch") == [watch.pk]
    put(OfferFactory(title="Laptop Dell"))
    assert search(SearchQuery(words="laptop")).total == 1


def test_each_hit_says_why_it_is_there(index):
    confirmed = SupplyFactory(confirmed_at=timezone.now() - dt.timedelta(days=2))
    given = {"vendor": confirmed.vendor, "supply": confirmed, "availability": "unknown"}
    stapler, staples, told = put(
        OfferFactory(title="Степлер Leitz 24/6", brand="Leitz", availability="in_stock"),
        OfferFactory(title="Скоби для степлера", **given),
        OfferFactory(title="Набір офісний", texts={"uk": {"description": "Степлер, ножиці"}}, **given),
    )

    def why(words="", **values):
        return {hit.offer_id: hit.why for hit in search(SearchQuery(words=words, **values)).hits}

    assert why("степлер") == {
        stapler.pk: (Why.ALL_WORDS, Why.NAMED, Why.IN_TITLE, Why.AVAILABLE, Why.FRESH),
        staples.pk: (Why.ALL_WORDS, Why.IN_TITLE),
        told.pk: (Why.ALL_WORDS, Why.DESCRIBED),
    }
    assert why("степлр leitz") == {
        stapler.pk: (
            *(Why.ALL_WORDS, Why.CORRECTED, Why.NAMED, Why.IN_TITLE, Why.TOGETHER, Why.BRAND),
            *(Why.AVAILABLE, Why.FRESH),
        )
    }
    assert why("степлер зелений")[stapler.pk][0] is Why.SOME_WORDS
    assert why("степлер", sort=Sort.PRICE_ASC)[staples.pk] == (Why.ALL_WORDS, Why.IN_TITLE)
    assert why()[stapler.pk] == (Why.WITHIN_LIMITS, Why.AVAILABLE, Why.FRESH)
    assert why()[told.pk] == (Why.WITHIN_LIMITS,)


def test_other_words_for_the_same_say_so(index):
    (notebook,) = put(OfferFactory(title="Ноутбук Acer"))
    (hit,) = search(SearchQuery(words="laptop")).hits
    assert hit.offer_id == notebook.pk
    assert hit.why[:2] == (Why.ALL_WORDS, Why.OTHER_WORDS)


# Offers that nobody confirmed for long ------------------------------------------------------------------------


def test_expired_offers_leave_the_results_and_their_counts(index):
    vendor = VendorFactory()
    category = CategoryFactory(fresh_days=5)
    old = SupplyFactory(vendor=vendor, source="old", confirmed_at=timezone.now() - dt.timedelta(days=6))
    kept = [
        OfferFactory(vendor=vendor, category=category, title="Степлер новий", brand="Eagle"),
        OfferFactory(vendor=vendor, supply=old, title="Степлер без категорії", brand="Eagle"),
    ]
    OfferFactory(vendor=vendor, supply=old, category=category, title="Степлер давній", brand="Rapid")
    rebuild_index()
    results = search(SearchQuery(words="степлер"))
    assert {hit.offer_id for hit in results.hits} == {offer.pk for offer in kept}
    assert results.total == 2
    assert [value.value for value in results.facets.brands] == ["Eagle"]
    assert search(SearchQuery(category_id=category.pk)).total == 1
    confirm_supplies(vendor=vendor, ids=[old.pk])
    assert search(SearchQuery(words="степлер")).total == 3  # nothing was indexed anew


def test_the_database_leaves_expired_offers_out_as_the_engines_do(db):
    category = CategoryFactory(fresh_days=5)
    old = SupplyFactory(confirmed_at=timezone.now() - dt.timedelta(days=6))
    OfferFactory(vendor=old.vendor, supply=old, category=category)
    kept = OfferFactory(vendor=old.vendor, supply=old)
    results = fallback.search(SearchQuery(words="степлер"))
    assert [hit.offer_id for hit in results.hits] == [kept.pk]
    assert results.total == 1
