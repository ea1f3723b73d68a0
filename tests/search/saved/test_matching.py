"""What a saved search finds anew, once."""

import datetime as dt
import random
from decimal import Decimal

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from catalog.enums import Availability
from catalog.models import Offer
from catalog.services.bulk import withdraw_offers
from core.errors import TooMany
from core.money import Money
from core.rates import current_rates
from notifications.models import Notification
from search.percolation import match
from search.query import FactLimit, SearchQuery
from search.saved import damping, limits, matching, services, telling, tidying, wanting
from search.saved.enums import Told
from search.saved.models import SavedMatch, SavedSearch, SearchKey
from search.saved.offers import read_offers
from search.saved.queries import pack
from tests.factories.accounts import UserFactory
from tests.factories.catalog import CategoryFactory, OfferFactory
from tests.factories.vendors import VendorFactory

HOUR = dt.timedelta(hours=1)


def uah(amount):
    return Money(Decimal(amount), "UAH")


def waiting(search):
    return set(SavedMatch.objects.filter(search=search, told=Told.WAITING).values_list("offer", flat=True))


def later(**delta):
    return time_machine.travel(timezone.now() + dt.timedelta(**delta), tick=True)


def test_what_is_there_is_known_and_what_comes_is_news(save, tell):
    OfferFactory(title="Степлер червоний")
    search = save(words="степлер", max_price=uah(150))
    new, dear, other = (
        OfferFactory(title="Степлер синій"),
        OfferFactory(title="Степлер золотий", price_amount=9_000_000),
        OfferFactory(title="Скоби для степлера"),
    )
    tell(new, dear, other)
    assert waiting(search) == {new.pk}
    tell(new, dear, other)
    assert SavedMatch.objects.filter(search=search).count() == 2
    assert telling.tell_of_finds() == 0  # gathered first
    with later(minutes=11):
        assert telling.tell_of_finds() == 1
        assert telling.tell_of_finds() == 0
    message = Notification.objects.get()
    assert (message.kind, message.params["count"], message.params["name"]) == ("watching.found", 1, "Моє")
    assert "Степлер синій: 100,00" in message.params["goods"]
    assert waiting(search) == set()


def test_one_message_for_a_whole_list_and_the_next_after_its_window(save, tell):
    search = save(words="степлер")
    tell(*OfferFactory.create_batch(8, title="Степлер"))
    with later(minutes=11):
        assert telling.tell_of_finds() == 1
        tell(OfferFactory(title="Степлер пізній"))
    with later(hours=1):
        assert telling.tell_of_finds() == 0
    with later(hours=7):
        assert telling.tell_of_finds() == 1
    counts = [message.params["count"] for message in Notification.objects.order_by("pk")]
    assert counts == [8, 1]
    first = Notification.objects.earliest("pk").params["goods"]
    assert first.count("\n") == damping.NAMED
    assert first.endswith(("і ще 3", "and 3 more"))  # as far as it is translated
    search.refresh_from_db()
    assert search.messages == 2


def test_a_list_that_is_withdrawn_and_revived_is_told_once(save, tell, change):
    search = save(words="степлер")
    offers = OfferFactory.create_batch(3, title="Степлер")
    tell(*offers)
    with later(minutes=11):
        telling.tell_of_finds()
    for days in (1, 20, 40):
        with later(days=days):
            withdraw_offers(offer_ids=[offer.pk for offer in offers], now=timezone.now())
            tell()
            assert SavedMatch.objects.filter(search=search, left_at__isnull=False).count() == 3
            for offer in offers:
                change(offer, withdrawn_at=None)
            telling.tell_of_finds()
    assert Notification.objects.count() == 1
    with later(days=50):
        change(offers[0], withdrawn_at=timezone.now())
    with later(days=50 + 61):
        Offer.objects.update(withdrawn_at=None)
        offers[0].supply.confirmed_at = timezone.now()
        offers[0].supply.save()
        tell(offers[0])
        assert waiting(search) == {offers[0].pk}


def test_a_price_that_swings_over_the_ceiling_is_told_once(save, change):
    offer = OfferFactory(title="Степлер", price_amount=2_000_000)
    search = save(words="степлер", max_price=uah(150))
    change(offer, price_amount=1_400_000)
    assert waiting(search) == {offer.pk}
    with later(minutes=11):
        assert telling.tell_of_finds() == 1
    for amount in (2_000_000, 1_400_000) * 3:
        change(offer, price_amount=amount)
    assert waiting(search) == set()


