"""Attributes in their categories: inherited, changed, moved and merged, and what the index learns of it."""

import pytest
from django.core.cache import cache
from tantivy import Query

from catalog import tasks
from catalog.attributes import services
from catalog.attributes.reading import facts_of
from catalog.attributes.seeding import seed_attributes
from catalog.attributes.services import AttributeInput, ChoiceInput, Place
from catalog.errors import AttributeLimitsCrossed, AttributeNameMissing
from catalog.models import Attribute, CategoryAttribute, Offer
from catalog.services.categories import delete_category, merge_category, move_category
from core.models import Job, JobState, OutboxEntry
from marketplace.demo.state import read_json
from search.engines import get_engine
from search.engines.embedded.schema import schema
from search.selectors import offer_batch
from search.services import rebuild_index
from storefront.selectors.cards import cards_of_offers
from tests.factories.catalog import CategoryFactory, OfferFactory

pytestmark = pytest.mark.django_db

VOLUME = AttributeInput(names={"uk": "Об'єм", "en": "Volume"}, kind="number", unit="ml", highest=10_000)
COLOUR = AttributeInput(
    names={"uk": "Колір", "en": "Colour"},
    kind="choice",
    choices=[ChoiceInput(names={"uk": "чорний", "en": "black"}), ChoiceInput(names={"uk": "білий", "en": "white"})],
)  # fmt: skip


@pytest.fixture
def shelf():
    """A category below another, with one offer; the upper one has a volume, the lower one a colour."""
    upper = CategoryFactory()
    lower = CategoryFactory(parent=upper)
    volume, colour = services.add_attribute(given=VOLUME), services.add_attribute(given=COLOUR)
    services.place_attributes(category=upper, places=[Place(volume.pk)])
    services.place_attributes(category=lower, places=[Place(colour.pk, position=10)])
    offer = OfferFactory(category=lower, title="Чашка чорна 300 мл")
    OutboxEntry.objects.all().delete()
    return upper, lower, offer, volume, colour


def told(offer):
    """The same for pages and for the index."""
    shown = [fact.label for fact in facts_of(offer)]
    assert list(offer_batch([offer.pk]).documents[0].facts) == shown
    return shown


def consumers():
    return sorted(OutboxEntry.objects.values_list("consumer", flat=True))


def test_a_category_has_its_own_attributes_and_those_from_above(shelf):
    upper, _lower, offer, *_ = shelf
    assert told(offer) == ["colour=black", "volume=300"]
    assert told(OfferFactory(category=upper, title="Глек чорний 2 л")) == ["volume=2000"]
    assert told(OfferFactory(category=None, title="Глек чорний 2 л")) == []


def test_what_is_not_for_those_below_stays_above(shelf):
    upper, _lower, offer, volume, _colour = shelf
    services.place_attributes(category=upper, places=[Place(volume.pk, inherited=False)])
    assert told(offer) == ["colour=black"]


def test_pages_ask_nothing_until_something_changes(shelf, django_assert_num_queries):
    *_, offer, volume, _colour = shelf
    facts_of(offer)
    with django_assert_num_queries(0):
        facts_of(offer)
    services.change_attribute(attribute=volume, given=AttributeInput(names={"uk": "Літраж"}, kind="text"))
    assert told(offer) == ["colour=black"]
    # Another process, whose cache has the token of before for a while, reads anew when it learns of the new one.
    cache.clear()
    with django_assert_num_queries(1):
        facts_of(offer)


def test_a_token_that_nobody_stores_is_answered_once(shelf, django_assert_num_queries):
    *_, offer, _volume, _colour = shelf
    facts_of(offer)
    cache.set("catalog.attribute_rules", "of a replica that lags, or of before", 30)
    facts_of(offer)
    with django_assert_num_queries(0):
        facts_of(offer)
    assert [fact.label for fact in facts_of(offer)] == ["colour=black", "volume=300"]


def test_a_page_of_cards_asks_for_the_rules_once(shelf, monkeypatch):
    *_, offer, _volume, _colour = shelf
    OfferFactory.create_batch(2, category=offer.category, title="Чашка біла 200 мл")
    asked = []
    get = cache.get
    monkeypatch.setattr(cache, "get", lambda *args, **more: asked.append(args[0]) or get(*args, **more))
    drawn = cards_of_offers(Offer.objects.select_related("vendor", "supply", "category").order_by("pk"))
    assert [len(card.facts) for card in drawn] == [2, 2, 2]
    assert asked.count("catalog.attribute_rules") == 1


