"""Drafts, replays and what is live, over real rows and an index."""

import pytest
from django.db import IntegrityError, transaction

from core.models import Job
from search.models import QueryLog, RankingWeights, Replay, Synonym
from search.percolation import OfferDocument, StoredQuery, Way, match
from search.query import SearchQuery, Sort, Why
from search.services import index_facts, search
from search.tasks import replay as replay_task
from search.tuning import replaying, services
from search.tuning.comparing import Asked, Comparison, Listed
from search.tuning.current import SHIPPED, known_tuning
from search.tuning.enums import Subject
from search.tuning.errors import NothingToTry, NotTried, PointsOutOfBounds
from search.tuning.replaying import FREQUENT, RARE, searches_to_replay
from search.tuning.weights import Secondary
from tests.factories.catalog import OfferFactory

pytestmark = pytest.mark.django_db
ACTOR = "user:1"


def put(*offers):
    index_facts([{"offers": [offer.pk for offer in offers], "topic": "offers"}])
    return offers


def found(words, **values):
    return [hit.offer_id for hit in search(SearchQuery(words=words, **values)).hits]


def draft(**points):
    return services.save_draft(points=Secondary().points() | points, note="", actor=ACTOR)


def seen(subject):
    asked = services.start_replay(subject=subject, actor=ACTOR)
    replay_task(job_id=str(asked.job_id), replay_id=asked.pk)
    asked.refresh_from_db()
    assert Job.objects.get(pk=asked.job_id).state == "done"
    services.note_seen(asked=asked, actor=ACTOR)
    return asked


def test_points_go_live_when_they_were_seen_and_go_back(index, django_assert_num_queries):
    gone, there = put(
        OfferFactory(title="Степлер Eagle", availability="none"),
        OfferFactory(title="Степлер Eagle", availability="in_stock"),
    )
    QueryLog.objects.create(words="степлер", total=2)
    assert found("степлер") == [there.pk, gone.pk]
    draft(availability=0)
    with pytest.raises(NotTried):
        services.put_weights_live(actor=ACTOR)
    outcome = seen(Subject.WEIGHTS).outcome
    assert outcome["figures"]["changed"] == 1
    (changed,) = outcome["changed"]
    assert [offer["id"] for offer in changed["before"]["offers"]] == [there.pk, gone.pk]
    assert [(offer["id"], offer["up"]) for offer in changed["after"]["offers"]] == [
        (gone.pk, 1),
        (there.pk, -1),
    ]
    assert found("степлер") == [there.pk, gone.pk]  # a replay changes nothing
    first = services.put_weights_live(actor=ACTOR)
    assert first.was_tried
    assert found("степлер") == [gone.pk, there.pk]
    with django_assert_num_queries(1):  # of the vendors that are out of sight
        found("степлер")
    draft(availability=15, freshness=0)
    second = services.put_weights_live(actor=ACTOR, untried=True)
    assert not second.was_tried
    assert found("степлер") == [there.pk, gone.pk]
    again = services.go_back_to(version=first.pk, actor=ACTOR)
    assert (again.copy_of_id, again.availability) == (first.pk, 0)
    assert found("степлер") == [gone.pk, there.pk]
    services.go_back_to_shipped(actor=ACTOR)
    assert known_tuning().secondary == SHIPPED.secondary
    assert sorted(RankingWeights.objects.values_list("state", flat=True)) == ["past"] * 3


def test_the_best_offer_stands_for_its_good(index):
    same = {"title": "Степлер Eagle", "gtin": "04820000000017"}
    dear, cheap, gone = put(
        OfferFactory(price_amount=2_000_000, **same),
        OfferFactory(price_amount=1_500_000, **same),
        OfferFactory(price_amount=1_400_000, availability="none", **same),
    )
    (hit,) = search(SearchQuery(words="степлер")).hits
    assert (hit.offer_id, hit.others) == (cheap.pk, 2)
    assert Why.CHEAPEST not in hit.why  # the cheapest is out of stock
    draft(availability=0)
    services.put_weights_live(actor=ACTOR, untried=True)
    (hit,) = search(SearchQuery(words="степлер")).hits
    assert (hit.offer_id, hit.why[-1]) == (gone.pk, Why.CHEAPEST)
    assert dear.pk not in found("степлер")


def test_another_draft_wants_another_replay(index):
    draft(price=0)
    seen(Subject.WEIGHTS)
    draft(price=1)
    with pytest.raises(NotTried):
        services.put_weights_live(actor=ACTOR)
    services.drop_draft()
    for act in (services.put_weights_live, services.put_synonyms_live):
        with pytest.raises(NothingToTry):
            act(actor=ACTOR)
    with pytest.raises(NothingToTry):
        services.start_replay(subject=Subject.WEIGHTS, actor=ACTOR)


