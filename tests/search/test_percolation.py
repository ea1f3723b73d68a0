"""The reverse matcher: exact, the same both ways, limits and near misses."""

from hypothesis import given, settings
from hypothesis import strategies as st

from core import text
from core.text.heads import heads, naming
from search.percolation import (
    Match,
    Missed,
    OfferDocument,
    StoredQuery,
    Way,
    match,
    near_misses,
    needs,
)
from search.percolation.limits import fit, units_in

WORDS = [
    "папір",
    "бумага",
    "A4",
    "А4",
    "80 г/м2",
    "степлер",
    "степлери",
    "USB-кабель",
    "для",
    "кабель",
    "TN-2110",
    "500 арк",
    "0,5 мм",
    "і",
    "HP",
]


def pairs(queries, offers, way=None):
    found = [(each.query_id, each.offer_id) for each in match(queries, offers, way=way)]
    assert len(found) == len(set(found))
    return set(found)


def brute_force(queries, offers):
    """Written from the definition, with nothing of the matcher's but the analysis."""
    found = set()
    for query in queries:
        needed = needs(query.text)
        for offer in offers:
            terms = set(text.index_terms(offer.text))
            terms |= {text.normalize_code(code) for code in offer.codes}
            has_all = bool(needed) and all(
                terms & set(need.terms) or (need.parts and all(terms & set(part) for part in need.parts))
                for need in needed
            )
            wanted = heads(query.text)
            named = any(naming(wanted, heads(line)) for line in offer.text.split("\n"))
            missed = {limit for limit, _by in fit(query, offer).missed} - {Missed.PLACE, Missed.DAYS}
            if has_all and named and not missed and comes_in_time(query, offer):
                found.add((query.id, offer.id))
    return found


def comes_in_time(query, offer):
    """Whether one of the ways to the place is there and quick enough."""
    ways = []
    if not query.place or offer.places is None or query.place in offer.places:
        ways.append(offer.days)
    if query.place in offer.pickups or (not query.place and offer.pickups):
        ways.append(offer.pickup_days)
    return any(query.days is None or days <= query.days for days in ways)


texts = st.lists(st.sampled_from(WORDS), min_size=0, max_size=4).map(" ".join)
queries = st.builds(
    StoredQuery,
    id=st.integers(1, 10_000),
    text=texts,
    max_price=st.none() | st.integers(0, 20),
    min_price=st.none() | st.integers(0, 20),
    quantity=st.none() | st.integers(1, 9),
    unit=st.sampled_from(["", "H87", "PK", "KGM", "GRM"]),
    vendor_ids=st.none() | st.frozensets(st.integers(1, 4)),
    excluded_vendor_ids=st.frozensets(st.integers(1, 4), max_size=2),
    category_ids=st.none() | st.frozensets(st.integers(1, 4)),
    place=st.sampled_from(["", "UA-30", "UA-46"]),
    days=st.none() | st.integers(-1, 5),
)
offers = st.builds(
    OfferDocument,
    id=st.integers(1, 10_000),
    vendor_id=st.integers(1, 4),
    text=texts,
    codes=st.just(()) | st.just(("TN 2110",)),
    price=st.none() | st.integers(0, 20),
    unit=st.sampled_from(["", "H87", "PK", "KGM", "GRM"]),
    pack_count=st.integers(1, 5),
    quantity=st.none() | st.integers(0, 20),
    category_ids=st.frozensets(st.integers(1, 4)),
    places=st.none() | st.frozensets(st.sampled_from(["UA-30", "UA-46", "UA-51"])),
    pickups=st.frozensets(st.sampled_from(["UA-30", "UA-46"])),
    days=st.integers(0, 6),
    pickup_days=st.integers(0, 6),
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(queries, max_size=12, unique_by=lambda query: query.id),
    st.lists(offers, max_size=12, unique_by=lambda offer: offer.id),
)
def test_both_ways_give_the_pairs_of_brute_force(some_queries, some_offers):
    expected = brute_force(some_queries, some_offers)
    for way in Way:
        assert pairs(some_queries, some_offers, way) == expected
    assert pairs(some_queries, some_offers) == expected


def paper(**changes):
    values = {
        "id": 1,
        "vendor_id": 7,
        "text": "Бумага офисная A4 80г/м² 500 листов Zoom",
        "price": 1_500_000,
        "unit": "PK",
    }
    return OfferDocument(**(values | changes))


def test_a_line_in_ukrainian_meets_an_offer_in_russian():
    line = StoredQuery(1, "Папір А4 80 г/м2 500 арк", max_price=1_600_000, unit="PK", quantity=10)
    assert list(match([line], [paper()])) == [Match(1, 1, 7, 4 / 9, 1_500_000)]


def test_every_word_is_required():
    assert pairs([StoredQuery(1, "Папір А3")], [paper()]) == set()
    assert pairs([StoredQuery(1, "потрібен папір А4 терміново")], [paper()]) == {(1, 1)}
    assert pairs([StoredQuery(1, "1. папір А4")], [paper()]) == {(1, 1)}


def test_a_line_that_says_nothing_meets_nothing():
    for nothing in ("", "???", "і для", "потрібно терміново", "10"):
        if nothing != "10":
            assert needs(nothing) == ()
        assert pairs([StoredQuery(1, nothing)], [paper()]) == set()


