"""Changes into the index: in chunks, without those that cannot be indexed, and the index built anew."""

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone

from catalog.models import Offer
from catalog.services import changes
from core import outbox
from core.models import Job, JobState, OutboxEntry
from search import indexing, tasks
from search.documents import tombstone
from search.engines import get_engine
from search.errors import EngineUnavailable, NothingToRollBack, RebuildIncomplete, RebuildLost, RebuildRunning
from search.indexing import builds, writing
from search.models import IndexBuild, IndexFailure
from search.selectors import index_lag, last_build
from tests.factories.catalog import OfferFactory
from tests.factories.search import poison


def offers(count, **values):
    return OfferFactory.create_batch(count, vendor=OfferFactory(**values).vendor, **values)


def put(*given):
    indexing.index_facts([{"offers": [offer.pk for offer in given]}])


def held(engine):
    return {each.id: (each.version, each.alive) for each in engine.stored()}


def withdraw(*given):
    Offer.objects.filter(pk__in=[offer.pk for offer in given]).update(
        withdrawn_at=timezone.now(), version=2, updated_at=timezone.now()
    )


def test_chunks_go_in_order_and_only_the_last_is_asked_to_be_seen(index, monkeypatch):
    monkeypatch.setattr(writing, "CHUNK_ALONE", 2)
    made = offers(4)
    write, asked = index.write, []

    def noted(documents, *, visible=True):
        asked.append(([each.id for each in documents], visible))
        return write(documents, visible=visible)

    monkeypatch.setattr(index, "write", noted)
    put(*made[:3], *made)
    ids = [offer.pk for offer in made]
    assert asked == [(ids[:2], False), (ids[2:], True)]
    assert held(index) == dict.fromkeys(ids, (1, True))


def test_poison_is_noted_and_the_rest_indexed(either_index):
    good, bad = offers(2), OfferFactory(title="Погано")
    poison(bad)
    put(*good, bad)
    assert set(held(either_index)) == {offer.pk for offer in good}
    failure = IndexFailure.objects.get()
    assert (failure.offer_id, failure.version, failure.attempts) == (bad.pk, 1, 1)
    assert "surrogate" in failure.reason or "UTF-8" in failure.reason
    put(bad)
    again = IndexFailure.objects.get()
    assert (again.attempts, again.first_at) == (2, failure.first_at)
    assert again.last_at > failure.last_at


def test_what_cannot_be_built_is_noted_and_the_rest_indexed(index, monkeypatch):
    good, bad = OfferFactory(), OfferFactory(title="Погано")
    build = indexing.writing.offer_batch.__globals__["build_document"]

    def choosy(**values):
        if values["title"] == "Погано":
            raise ZeroDivisionError("by nought")
        return build(**values)

    monkeypatch.setattr("search.selectors.build_document", choosy)
    put(good, bad)
    assert set(held(index)) == {good.pk}
    assert IndexFailure.objects.get().reason == "ZeroDivisionError: by nought"
    monkeypatch.undo()


def test_a_failure_is_forgotten_once_it_succeeds(either_index):
    bad = OfferFactory()
    poison(bad)
    put(bad)
    Offer.objects.filter(pk=bad.pk).update(attributes={}, version=2)
    put(bad)
    assert not IndexFailure.objects.exists()
    assert held(either_index) == {bad.pk: (2, True)}


def test_an_older_documents_success_does_not_hide_a_newer_failure(index):
    offer = OfferFactory()
    now = timezone.now()
    IndexFailure.objects.create(offer_id=offer.pk, version=2, reason="no", first_at=now, last_at=now)
    put(offer)
    assert IndexFailure.objects.count() == 1
    Offer.objects.filter(pk=offer.pk).update(version=2)
    put(offer)
    assert not IndexFailure.objects.exists()


def test_a_part_that_is_down_reaches_the_outbox_and_what_was_noted_stays(index, monkeypatch):
    monkeypatch.setattr(writing, "CHUNK_ALONE", 1)
    bad, good = OfferFactory(), OfferFactory()
    poison(bad)
    write = index.write

    def down(documents, *, visible=True):
        if visible:
            raise EngineUnavailable("engine_down")
        return write(documents, visible=visible)

    monkeypatch.setattr(index, "write", down)
    with transaction.atomic():
        changes.announce([bad.pk, good.pk], consumers=["search"])
    assert outbox.drain("search") == 0
    entry = OutboxEntry.objects.get()
    assert (entry.attempts, entry.lease, entry.dead_at) == (0, None, None)
    assert IndexFailure.objects.get().offer_id == bad.pk
    assert index_lag() > 0
    monkeypatch.undo()
    OutboxEntry.objects.update(visible_at=timezone.now())
    assert outbox.drain("search") == 1
    assert set(held(index)) == {good.pk}
    assert index_lag() == 0