def test_a_draft_that_changes_while_it_is_tried_is_not_tried(index, monkeypatch):
    def replay(subject, *, report):
        draft(price=2)
        return replaying.replay(subject, report=report)

    draft(price=0)
    monkeypatch.setattr(services, "replay", replay)
    seen(Subject.WEIGHTS)
    with pytest.raises(NotTried):
        services.put_weights_live(actor=ACTOR)


def test_bounds_hold_in_services_and_in_the_database(db):
    with pytest.raises(PointsOutOfBounds) as error:
        draft(price=11)
    assert error.value.field == "price"
    with pytest.raises(PointsOutOfBounds) as error:
        draft(price=10, availability=15)
    assert error.value.field == "total"
    made = draft()
    for points in ({"price": 11}, {"availability": 15, "category": 9}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RankingWeights.objects.filter(pk=made.pk).update(**points)


def test_a_synonym_finds_at_once_what_is_indexed_already(either_index):
    own, other = put(OfferFactory(title="Болгарка Bosch"), OfferFactory(title="Кутова шліфмашина Makita"))
    QueryLog.objects.create(words="болгарка", total=1)
    services.add_synonym(words="болгарка", also="кутова шліфмашина", both_ways=True, note="", actor=ACTOR)
    assert found("болгарка") == [own.pk]
    outcome = seen(Subject.SYNONYMS).outcome
    assert (outcome["figures"]["more"], outcome["figures"]["hits_after"]) == (1, 2)
    assert services.put_synonyms_live(actor=ACTOR) == 1
    results = search(SearchQuery(words="болгарка"))
    assert [hit.offer_id for hit in results.hits] == [own.pk, other.pk]
    assert [Why.OTHER_WORDS in hit.why for hit in results.hits] == [False, True]
    assert set(found("кутова шліфмашина")) == {own.pk, other.pk}
    assert found("болгарка", exact=True) == [own.pk]
    assert set(found("болгарка", sort=Sort.PRICE_ASC)) == {own.pk, other.pk}
    # Who waits for an offer wants the words themselves, whichever side came first.
    queries = [StoredQuery(1, "болгарка"), StoredQuery(2, "шліфмашина")]
    offers = [OfferDocument(offer.pk, 1, offer.title) for offer in (own, other)]
    pairs = [{(each.query_id, each.offer_id) for each in match(queries, offers, way=way)} for way in Way]
    assert pairs == [{(1, own.pk), (2, other.pk)}] * len(Way)
    services.strike_synonym(synonym_id=Synonym.objects.get().pk, actor=ACTOR)
    assert found("болгарка") == [own.pk]
    assert Synonym.objects.get().ended_by == ACTOR


def test_frequent_searches_and_a_part_of_the_others_are_done_again(db):
    QueryLog.objects.bulk_create(QueryLog(words=f"w{number}", total=0) for number in range(300))
    QueryLog.objects.bulk_create(QueryLog(words="степлер", total=0) for _time in range(3))
    asked, days, _looked = searches_to_replay()
    assert asked[0] == Asked("степлер", "uk", 3)
    assert (len(asked), len(set(asked)), days) == (FREQUENT + RARE, FREQUENT + RARE, 1)
    assert searches_to_replay()[:2] == (asked, days)


def test_lists_are_compared_by_place():
    comparison = Comparison()
    comparison.add(Asked("same", "uk", 5), Listed(2, (1, 2)), Listed(2, (1, 2)))
    comparison.add(Asked("little", "uk", 1), Listed(2, (1, 2)), Listed(3, (2, 1, 3)))
    comparison.add(Asked("new", "uk", 2), Listed(0, ()), Listed(4, (1, 2, 3, 4)))
    figures = comparison.figures
    assert (figures.searches, figures.changed, figures.changed_times, figures.answered) == (3, 2, 3, 1)
    assert (figures.moved, figures.stayed, figures.came, figures.more, figures.hits_after) == (2, 2, 5, 2, 9)
    assert [each.asked.words for each in comparison.most_changed()] == ["new", "little"]


def test_old_replays_go(db, monkeypatch):
    monkeypatch.setattr(services, "_REPLAYS_KEPT", 2)
    draft(price=0)
    for _turn in range(3):
        services.start_replay(subject=Subject.WEIGHTS, actor=ACTOR)
    assert Replay.objects.count() == 2


class ReplicaRouter:
    """Reads go to a database that is not there."""

    def db_for_read(self, _model, **_hints):
        return "replica"


def test_what_is_live_is_never_read_from_a_replica_that_may_lag(db, settings):
    draft(price=2)
    services.put_weights_live(actor=ACTOR, untried=True)
    settings.DATABASE_ROUTERS = [ReplicaRouter()]
    assert known_tuning().secondary.points()["price"] == 2
