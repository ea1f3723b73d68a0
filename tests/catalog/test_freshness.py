"""Days by category, and which offers are past them: as sets for the engines and as a condition for the database."""

import datetime as dt
import random

import pytest
from django.core.cache import cache
from django.utils import timezone

from catalog import tasks
from catalog.freshness import (
    DEFAULT_DAYS,
    Expired,
    Rules,
    State,
    expired,
    expired_offers,
    fresh,
    known_expired_offers,
)
from catalog.models import Category, Offer, Supply
from catalog.services.freshness import confirm_supplies, set_fresh_days, sweep_expired
from core.models import Job, JobState, OutboxEntry
from tests.factories.catalog import CategoryFactory, OfferFactory, SupplyFactory
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db


def aged(days, vendor, source="form"):
    return SupplyFactory(vendor=vendor, source=source, confirmed_at=timezone.now() - dt.timedelta(days=days))


def test_days_come_from_the_nearest_category_above_that_has_some():
    top = CategoryFactory(fresh_days=10)
    middle = CategoryFactory(parent=top)
    low = CategoryFactory(parent=middle, fresh_days=60)
    other = CategoryFactory()
    rules = Rules.now()
    assert [rules.days(each.path) for each in (top, middle, low, other)] == [10, 10, 60, DEFAULT_DAYS]
    assert rules.days(None) == DEFAULT_DAYS


def test_an_offer_is_fresh_then_stale_then_expired():
    category = CategoryFactory(fresh_days=10)
    vendor = VendorFactory()
    now = timezone.now()
    offer = OfferFactory(vendor=vendor, category=category)
    found = []
    for days in (4, 6, 11):
        offer.supply.confirmed_at = now - dt.timedelta(days=days)
        found.append(Rules.now().of(offer, now=now))
    assert [each.state for each in found] == [State.FRESH, State.STALE, State.EXPIRED]
    assert found[0].expires_at == now + dt.timedelta(days=6)


def test_nothing_is_expired_while_everything_was_confirmed():
    OfferFactory()
    assert expired_offers() == ()


def test_what_is_past_the_longest_days_needs_no_look_at_categories():
    vendor = VendorFactory()
    quick = CategoryFactory(fresh_days=2)
    old, middling = aged(31, vendor, "old"), aged(3, vendor, "middling")
    assert expired_offers() == (
        Expired(frozenset([old.pk])),
        Expired(frozenset([middling.pk]), frozenset([quick.pk])),
    )


def test_vendors_that_are_not_shown_are_not_listed():
    aged(400, VendorFactory(state="suspended"))
    assert expired_offers() == ()


def test_repeating_the_days_from_above_adds_no_region():
    top = CategoryFactory(fresh_days=5)
    same = CategoryFactory(parent=top, fresh_days=5)
    CategoryFactory(parent=same, fresh_days=9)
    days = [days for days, _categories, _but_not in Rules.now().regions]
    assert days == [DEFAULT_DAYS, 5, 9]


@pytest.mark.parametrize("seed", range(6))
def test_sets_and_database_say_what_counting_says(seed):
    """The oracle: every offer judged by itself."""
    chance = random.Random(seed)
    vendor = VendorFactory()
    nodes = []
    for _ in range(14):
        parent = chance.choice([None, *nodes])
        days = chance.choice([None, None, 3, 10, DEFAULT_DAYS, 60])
        nodes.append(CategoryFactory(parent=parent, fresh_days=days))
    supplies = [aged(days, vendor, f"s{days}") for days in (0, 2, 4, 12, 31, 61)]
    offers = [
        OfferFactory(vendor=vendor, supply=supply, category=category)
        for supply in supplies
        for category in [None, *Category.objects.all()]
    ]
    now = timezone.now()
    rules = Rules.now()
    truth = {offer.pk for offer in offers if rules.of(offer, now=now).state is State.EXPIRED}
    assert truth
    assert truth != {offer.pk for offer in offers}
    every = Offer.objects.all()
    assert set(expired(every, now=now).values_list("pk", flat=True)) == truth
    assert set(fresh(every, now=now).values_list("pk", flat=True)) == {each.pk for each in offers} - truth
    parts = expired_offers(now=now)
    ids = {node.path: node.pk for node in Category.objects.all()}

    def above(category):
        return {pk for path, pk in ids.items() if category and category.path.startswith(path)}

    told = {
        offer.pk
        for offer in offers
        for part in parts
        if offer.supply_id in part.supplies
        and (not part.categories or above(offer.category) & part.categories)
        and not above(offer.category) & part.but_not
    }
    assert told == truth


def test_what_counts_as_expired_follows_the_source_not_the_offer(django_assert_num_queries):
    vendor = VendorFactory()
    supply = aged(40, vendor)
    OfferFactory.create_batch(3, vendor=vendor, supply=supply)
    with django_assert_num_queries(2):
        parts = expired_offers()
    assert parts == (Expired(frozenset([supply.pk])),)
    Supply.objects.update(confirmed_at=timezone.now())
    assert expired_offers() == ()