def test_a_hundred_offers_take_as_many_statements_as_one(index, django_assert_num_queries):
    made = offers(3)
    put(made[0])
    with django_assert_num_queries(
        4
    ):  # categories, token of attributes, offers, whether anything failed before
        put(made[0])
    with django_assert_num_queries(4):
        put(*made)


# Building anew


def test_a_rebuild_holds_what_is_on_sale_and_who_left_today(either_index):
    stays, left, left_long_ago = OfferFactory(), OfferFactory(), OfferFactory()
    withdraw(left, left_long_ago)
    ages_ago = timezone.now() - dt.timedelta(days=3)
    Offer.objects.filter(pk=left_long_ago.pk).update(withdrawn_at=ages_ago)
    steps = []
    assert indexing.rebuild_index(report=lambda *told: steps.append(told)) == 1
    assert held(either_index) == {stays.pk: (1, True), left.pk: (2, False)}
    assert steps[0] == (0, 1, "filling")
    assert steps[-1] == (1, 1, "checking")
    assert last_build().finished_at is not None
    assert last_build().error == ""


def test_what_changes_while_it_fills_is_in_the_new_index(either_index, monkeypatch):
    monkeypatch.setattr(indexing.rebuilding, "CHUNK_ALONE", 2)
    monkeypatch.setattr(indexing.rebuilding, "CHUNK", 2)
    made = offers(5)
    before = either_index.status().generation
    late = []

    def meanwhile(done, total, step):
        if done >= 2 and not late:
            with transaction.atomic():
                Offer.objects.filter(pk=made[0].pk).update(version=7)
                withdraw(made[1])
                late.append(OfferFactory(vendor=made[0].vendor))
                changes.announce([made[0].pk, made[1].pk, late[0].pk], consumers=["search"])
            outbox.drain("search")

    indexing.rebuild_index(report=meanwhile)
    assert either_index.status().generation != before
    assert either_index.status().previous == before
    expected = {offer.pk: (1, True) for offer in [*Offer.objects.all()]}
    assert held(either_index) == expected | {made[0].pk: (7, True), made[1].pk: (2, False)}
    assert indexing.verify_index().found == {}


def test_the_first_index_does_not_wait_for_what_waits_for_it(either_index, settings, tmp_path, monkeypatch):
    """A change made while it is built cannot be written before it is there."""
    made = [OfferFactory(), OfferFactory()]
    if either_index.name == "opensearch":
        either_index.drop()
    settings.SEARCH_INDEX_PATH = tmp_path / "new"
    engine, pauses = get_engine(), []
    assert not engine.status().exists
    monkeypatch.setattr("search.indexing.comparing.time.sleep", pauses.append)

    def meanwhile(done, total, step):
        if step == "filling" and done == 2:
            with transaction.atomic():
                Offer.objects.filter(pk=made[0].pk).update(version=7)
                changes.announce([made[0].pk], consumers=["search"])
            assert outbox.drain("search") == 0

    assert indexing.rebuild_index(report=meanwhile, patience=1) == 2
    assert set(pauses) <= {0.0, indexing.comparing.SETTLING_SECONDS}
    OutboxEntry.objects.update(visible_at=timezone.now())
    assert outbox.drain("search") == 1
    assert held(engine) == {made[0].pk: (7, True), made[1].pk: (1, True)}
    assert indexing.verify_index().found == {}


def test_a_rebuild_that_lost_something_leaves_the_live_index(either_index, monkeypatch):
    made = offers(4)
    put(*made)
    before = either_index.status().generation
    fill = type(either_index).write_rebuild

    def forgetful(self, generation, documents):
        return fill(self, generation, [each for each in documents if each.id != made[2].pk])

    monkeypatch.setattr(type(either_index), "write_rebuild", forgetful)
    with pytest.raises(RebuildIncomplete) as refusal:
        indexing.rebuild_index(patience=0)
    assert refusal.value.context == {"missing": 1, "other": 0}
    status = either_index.status()
    assert (status.generation, status.building, status.documents) == (before, "", 5 - 1)
    assert last_build().error.startswith("RebuildIncomplete")


def test_a_rebuild_with_another_content_than_the_database_leaves_the_live_index(index, monkeypatch):
    offer = OfferFactory(title="Стілець")
    before = index.status().generation
    build = indexing.rebuilding.batches_on_sale

    def altered(**values):
        for batch in build(**values):
            Offer.objects.filter(pk=offer.pk).update(title="Стіл")  # without a new version: nobody is told
            yield batch

    monkeypatch.setattr("search.indexing.rebuilding.batches_on_sale", altered)
    with pytest.raises(RebuildIncomplete) as refusal:
        indexing.rebuild_index(patience=0)
    assert refusal.value.context == {"missing": 0, "other": 1}
    assert index.status().generation == before


