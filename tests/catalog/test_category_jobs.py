"""A category with many offers is moved or merged as a job; with few at once."""

import pytest

from catalog import tasks
from catalog.errors import CategoryLoop
from catalog.models import Category, Offer
from catalog.services import categories
from core.jobs.services import request_cancel
from core.jobs.work import Work
from core.models import Job, JobState, OutboxEntry
from tests.factories.catalog import CategoryFactory, OfferFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelves(monkeypatch):
    """Two categories, the first with three offers."""
    monkeypatch.setattr(categories, "FOLLOWED_AT_ONCE", 2)
    monkeypatch.setattr("catalog.services.changes.CHUNK", 1)
    source, target = CategoryFactory(slug="source"), CategoryFactory(slug="target")
    OfferFactory.create_batch(3, category=source)
    OutboxEntry.objects.all().delete()
    return source, target


def told():
    entries = OutboxEntry.objects.filter(consumer="search", topic="offers_changed").order_by("pk")
    return [pk for entry in entries for pk in entry.payload["offers"]]


def ids():
    return list(Offer.objects.order_by("pk").values_list("pk", flat=True))


def run(job):
    {categories.FOLLOW: tasks.follow_category, categories.MERGE: tasks.merge_categories}[job.task](
        job_id=str(job.pk), **job.kwargs
    )
    job.refresh_from_db()


def test_many_offers_follow_their_category_as_a_job(shelves):
    source, target = shelves
    assert categories.move_category(category=source, target=target, owner="user:7") == 3
    assert Category.objects.get(pk=source.pk).get_parent() == target
    assert told() == []
    job = Job.objects.get()
    assert (job.owner, job.queue, job.total, job.state) == ("user:7", "index", 3, JobState.WAITING)
    run(job)
    assert (job.state, job.result) == (JobState.DONE, {"offers": 3})
    assert told() == ids()


def test_few_offers_follow_at_once(shelves, monkeypatch):
    monkeypatch.setattr(categories, "FOLLOWED_AT_ONCE", 3)
    source, target = shelves
    assert categories.move_category(category=source, target=target) == 3
    assert (told(), Job.objects.count()) == (ids(), 0)


def test_a_large_merge_is_a_job(shelves):
    source, target = shelves
    assert categories.request_merge(source=source, target=target, owner="user:7") is None
    assert Offer.objects.filter(category=source).count() == 3
    job = Job.objects.get()
    run(job)
    assert (job.state, job.result) == (JobState.DONE, {"offers": 3})
    assert Offer.objects.filter(category=target).count() == 3
    assert Category.objects.get(pk=source.pk).merged_into == target


def test_a_small_merge_is_done_at_once(shelves, monkeypatch):
    monkeypatch.setattr(categories, "FOLLOWED_AT_ONCE", 3)
    source, target = shelves
    assert categories.request_merge(source=source, target=target) == 3
    assert (Offer.objects.filter(category=target).count(), Job.objects.count()) == (3, 0)


def test_a_merge_into_itself_is_refused_before_there_is_a_job(shelves):
    source, _target = shelves
    with pytest.raises(CategoryLoop):
        categories.request_merge(source=source, target=source)
    assert Job.objects.count() == 0


def test_a_merge_that_was_stopped_half_way_is_finished_by_the_next_try(shelves, monkeypatch):
    source, target = shelves
    categories.request_merge(source=source, target=target)
    job = Job.objects.get()
    progress = Work.progress

    def pressed(self, done, total=None, message=None):
        if done == 2:
            request_cancel(job=job)
        self._written_at = 0  # each step looks
        progress(self, done, total, message)

    monkeypatch.setattr(Work, "progress", pressed)
    run(job)
    assert job.state == JobState.CANCELLED
    assert Offer.objects.filter(category=target).count() == 2
    assert Category.objects.get(pk=source.pk).merged_into is None
    monkeypatch.setattr(Work, "progress", progress)
    Job.objects.update(state=JobState.WAITING, cancel_requested=False)
    run(job)
    assert job.state == JobState.DONE
    assert Offer.objects.filter(category=target).count() == 3
    assert Category.objects.get(pk=source.pk).merged_into == target
