"""Life of a long work: sent after commit, claimed once, fenced, revived, cancelled."""

import datetime as dt
import uuid

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, transaction
from django.utils import timezone, translation

from core import clock
from core.errors import Conflict, InvalidInput, NotFound, Unavailable
from core.jobs import kinds, selectors, services, tasks, work
from core.jobs.errors import JobNotRepeatable, JobTakenOver, TookTooLong
from core.jobs.work import work_on
from core.models import Job, JobState

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch):
    """What was handed to the broker: (task, kwargs, queue, countdown)."""
    sent = []

    def send_task(name, *, kwargs, queue, countdown, ignore_result, retry):
        sent.append((name, kwargs, queue, countdown))

    monkeypatch.setattr(services.current_app, "send_task", send_task)
    return sent


@pytest.fixture
def job(sent):
    return services.start_job(
        kind="price_lists.import",
        task="price_lists.import",
        kwargs={"run_id": 12},
        queue="imports",
        owner="user:7",
        subject="import_run:12",
        total=100,
    )


def make_stale(job, by=services.STALE_AFTER):
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - by - dt.timedelta(seconds=1))


def state(job):
    job.refresh_from_db()
    return job.state


def test_a_job_is_sent_after_the_commit_with_its_arguments(sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        job = services.start_job(kind="k", task="some.task", kwargs={"run_id": 1}, queue="imports")
        assert sent == []
    assert sent == [("some.task", {"run_id": 1, "job_id": str(job.pk)}, "imports", None)]
    assert state(job) == JobState.WAITING


def test_a_dead_broker_does_not_stop_the_page(job, monkeypatch, caplog):
    def broken(*_, **__):
        raise ConnectionRefusedError

    monkeypatch.setattr(services.current_app, "send_task", broken)
    services.send(job)
    assert "the sweep will send" in caplog.text


def test_work_ends_with_its_result_and_progress(job):
    with work_on(job.pk) as hand:
        assert state(job) == JobState.RUNNING
        hand.progress(40, message="reading")
        hand.progress(60)
        hand.result = {"new": 60}
    assert state(job) == JobState.DONE
    assert (job.done, job.total, job.message, job.result, job.attempts) == (
        60,
        100,
        "reading",
        {"new": 60},
        1,
    )
    assert job.finished_at is not None


def test_progress_is_written_at_most_once_a_second(job, django_assert_num_queries):
    with work_on(job.pk) as hand:
        hand.progress(1)
        with django_assert_num_queries(0):
            for done in range(1000):
                hand.progress(done)
        hand._written_at -= 2 * work.WRITE_SECONDS
        with django_assert_num_queries(2):
            hand.progress(1000)


def test_a_job_in_hand_or_over_is_not_taken_again(job):
    with work_on(job.pk) as hand:
        assert hand is not None
        with work_on(job.pk) as second:
            assert second is None
    with work_on(job.pk) as late:
        assert late is None
    with work_on(uuid.uuid4()) as unknown:
        assert unknown is None
    assert state(job) == JobState.DONE


def test_a_silent_worker_loses_the_job_and_cannot_write_any_more(job):
    with work_on(job.pk) as first:
        first.progress(10)
        make_stale(job)
        with work_on(job.pk) as second:
            second.progress(50)
            with pytest.raises(JobTakenOver):
                first.check_cancelled()
        first.progress(90)
    assert state(job) == JobState.DONE
    assert (job.done, job.attempts) == (50, 2)


def test_a_refusal_shows_its_message_an_accident_does_not(job, caplog):
    with work_on(job.pk):
        raise InvalidInput("bad_header", "The file has no header row.")
    assert (state(job), job.error_code, job.error) == (
        JobState.FAILED,
        "bad_header",
        "The file has no header row.",
    )
    other = services.start_job(kind="k", task="t")
    with work_on(other.pk):
        raise ZeroDivisionError("secret detail")
    assert (state(other), other.error_code) == (JobState.FAILED, "ZeroDivisionError")
    assert "secret" not in other.error
    assert "secret detail" in caplog.text


def test_a_part_that_is_down_means_later(job, sent):
    with translation.override("en"), work_on(job.pk):
        raise Unavailable
    assert (state(job), job.attempts, job.error_code) == (JobState.WAITING, 0, "Unavailable")
    assert "goes on by itself" in job.error
    [(task, kwargs, queue, countdown)] = sent
    assert (task, kwargs, queue) == ("price_lists.import", {"run_id": 12, "job_id": str(job.pk)}, "imports")
    assert 20 <= countdown <= 30
    with work_on(job.pk):
        assert (state(job), job.attempts, job.error, job.error_code) == (JobState.RUNNING, 1, "", "")


def test_a_part_that_is_down_costs_no_attempt_for_a_day(job, sent):
    Job.objects.update(created_at=clock.now() - services.PATIENCE + dt.timedelta(minutes=1))
    for _ in range(services.MAX_ATTEMPTS + 1):
        with work_on(job.pk):
            raise Unavailable
    assert (state(job), job.attempts) == (JobState.WAITING, 0)
    Job.objects.update(created_at=clock.now() - services.PATIENCE)
    for number in range(1, services.MAX_ATTEMPTS):
        with work_on(job.pk):
            raise Unavailable
        assert (state(job), job.attempts) == (JobState.WAITING, number)
    with work_on(job.pk):
        raise Unavailable
    assert (state(job), job.error_code) == (JobState.FAILED, "Unavailable")


@pytest.mark.parametrize(
    ("sqlstate", "outcome"),
    [
        (None, (JobState.WAITING, 0, "database_down")),  # the connection was cut
        ("53100", (JobState.WAITING, 0, "database_down")),  # disk full
        ("57014", (JobState.WAITING, 1, "database_down")),  # a statement took too long
        ("22000", (JobState.FAILED, 1, "OperationalError")),
    ],
)
def test_a_database_that_is_away_is_no_error_of_the_work(job, sqlstate, outcome):
    cause = Exception()
    cause.sqlstate = sqlstate
    with work_on(job.pk):
        raise OperationalError from cause
    assert (state(job), job.attempts, job.error_code) == outcome


def test_who_lost_the_job_before_a_part_fell_writes_nothing_after_it(job, sent):
    """The number of attempts goes down where a part is away, and never to what an earlier worker holds."""
    with work_on(job.pk) as lost:
        make_stale(job)
        for _ in range(3):
            with work_on(job.pk):
                raise Unavailable
        with work_on(job.pk) as hand:
            with pytest.raises(JobTakenOver):
                lost.check_cancelled()
            hand.check_cancelled()


def test_a_worker_that_is_stopped_leaves_the_job_waiting(job):
    def stopped_in_mid_work():
        with work_on(job.pk) as hand:
            hand.progress(30)
            raise SystemExit

    with pytest.raises(SystemExit):
        stopped_in_mid_work()
    assert (state(job), job.done) == (JobState.WAITING, 30)


def test_cancelling(job):
    with work_on(job.pk) as hand:
        services.request_cancel(job=job)
        assert state(job) == JobState.RUNNING
        hand.check_cancelled()
    assert state(job) == JobState.CANCELLED
    waiting = services.start_job(kind="k", task="t")
    assert services.request_cancel(job=waiting).state == JobState.CANCELLED
    over = services.start_job(kind="k", task="t")
    with work_on(over.pk):
        pass
    assert services.request_cancel(job=over).state == JobState.DONE


def test_the_sweep_sends_again_what_died_with_its_worker_or_never_reached_one(job, sent):
    assert services.claim(job.pk).attempts == 1
    tasks.sweep()
    assert sent == []
    make_stale(job)
    unclaimed = services.start_job(kind="k", task="t")
    make_stale(unclaimed, by=services.UNCLAIMED_AFTER)
    assert services.revive_stale_jobs() == 2
    assert [kwargs["job_id"] for _, kwargs, _, _ in sent] == [str(job.pk), str(unclaimed.pk)]
    assert (state(job), job.attempts) == (JobState.WAITING, 1)
    assert services.revive_stale_jobs() == 0


def test_the_sweep_gives_up_on_what_kills_its_workers(job, sent):
    services.claim(job.pk)
    Job.objects.update(attempts=services.MAX_ATTEMPTS)
    make_stale(job)
    assert services.revive_stale_jobs() == 0
    assert (state(job), job.error_code) == (JobState.FAILED, "worker_lost")


def test_a_cancelled_job_whose_worker_died_is_over(job, sent):
    services.claim(job.pk)
    services.request_cancel(job=job)
    make_stale(job)
    assert services.revive_stale_jobs() == 0
    assert state(job) == JobState.CANCELLED


@pytest.fixture
def kind(monkeypatch):
    """What is told about the kind of `job`."""
    monkeypatch.setattr(kinds, "_kinds", {})
    told = []
    kinds.register(
        "price_lists.import",
        label="Import",
        on_cancel=lambda job: told.append(("cancelled", job.pk)),
        on_retry=lambda job: told.append(("retried", job.pk)),
    )
    return told


def test_a_job_cancelled_outside_of_its_work_is_told_to_its_room(job, kind, sent):
    services.request_cancel(job=job)
    assert kind == [("cancelled", job.pk)]
    services.request_cancel(job=job)
    assert kind == [("cancelled", job.pk)]
    other = services.start_job(kind="price_lists.import", task="t")
    services.claim(other.pk)
    services.request_cancel(job=other)
    assert len(kind) == 1  # its worker has it in hand
    make_stale(other)
    services.revive_stale_jobs()
    assert kind[1:] == [("cancelled", other.pk)]
    services.revive_stale_jobs()
    assert len(kind) == 2


def test_a_cancelled_job_stays_cancelled(job, sent):
    services.request_cancel(job=job)
    make_stale(job, by=services.UNCLAIMED_AFTER)
    assert services.revive_stale_jobs() == 0
    with work_on(job.pk) as late:
        assert late is None
    assert state(job) == JobState.CANCELLED


def test_what_failed_can_be_tried_again(job, kind, sent, django_capture_on_commit_callbacks):
    with work_on(job.pk):
        raise InvalidInput("bad_header", "The file has no header row.")
    with django_capture_on_commit_callbacks(execute=True):
        services.retry_job(job=job)
    assert (state(job), job.attempts, job.error, job.finished_at) == (JobState.WAITING, 0, "", None)
    assert kind == [("retried", job.pk)]
    assert [kwargs["job_id"] for _, kwargs, _, _ in sent] == [str(job.pk)]
    with pytest.raises(JobNotRepeatable):
        services.retry_job(job=job)


def test_what_its_room_will_not_go_on_with_stays_failed(job, sent, monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", {})

    def refuse(job):
        raise Conflict("gone")

    kinds.register("price_lists.import", label="Import", on_retry=refuse)
    with work_on(job.pk):
        raise Conflict("c")
    with pytest.raises(Conflict) as refused:
        services.retry_job(job=job)
    assert refused.value.code == "gone"
    assert (state(job), job.error_code) == (JobState.FAILED, "c")
    assert sent == []


def test_a_workers_time_limit_is_said_in_words(job):
    with work_on(job.pk):
        raise SoftTimeLimitExceeded
    assert (state(job), job.error_code) == (JobState.FAILED, "took_too_long")
    assert job.error == str(TookTooLong("took_too_long"))


def test_old_jobs_are_forgotten(job):
    with work_on(job.pk):
        pass
    tasks.clean()
    assert Job.objects.count() == 1
    Job.objects.update(finished_at=timezone.now() - dt.timedelta(days=31))
    tasks.clean()
    assert Job.objects.count() == 0


def test_who_may_see_a_job(job):
    assert selectors.job_visible_to(job_id=job.pk, owner="user:7", sees_all=False) == job
    assert selectors.job_visible_to(job_id=job.pk, owner="user:1", sees_all=True) == job
    with pytest.raises(NotFound):
        selectors.job_visible_to(job_id=job.pk, owner="user:8", sees_all=False)
    ownerless = services.start_job(kind="k", task="t")
    with pytest.raises(NotFound):
        selectors.job_visible_to(job_id=ownerless.pk, owner="", sees_all=False)


def test_the_latest_job_of_a_subject(job):
    newer = services.start_job(kind="other", task="t", subject="import_run:12")
    assert selectors.latest_job(subject="import_run:12") == newer
    assert selectors.latest_job(subject="import_run:12", kind="price_lists.import") == job
    assert selectors.latest_job(subject="import_run:13") is None
    assert list(selectors.running_jobs()) == []