def test_what_goes_before_it_was_told_is_news_when_it_comes_back(save, tell, change):
    search = save(words="степлер")
    offer = OfferFactory(title="Степлер")
    tell(offer)
    Offer.objects.filter(pk=offer.pk).update(hidden_at=timezone.now())  # nobody was told of that
    with later(minutes=11):
        assert telling.tell_of_finds() == 0
    change(offer, hidden_at=None)
    assert waiting(search) == {offer.pk}


def test_another_vendors_offer_of_a_known_good_is_no_news(save, tell):
    OfferFactory(title="Степлер", gtin="4820000000017")
    search = save(words="степлер")
    tell(OfferFactory(title="Степлер", gtin="4820000000017"))
    assert waiting(search) == set()
    tell(
        OfferFactory(title="Степлер", gtin="4820000000024"),
        OfferFactory(title="Степлер", gtin="4820000000024"),
    )
    with later(minutes=11):
        telling.tell_of_finds()
    assert Notification.objects.get().params["count"] == 1


def test_a_paused_search_says_nothing_and_knows_afterwards_what_came_meanwhile(save, buyer, tell):
    search = save(words="степлер")
    services.pause_search(user=buyer, pk=search.pk)
    tell(OfferFactory(title="Степлер"))
    services.resume_search(user=buyer, pk=search.pk)
    tell()
    assert waiting(search) == set()
    new = OfferFactory(title="Степлер")
    tell(new)
    assert waiting(search) == {new.pk}


def test_a_search_that_finds_too_much_tells_of_new_offers_alone(save, tell, change, monkeypatch):
    monkeypatch.setattr(damping, "MOST_KNOWN", 2)
    offers = OfferFactory.create_batch(3, title="Степлер")
    search = save(words="степлер")
    assert search.known_until is not None
    change(offers[0], price_amount=5)
    assert SavedMatch.objects.count() == 0
    new = OfferFactory(title="Степлер")
    tell(new)
    assert waiting(search) == {new.pk}
    with later(days=8):
        telling.tell_of_finds()
        assert tidying.tidy() == {"ended": 0, "widened": 1, "forgotten": 0}
        tell(new)
    assert SavedMatch.objects.count() == 0


def test_one_person_hears_only_so_often_a_day(save, tell, monkeypatch):
    monkeypatch.setattr(damping, "A_DAY", 1)
    save(words="степлер")
    save(words="папір", name="Папір")
    tell(OfferFactory(title="Степлер"), OfferFactory(title="Папір"))
    with later(minutes=11):
        assert telling.tell_of_finds() == 1
    with later(days=1, hours=1):
        assert telling.tell_of_finds() == 1


def test_limits_beyond_the_matcher_are_those_of_the_search_itself(save, tell):
    """Attributes, participation and what questions will learn later; and searches of limits alone."""
    vendor = VendorFactory(participation="hosted")
    in_stock = save(words="степлер", availability=frozenset({Availability.IN_STOCK}), name="1")
    brand = save(brands=frozenset({"Kanlux"}), name="2")
    shop = save(words="степлер", participation=frozenset({"hosted"}), name="3")
    fact = save(words="степлер", facts=(FactLimit("brand", frozenset({"nobody"})),), name="4")
    offers = [
        OfferFactory(title="Степлер", availability=Availability.TO_ORDER),
        OfferFactory(title="Степлер", brand="Kanlux"),
        OfferFactory(title="Степлер", vendor=vendor),
    ]
    tell(*offers)
    assert waiting(in_stock) == {offers[1].pk, offers[2].pk}
    assert waiting(brand) == {offers[1].pk}
    assert waiting(shop) == {offers[2].pk}
    assert waiting(fact) == set()


def test_a_search_that_lost_a_limit_finds_nothing(save, tell):
    search = save(words="степлер")
    SavedSearch.objects.update(query=search.query | {"shade": "x"})
    tell(OfferFactory(title="Степлер"))
    assert SavedMatch.objects.count() == 0