def test_a_category_that_moves_leaves_what_it_inherited(shelf):
    upper, lower, offer, *_ = shelf
    move_category(category=lower, target=None)
    assert told(offer) == ["colour=black"]
    lower.refresh_from_db()
    upper.refresh_from_db()
    delete_category(category=upper)
    assert told(offer) == ["colour=black"]


def test_a_merge_takes_attributes_along(shelf):
    _upper, lower, offer, volume, colour = shelf
    target = CategoryFactory()
    services.place_attributes(category=target, places=[Place(volume.pk, position=5)])
    white = OfferFactory(category=target, title="Піала біла 200 мл")
    versions = dict(Offer.objects.values_list("pk", "version"))
    merge_category(source=lower, target=target)
    offer.refresh_from_db()
    assert told(offer) == ["volume=300", "colour=black"]
    assert told(white) == ["volume=200", "colour=white"]
    rows = CategoryAttribute.objects.filter(attribute=colour).values_list("category_id", flat=True)
    assert list(rows) == [target.pk]
    # Both are to be indexed anew: one moved, the other has an attribute more.
    assert all(Offer.objects.get(pk=pk).version > versions[pk] for pk in (offer.pk, white.pk))


def test_the_index_learns_of_a_change_and_the_matcher_need_not(shelf):
    *_, offer, volume, _colour = shelf
    services.change_attribute(
        attribute=volume, given=AttributeInput(names={"uk": "Об'єм"}, kind="number", unit="g")
    )
    assert (consumers(), Offer.objects.get(pk=offer.pk).version) == (["search"], offer.version + 1)
    services.delete_attribute(attribute=volume)
    assert (consumers(), told(offer)) == (["search"] * 2, ["colour=black"])


def test_the_index_counts_and_finds_values(shelf, tmp_path, settings):
    settings.SEARCH_INDEX_PATH = tmp_path / "search"
    *_, offer, _volume, _colour = shelf
    OfferFactory(category=offer.category, title="Чашка біла 300 мл")
    rebuild_index()
    searcher = get_engine()._searcher()
    counted = searcher.aggregate(Query.all_query(), {"facts": {"terms": {"field": "facts"}}})
    assert {bucket["key"]: bucket["doc_count"] for bucket in counted["facts"]["buckets"]} == {
        "volume=300": 2, "colour=black": 1, "colour=white": 1,
    }  # fmt: skip
    black = searcher.search(Query.term_query(schema(), "facts", "colour=black"), limit=5)
    assert [searcher.fast_field_values("id", [address])[0] for _score, address in black.hits] == [offer.pk]


def test_many_offers_follow_as_a_job(shelf, monkeypatch):
    _upper, lower, offer, *_ = shelf
    monkeypatch.setattr(services, "FOLLOWED_AT_ONCE", 0)
    services.place_attributes(category=lower, places=[], owner="user:7")
    job = Job.objects.get()
    assert (job.owner, job.queue, job.total, consumers()) == ("user:7", "index", 1, [])
    tasks.follow_attributes(job_id=str(job.pk), **job.kwargs)
    job.refresh_from_db()
    assert (job.state, job.result, consumers()) == (JobState.DONE, {"offers": 1}, ["search"])
    assert told(offer) == ["volume=300"]


def test_choices_keep_their_codes_when_they_are_renamed_and_go_when_they_are_left_out(shelf):
    *_, offer, _volume, colour = shelf
    black, white = colour.choices.all()
    given = [ChoiceInput(names={"uk": "вугільний", "en": "coal"}, words="чорний", id=black.pk)]
    services.change_attribute(
        attribute=colour, given=AttributeInput(names=COLOUR.names, kind="choice", choices=given)
    )
    assert [choice.code for choice in colour.choices.all()] == ["black"]
    assert told(offer) == ["colour=black", "volume=300"]
    assert not colour.choices.filter(pk=white.pk).exists()


def test_what_makes_no_sense_is_refused():
    with pytest.raises(AttributeLimitsCrossed):
        services.add_attribute(given=AttributeInput(names={"uk": "Вага"}, kind="number", lowest=2, highest=1))
    with pytest.raises(AttributeNameMissing):
        services.add_attribute(given=AttributeInput(names={"uk": " "}, kind="number"))
    assert Attribute.objects.count() == 0


def test_the_demo_begins_with_attributes_only_where_there_are_none():
    tea = CategoryFactory(slug="tea")
    assert seed_attributes(**read_json("attributes")) == Attribute.objects.count() > 40
    offer = OfferFactory(category=tea, title="Чай Lovare зелений, 24 пакетики")
    assert told(offer) == ["bags=24", "tea=green"]
    Attribute.objects.exclude(code="tea").delete()
    assert (seed_attributes(**read_json("attributes")), Attribute.objects.count()) == (0, 1)
