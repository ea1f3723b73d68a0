"""An index that was built for another table of fields is none: one is built without anybody asking, and only once."""

import datetime as dt

import pytest
from django.utils import timezone

from core import outbox
from core.jobs.services import request_cancel
from core.models import Job, JobState, OutboxEntry
from core.outbox.tasks import drain
from search import indexing, tasks
from search.engines.opensearch import OpenSearchEngine
from search.indexing import builds, missing
from search.models import IndexBuild
from search.query import SearchQuery
from search.services import search
from tests.factories.catalog import OfferFactory

OTHER_MARK = "0a0a0a0a"


def age(engine):
    """What the engine has is made by code of before: the same index under the mark of other fields."""
    if engine.name == "embedded":
        live = engine.store.current()
        older = live.rpartition("-")[0] + f"-{OTHER_MARK}"
        engine.store.path(live).rename(engine.store.path(older))
        engine.store._write("CURRENT", older)
        return
    before = OpenSearchEngine(engine.client.hosts, prefix=engine.prefix, seconds=20)
    before.generations.__init__(before.client, prefix=engine.prefix, shards=1, replicas=0, mark=OTHER_MARK)
    live = engine.status().generation
    before.finish_rebuild(before.begin_rebuild())
    engine.client.call("DELETE", f"/{live}")
    engine._forget()


@pytest.fixture
def aged(either_index):
    """An engine whose index is another's, and an offer that no change tells of."""
    offer = OfferFactory(title="Папір офісний")
    age(either_index)
    return either_index, offer


def work():
    """The job that was started, done as a worker does it."""
    job = Job.objects.get(state=JobState.WAITING)
    tasks.rebuild(job_id=str(job.pk))
    job.refresh_from_db()
    return job


def end_long_ago():
    long_ago = timezone.now() - dt.timedelta(hours=1)
    Job.objects.update(finished_at=long_ago)
    IndexBuild.objects.update(finished_at=long_ago)


def test_the_database_answers_until_the_index_is_back_by_itself(aged):
    engine, offer = aged
    asked = SearchQuery(words="папір")
    assert (search(asked).engine, [hit.offer_id for hit in search(asked).hits]) == ("database", [offer.pk])
    tasks.build_missing()
    tasks.build_missing()  # one waits already
    assert Job.objects.count() == 1
    assert work().state == JobState.DONE
    assert (search(asked).engine, [hit.offer_id for hit in search(asked).hits]) == (engine.name, [offer.pk])
    tasks.build_missing()
    assert Job.objects.count() == 1


def test_a_rebuild_that_failed_is_not_started_again(aged, monkeypatch):
    def fail(*_args, **_values):
        raise RuntimeError("no room")

    with monkeypatch.context() as patched:
        patched.setattr("search.indexing.rebuilding._fill", fail)
        assert indexing.build_if_missing() is not None
        assert work().state == JobState.FAILED
    end_long_ago()
    assert indexing.build_if_missing() is None
    # A person's rebuild makes it good; if the index is lost after that, it is another loss.
    indexing.rebuild_index()
    age(aged[0])
    assert indexing.build_if_missing() is not None


def test_a_failure_of_other_fields_says_nothing_about_these(aged, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(missing, "_mark", lambda: OTHER_MARK)
        request_cancel(job=indexing.build_if_missing())
        end_long_ago()
        assert indexing.build_if_missing() is None
    assert indexing.build_if_missing() is not None


def test_nothing_is_started_while_one_is_built_or_changes_wait(aged):
    with builds.only_build():
        assert indexing.build_if_missing() is None
    OfferFactory()
    outbox.emit("search", "offers_changed", {"offers": [1]})
    assert indexing.build_if_missing() is None
    assert not Job.objects.exists()


def drain_as_a_worker():
    OutboxEntry.objects.update(visible_at=timezone.now())
    drain.apply(kwargs={"consumer": "search"}, throw=True)


@pytest.fixture
def changed(aged):
    """No index, and a change that waits for it."""
    OutboxEntry.objects.all().delete()
    outbox.emit("search", "offers_changed", {"offers": [aged[1].pk]})
    return aged


def test_the_first_index_is_no_part_of_a_drain(changed):
    """Whose time is limited; meanwhile the change waits without using up its attempts."""
    engine, offer = changed
    drain_as_a_worker()
    drain_as_a_worker()
    assert not engine.status().exists
    assert list(OutboxEntry.objects.values_list("attempts", "dead_at")) == [(0, None)]
    asked = SearchQuery(words="папір")
    assert (search(asked).engine, [hit.offer_id for hit in search(asked).hits]) == ("database", [offer.pk])
    assert work().result == {"offers": 1}
    drain_as_a_worker()
    assert not OutboxEntry.objects.exists()
    assert (search(asked).engine, [hit.offer_id for hit in search(asked).hits]) == (engine.name, [offer.pk])
    assert Job.objects.count() == 1


def test_changes_that_wait_have_a_failed_build_tried_again_but_no_cancelled_one(changed, monkeypatch):
    drain_as_a_worker()
    with monkeypatch.context() as patched:
        patched.setattr("search.indexing.rebuilding._fill", None)
        assert work().state == JobState.FAILED
    drain_as_a_worker()
    assert Job.objects.count() == 1
    end_long_ago()
    drain_as_a_worker()
    assert Job.objects.count() == 2
    request_cancel(job=Job.objects.get(state=JobState.WAITING))
    end_long_ago()
    drain_as_a_worker()
    assert Job.objects.count() == 2


def test_a_command_builds_the_first_index_itself(changed):
    engine, _ = changed
    assert outbox.drain("search") == 1
    assert (engine.status().documents, Job.objects.count()) == (1, 0)


def test_what_takes_the_index_away_at_once_is_not_raced(aged):
    assert indexing.build_if_missing() is not None
    assert work().state == JobState.DONE
    age(aged[0])
    assert indexing.build_if_missing() is None
    end_long_ago()
    assert indexing.build_if_missing() is not None


def test_an_engine_that_is_down_is_not_one_without_an_index(settings, db):
    settings.OPENSEARCH = settings.OPENSEARCH | {"hosts": ["http://127.0.0.1:9"], "prefix": "nobody"}
    tasks.build_missing()
    assert not Job.objects.exists()