def test_other_rules_of_analysis_make_the_keys_anew(save, tell, monkeypatch):
    search = save(words="степлер")
    SearchKey.objects.all().delete()
    tell(OfferFactory(title="Степлер"))
    assert waiting(search) == set()
    monkeypatch.setattr(wanting, "rules_of_analysis", lambda: "others")
    new = OfferFactory(title="Степлер")
    tell(new)
    assert waiting(search) == {new.pk}


WORDS = ("степлер", "червоний", "синій", "папір", "A4", "ножиці", "24/6", "HP", "картридж", "офісний")


def test_both_ways_of_looking_find_what_brute_force_finds(buyer, monkeypatch):
    chance = random.Random(20261123)
    categories = [CategoryFactory() for _ in range(3)]
    vendors = [VendorFactory() for _ in range(3)]
    offers = [
        OfferFactory(
            title=" ".join(chance.sample(WORDS, 3)),
            vendor=chance.choice(vendors),
            category=chance.choice([None, *categories]),
            brand=chance.choice(["", "HP", "Kanlux"]),
            price_amount=chance.randint(1, 50) * 10_000,
            availability=chance.choice(["in_stock", "none"]),
        )
        for _ in range(60)
    ]
    queries = {}
    for _ in range(120):
        query = SearchQuery(
            words=" ".join(chance.sample(WORDS, chance.randint(0, 2))),
            max_price=chance.choice([None, uah(chance.randint(1, 50))]),
            category_id=chance.choice([None, None, *(each.pk for each in categories)]),
            vendors_in=frozenset(chance.sample([each.pk for each in vendors], chance.randint(0, 1))),
            availability=chance.choice([frozenset(), frozenset({"in_stock"})]),
            brands=chance.choice([frozenset(), frozenset({"HP"})]),
        )
        if wanting.keys_of(query):
            row = SavedSearch.objects.create(
                user=buyer,
                name="x",
                query=pack(query),
                url="/",
                looked_at=timezone.now(),
                ready_at=timezone.now(),
            )
            queries[row.pk] = query
    expected = set()
    for offer in offers:
        (seen,) = read_offers(Offer.objects.filter(pk=offer.pk))
        for pk, query in queries.items():
            wanted = wanting.wanted_of(pk, query, rates=current_rates(), merged={})
            has_words = not query.words or any(match([wanted.stored], [seen.document]))
            if (
                has_words
                and (query.max_price is None or offer.price_amount <= query.max_price.to_price())
                and (query.category_id is None or offer.category_id == query.category_id)
                and (not query.vendors_in or offer.vendor_id in query.vendors_in)
                and (not query.availability or offer.availability in query.availability)
                and (not query.brands or offer.brand in query.brands)
            ):
                expected.add((pk, offer.pk))
    assert len(expected) > 100
    for whole_from in (0, 300):  # every search, or those that share a key
        SavedMatch.objects.all().delete()
        monkeypatch.setattr(matching, "WHOLE_FROM", whole_from)
        assert matching.match_offers([offer.pk for offer in offers]) == len(expected)
        assert set(SavedMatch.objects.values_list("search", "offer")) == expected


@pytest.mark.django_db
def test_nobody_saved_anything():
    offer = OfferFactory()
    UserFactory()
    assert matching.match_offers([offer.pk]) == 0


def test_a_good_is_shown_by_its_cheapest_offer_that_has_a_price(db):
    prices = (0, 900_000, 500_000)
    offers = [OfferFactory(gtin="4820000000017", price_amount=amount) for amount in prices]
    foreign = OfferFactory(gtin="4820000000017", price_amount=10_000, price_currency="CHF")  # no rate
    alone = OfferFactory(price_amount=0)
    seen = read_offers(Offer.objects.filter(pk__in=[each.pk for each in (*offers, foreign, alone)]))
    assert [each.id for each in telling._goods(seen)] == [offers[2].pk, alone.pk]


def test_what_left_long_ago_is_forgotten_piece_by_piece(save, monkeypatch):
    search, now = save(words="степлер"), timezone.now()
    monkeypatch.setattr(tidying, "_AT_ONCE", 2)
    for left in (61, 0, 61, 59, 61, 61, 61):
        match = SavedMatch.objects.create(search=search, offer=OfferFactory(), group_id=1, found_at=now)
        SavedMatch.objects.filter(pk=match.pk).update(left_at=now - dt.timedelta(days=left) if left else None)
    assert tidying.tidy()["forgotten"] == 5
    assert SavedMatch.objects.count() == 2