def test_an_article_number_is_met_by_the_offers_codes():
    offer = OfferDocument(1, 1, "Тонер-картридж Brother", ("TN-2110", "4977766654951"))
    assert pairs([StoredQuery(1, "картридж tn2110")], [offer]) == {(1, 1)}
    assert pairs([StoredQuery(1, "4977766654951")], [offer]) == {(1, 1)}


def test_prices_are_compared_per_unit_of_the_line():
    box = paper(pack_count=5, unit="BX", price=7_500_000)
    line = StoredQuery(1, "папір А4", unit="H87", max_price=1_500_000)
    assert [each.price for each in match([line], [box])] == [1_500_000]
    kilo = OfferDocument(2, 1, "Цукор", price=400_000, unit="KGM")
    assert [each.price for each in match([StoredQuery(1, "сахар", unit="GRM")], [kilo])] == [400]
    assert pairs([StoredQuery(1, "цукор", unit="LTR")], [kilo]) == set()


def test_an_offer_without_a_price_keeps_no_ceiling():
    assert pairs([StoredQuery(1, "папір", max_price=10)], [paper(price=None)]) == set()
    assert pairs([StoredQuery(1, "папір")], [paper(price=None)]) == {(1, 1)}


def test_near_misses_miss_exactly_one_limit():
    line = StoredQuery(1, "папір", max_price=1_000_000, excluded_vendor_ids=frozenset([7]))
    dear_elsewhere = paper(id=2, vendor_id=8)
    cheap_here = paper(id=3, price=900_000)
    both_missed = paper(id=4)
    fits = paper(id=5, vendor_id=8, price=900_000)
    found = near_misses(line, [dear_elsewhere, cheap_here, both_missed, fits])
    assert [(each.match.offer_id, each.missed, each.by) for each in found] == [
        (2, Missed.PRICE, 500_000),
        (3, Missed.VENDOR, None),
    ]


def _ways(query, offers):
    """The pairs of both ways, which are the same."""
    over_offers = pairs([query], offers, Way.OFFERS_INDEXED)
    assert over_offers == pairs([query], offers, Way.QUERIES_INDEXED)
    return [offer for _, offer in sorted(over_offers)]


def test_a_good_that_only_mentions_what_is_wanted_is_none():
    offers = [
        OfferDocument(1, 1, "Степлер Axent Standard, скоби №10, 12 аркушів"),
        OfferDocument(2, 1, "Скоби для степлера Buromax №10, 1000 шт."),
        OfferDocument(3, 1, "Скобы Leitz №10"),
        OfferDocument(4, 1, "Швидкозшивач картонний Крафт-Папір «Справа» А4"),
        OfferDocument(5, 1, "Папір Zoom А4"),
        OfferDocument(
            6, 1, "Папка-реєстратор А4 \nКрафт-Папір", titles=("Папка-реєстратор А4",), brand="Крафт-Папір"
        ),
    ]
    assert _ways(StoredQuery(1, "степлер 10"), offers) == [1]
    assert _ways(StoredQuery(1, "скоби №10"), offers) == [2, 3]
    assert _ways(StoredQuery(1, "Папір А4"), offers) == [5]
    assert _ways(StoredQuery(1, "папка А4"), offers) == [6]
    assert near_misses(StoredQuery(1, "Папір А4", max_price=10), offers[3:4]) == []


def test_one_size_of_staples_under_each_of_its_names():
    offers = [
        OfferDocument(1, 1, "Степлер Leitz №24/6"),
        OfferDocument(2, 1, "Степлер Leitz 24/6"),
        OfferDocument(3, 1, "Степлер Leitz №26/6, до 24 арк."),
    ]
    for words in ("Степлер 24/6", "степлер №24/6", "степлер № 24/6", "степлер N24/6"):
        assert _ways(StoredQuery(1, words), offers) == [1, 2]


def test_goods_of_the_very_name_score_above_those_of_a_second_name():
    offers = [OfferDocument(1, 1, "Клей-олівець"), OfferDocument(2, 1, "Олівець клей")]
    scores = {each.offer_id: each.score for each in match([StoredQuery(1, "олівець")], offers)}
    assert scores[1] < scores[2] / 2


def test_a_pack_is_divided_only_into_pieces_of_what_the_query_counts():
    staples = OfferDocument(1, 1, "Скоби №24/6, 1000 шт.", price=17_0000, unit="PK", pack_count=1000)
    paper = OfferDocument(2, 1, "Папір А4, 500 арк.", price=200_0000, unit="PK", pack_count=500)
    clips = OfferDocument(3, 1, "Скріпки 28 мм, 100 шт.", price=10_0000, unit="Z2", pack_count=100)

    def price(words, unit, offer):
        (found,) = match([StoredQuery(1, words, unit=unit)], [offer])
        return found.price

    assert price("скоби №24/6", "H87", staples) == 170
    assert price("скоби №24/6 1000 шт", "H87", staples) == 17_0000
    assert price("скоби №24/6 1000 шт", "PK", staples) == 17_0000
    assert price("скоби №24/6", "", staples) == 17_0000
    assert price("папір А4", "H87", paper) == 200_0000
    assert price("скріпки", "H87", clips) == 1000
    mentioned = StoredQuery(1, "степлер", unit="H87")
    assert (
        units_in(mentioned, OfferDocument(4, 1, "Скоби для степлера, 1000 шт.", unit="PK", pack_count=1000))
        == 1
    )