def test_poison_does_not_stop_a_rebuild(either_index):
    good, bad = OfferFactory(), OfferFactory()
    poison(bad)
    assert indexing.rebuild_index() == 1
    assert set(held(either_index)) == {good.pk}
    assert IndexFailure.objects.get().offer_id == bad.pk


def test_one_rebuild_at_a_time(index):
    with builds.only_build(), pytest.raises(RebuildRunning):
        indexing.rebuild_index()
    indexing.rebuild_index()


def test_a_rebuild_that_died_is_taken_over_when_its_heart_has_stopped(either_index):
    offer = OfferFactory()
    left = either_index.begin_rebuild()
    now = timezone.now()
    IndexBuild.objects.create(pk=1, generation=left, owner="job:1", started_at=now, heartbeat_at=now)
    with pytest.raises(RebuildRunning):
        indexing.rebuild_index(owner="job:2")
    IndexBuild.objects.update(heartbeat_at=now - dt.timedelta(minutes=3))
    assert indexing.rebuild_index(owner="job:2") == 1
    assert held(either_index) == {offer.pk: (1, True)}
    assert either_index.status().building == ""


def test_the_same_job_takes_its_rebuild_over_at_once(index):
    index.begin_rebuild()
    now = timezone.now()
    IndexBuild.objects.create(pk=1, owner="job:1", started_at=now, heartbeat_at=now)
    assert indexing.rebuild_index(owner="job:1") == 0


def test_an_abandoned_rebuild_stops_and_the_next_one_may_begin(either_index, monkeypatch):
    monkeypatch.setattr(builds, "WRITE_SECONDS", 0.0)
    offers(3)
    before = either_index.status().generation

    def give_up(done, total, step):
        if step == "filling" and done == 0:
            indexing.abandon_rebuild()

    with pytest.raises((RebuildLost, EngineUnavailable)):
        indexing.rebuild_index(report=give_up)
    status = either_index.status()
    assert (status.generation, status.building) == (before, "")
    assert last_build().error == "abandoned"
    assert indexing.rebuild_index() == 4


def test_rolling_back_brings_the_index_of_before(either_index):
    offer = OfferFactory()
    with pytest.raises(NothingToRollBack):
        indexing.roll_back_index()
    indexing.rebuild_index()
    assert set(held(either_index)) == {offer.pk}
    indexing.roll_back_index()
    assert held(either_index) == {}
    indexing.roll_back_index()
    assert set(held(either_index)) == {offer.pk}


def test_the_first_change_waits_while_another_worker_builds_the_first_index(settings, tmp_path, db):
    settings.SEARCH_INDEX_PATH = tmp_path / "none"
    offer = OfferFactory()
    with builds.only_build(), pytest.raises(EngineUnavailable):
        put(offer)
    put(offer)
    assert indexing.index_status().documents == 1


# As long work, and by the clock


def test_a_rebuild_is_long_work_with_progress_and_result(index):
    OfferFactory()
    job = indexing.start_rebuild(owner="user:7")
    assert (job.total, job.queue, job.owner) == (1, "index", "user:7")
    tasks.rebuild(job_id=str(job.pk))
    job = Job.objects.get()
    assert (job.state, job.done, job.result) == (JobState.DONE, 1, {"offers": 1})
    assert index.status().documents == 1


def test_a_cancelled_rebuild_leaves_no_trace(index, monkeypatch):
    monkeypatch.setattr("core.jobs.work.WRITE_SECONDS", 0.0)
    OfferFactory()
    before = index.status().generation
    job = indexing.start_rebuild()
    real = indexing.rebuilding.batches_on_sale

    def cancelled(**values):
        Job.objects.update(cancel_requested=True)
        return real(**values)

    monkeypatch.setattr("search.indexing.rebuilding.batches_on_sale", cancelled)
    tasks.rebuild(job_id=str(job.pk))
    assert Job.objects.get().state == JobState.CANCELLED
    assert (index.status().generation, index.status().building) == (before, "")


def test_tombstones_go_a_week_after_their_offers(either_index):
    today, last_month, alive = offers(3)[:3]
    stranger = 10**9
    withdraw(today, last_month)
    ages_ago = timezone.now() - dt.timedelta(days=30)
    Offer.objects.filter(pk=last_month.pk).update(withdrawn_at=ages_ago, updated_at=ages_ago)
    put(today, last_month, alive)
    either_index.write([tombstone(offer_id=stranger, version=3)])
    tasks.sweep_tombstones()
    assert held(either_index) == {today.pk: (2, False), alive.pk: (1, True)}
    assert indexing.sweep_tombstones(keep=dt.timedelta(0)) == 1