def test_what_was_found_before_a_pause_is_not_told_after_it(buyer, save, tell):
    search = save(words="степлер")
    tell(OfferFactory(title="Степлер давній"))
    services.pause_search(user=buyer, pk=search.pk)
    with later(days=7):
        services.resume_search(user=buyer, pk=search.pk)
        tell(OfferFactory(title="Степлер новий"))
    with later(days=7, minutes=11):
        assert telling.tell_of_finds() == 1
    message = Notification.objects.get()
    assert (message.params["count"], "давній" in message.params["goods"]) == (1, False)


def test_what_left_during_a_pause_is_news_once_it_was_away_for_long(buyer, save, tell):
    gone, stays = OfferFactory.create_batch(2, title="Степлер")
    search = save(words="степлер")
    services.pause_search(user=buyer, pk=search.pk)
    Offer.objects.filter(pk=gone.pk).update(withdrawn_at=timezone.now())
    with later(days=5):
        services.resume_search(user=buyer, pk=search.pk)
        tell()
        left = dict(SavedMatch.objects.values_list("offer", "left_at"))
        assert (left[gone.pk] is None, left[stays.pk]) == (False, None)
    with later(days=70):
        Offer.objects.update(withdrawn_at=None)
        gone.supply.confirmed_at = timezone.now()
        gone.supply.save()
        tell(gone)
        assert waiting(search) == {gone.pk}


def test_searches_that_are_due_together_share_one_index(save, buyer, tell, monkeypatch):
    other = UserFactory()
    mine = save(words="степлер", participation=frozenset(["listing"]))
    theirs = save(user=other, words="степлер", participation=frozenset(["hosted"]))
    both = save(user=other, words="скоба")
    tell(OfferFactory(title="Степлер"), OfferFactory(title="Скоби"))
    SavedMatch.objects.create(
        search=theirs,
        offer=Offer.objects.get(title="Степлер"),
        group_id=1,
        told=Told.WAITING,
        found_at=timezone.now(),
    )
    SavedSearch.objects.update(due_at=timezone.now())
    made = []
    real = limits._index_of
    monkeypatch.setattr(limits, "_index_of", lambda *given: made.append(given) or real(*given))
    assert telling.tell_of_finds() == 2
    assert len(made) == 1
    assert sorted(Notification.objects.values_list("user", flat=True)) == sorted([buyer.pk, other.pk])
    assert waiting(mine) | waiting(theirs) | waiting(both) == set()


def test_nobody_takes_stock_all_the_time(buyer, save, monkeypatch):
    monkeypatch.setattr(services, "STOCKTAKING_RATE", "3/h")
    cache.clear()
    for _again in range(3):
        services.delete_search(user=buyer, pk=save(words="степлер").pk)
    with pytest.raises(TooMany):
        save(words="степлер")
    assert not SavedSearch.objects.exists()
    assert save(user=UserFactory(), words="степлер").ready_at


def test_an_offer_that_returns_is_no_news_while_another_of_its_good_is_known(save, tell, change):
    offers = OfferFactory.create_batch(2, title="Степлер", gtin="4820000000017")
    search = save(words="степлер")
    SavedMatch.objects.filter(offer=offers[0]).update(left_at=timezone.now() - 61 * 24 * HOUR)
    tell(offers[0])
    assert waiting(search) == set()
    SavedMatch.objects.update(left_at=timezone.now() - 61 * 24 * HOUR)
    tell(*offers)
    assert waiting(search) == {offer.pk for offer in offers}


def test_messages_and_pages_name_the_price_with_vat(sign_in, buyer, save, tell):
    search = save(words="степлер", max_price=uah(110))
    tell(OfferFactory(title="Степлер", price_amount=900_000, vat="excluded", vat_percent=20))
    with later(minutes=11):
        assert telling.tell_of_finds() == 1
    assert "Степлер: 108,00" in Notification.objects.get().params["goods"]
    assert "108,00" in sign_in(buyer).get(f"/watching/searches/{search.pk}/").text