def test_searches_ask_once_in_half_a_minute_and_see_what_people_do_at_once(django_assert_num_queries):
    vendor = VendorFactory()
    category = CategoryFactory()
    supply, other = aged(40, vendor), aged(10, vendor, "other")
    assert known_expired_offers() == (Expired(frozenset([supply.pk])),)
    with django_assert_num_queries(0):
        assert known_expired_offers() == (Expired(frozenset([supply.pk])),)
    confirm_supplies(vendor=vendor, ids=[supply.pk])
    assert known_expired_offers() == ()
    set_fresh_days(category=category, days=7)
    assert known_expired_offers() == (Expired(frozenset([other.pk]), frozenset([category.pk])),)


def test_what_a_search_found_before_the_end_of_a_transaction_is_forgotten_with_it(
    django_capture_on_commit_callbacks,
):
    vendor = VendorFactory()
    supply = aged(40, vendor)
    with django_capture_on_commit_callbacks(execute=True):
        confirm_supplies(vendor=vendor, ids=[supply.pk])
        cache.set("catalog.expired_offers", (Expired(frozenset([supply.pk])),))  # by another process
    assert known_expired_offers() == ()


# The matcher of open requests ---------------------------------------------------------------------------------


def told():
    """Offers of which the matcher was told since the last look."""
    entries = OutboxEntry.objects.filter(consumer="requests")
    found = sorted(pk for entry in entries for pk in entry.payload["offers"])
    entries.delete()
    return found


def followed():
    """Of which it was told by the jobs that wait."""
    for job in Job.objects.filter(state=JobState.WAITING):
        tasks.follow_days(job_id=str(job.pk), **job.kwargs)
    return told()


def test_the_matcher_is_told_once_when_offers_expire_and_once_when_they_are_back():
    vendor = VendorFactory()
    quick = CategoryFactory(fresh_days=5)
    supply = aged(6, vendor)
    first = OfferFactory(vendor=vendor, supply=supply, category=quick)
    second = OfferFactory(vendor=vendor, supply=supply)
    assert sweep_expired() == 1
    assert told() == [first.pk]
    assert sweep_expired() == 0
    Supply.objects.update(confirmed_at=timezone.now() - dt.timedelta(days=31))
    assert sweep_expired() == 1
    assert told() == [second.pk]
    assert confirm_supplies(vendor=vendor, ids=[supply.pk]) == 1
    assert sweep_expired() == 1
    assert told() == [first.pk, second.pk]
    assert sweep_expired() == 0
    assert Supply.objects.get().expired_days == 0
    assert Offer.objects.get(pk=first.pk).version == first.version


def test_what_was_confirmed_before_any_sweep_saw_it_expired_is_told_all_the_same():
    vendor = VendorFactory()
    offer = OfferFactory(vendor=vendor, supply=aged(40, vendor))
    confirm_supplies(vendor=vendor, ids=[offer.supply_id])
    assert sweep_expired() == 1
    assert told() == [offer.pk]


def test_another_vendors_source_cannot_be_confirmed():
    supply = aged(40, VendorFactory())
    assert confirm_supplies(vendor=VendorFactory(), ids=[supply.pk]) == 0
    assert Supply.objects.get().confirmed_at == supply.confirmed_at


def test_other_days_for_a_category_are_told_to_the_matcher():
    vendor = VendorFactory()
    category = CategoryFactory()
    below = CategoryFactory(parent=category)
    taken = OfferFactory(vendor=vendor, supply=aged(10, vendor, "a"), category=below)
    OfferFactory(vendor=vendor, supply=aged(2, vendor, "b"), category=below)
    set_fresh_days(category=category, days=7, owner="user:7")
    assert told() == []  # not in the request
    job = Job.objects.get()
    assert (job.owner, job.queue) == ("user:7", "index")
    assert followed() == [taken.pk]
    set_fresh_days(category=category, days=7)
    assert followed() == []
    set_fresh_days(category=category, days=None)
    assert followed() == [taken.pk]


def test_days_are_kept_and_offers_told_chunk_by_chunk(monkeypatch):
    monkeypatch.setattr("catalog.services.freshness.CHUNK", 1)
    vendor = VendorFactory()
    category = CategoryFactory()
    OfferFactory.create_batch(3, vendor=vendor, supply=aged(10, vendor), category=category)
    set_fresh_days(category=category, days=7)
    assert Category.objects.get(pk=category.pk).fresh_days == 7
    job = Job.objects.get()
    tasks.follow_days(job_id=str(job.pk), **job.kwargs)
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.DONE, {"offers": 3})
    entries = OutboxEntry.objects.filter(consumer="requests")
    assert [len(entry.payload["offers"]) for entry in entries] == [1, 1, 1]


def test_other_days_that_no_offer_feels_are_no_job():
    category = CategoryFactory()
    OfferFactory(category=category)
    set_fresh_days(category=category, days=7)
    assert not Job.objects.exists()
