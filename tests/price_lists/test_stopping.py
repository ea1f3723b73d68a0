"""An import stopped while it is applied: a state of its own, a way on, and no revival behind the person's back."""

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction
from django.utils import timezone

from catalog.models import Offer
from core.jobs import services as jobs
from core.jobs.errors import TookTooLong
from core.jobs.work import Work, work_on
from core.models import Job, JobState
from price_lists import services
from price_lists.enums import RunState
from price_lists.errors import RunNotPossible
from price_lists.models import ImportRun, StagedRow
from price_lists.services import applying
from tests.factories.price_lists import good, goods, imported


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch):
    monkeypatch.setattr(applying, "CHUNK", 4)


@pytest.fixture
def stop_after(monkeypatch):
    """`stop_after(n)`: the owner presses the button once n offers are on sale."""

    def arm(number):
        checked = Work.check_cancelled

        def pressed(self):
            if Offer.objects.filter(withdrawn_at=None).count() == number:
                Job.objects.filter(state=JobState.RUNNING).update(cancel_requested=True)
            checked(self)

        monkeypatch.setattr(Work, "check_cancelled", pressed)

    return arm


def sweeps(times=3):
    for _ in range(times):
        jobs.revive_stale_jobs()
        services.sweep()


def test_half_applied_it_says_so_and_can_be_gone_on_with(vendor, tmp_path, stop_after, monkeypatch):
    stop_after(4)
    run = imported(vendor, tmp_path / "a.csv", goods(10))
    job = Job.objects.get(pk=run.job)
    assert (run.state, run.error_code, job.state) == (RunState.FAILED, "import_stopped", JobState.CANCELLED)
    assert run.error
    assert (Offer.objects.count(), run.applied_id > 0) == (4, True)
    sweeps()
    run.refresh_from_db()
    assert (run.state, Offer.objects.count(), Job.objects.count()) == (RunState.FAILED, 4, 1)
    monkeypatch.undo()
    services.retry(run=run)
    job = services.start(run=run)
    with work_on(job.pk) as work:
        services.advance(run=run, work=work)
    run.refresh_from_db()
    assert (run.state, Offer.objects.count(), StagedRow.objects.count()) == (RunState.APPLIED, 10, 0)


def test_before_anything_is_applied_it_is_given_up(vendor, tmp_path, stop_after):
    stop_after(0)
    run = imported(vendor, tmp_path / "a.csv", goods(10))
    assert (run.state, Offer.objects.count(), StagedRow.objects.count()) == (RunState.CANCELLED, 0, 0)
    sweeps()
    run.refresh_from_db()
    assert run.state == RunState.CANCELLED


def test_half_of_the_withdrawals_is_half_applied_too(vendor, tmp_path, stop_after, monkeypatch):
    imported(vendor, tmp_path / "a.csv", goods(20))
    stop_after(16)
    run = imported(vendor, tmp_path / "a.csv", goods(12))
    if run.state == RunState.HELD:  # the guard asks first where so much goes
        services.request_apply(run=run, confirmed=True)
        job = services.start(run=run)
        with work_on(job.pk) as work:
            services.advance(run=run, work=work)
        run.refresh_from_db()
    assert (run.state, run.error_code) == (RunState.FAILED, "import_stopped")
    assert Offer.objects.filter(withdrawn_at=None).count() == 16
    monkeypatch.undo()
    services.retry(run=run)
    job = services.start(run=run)
    with work_on(job.pk) as work:
        services.advance(run=run, work=work)
    run.refresh_from_db()
    assert (run.state, Offer.objects.filter(withdrawn_at=None).count()) == (RunState.APPLIED, 12)


def test_a_waiting_job_that_is_cancelled_takes_its_import_along(vendor, tmp_path, stop_after):
    stop_after(4)
    run = imported(vendor, tmp_path / "a.csv", goods(10))
    services.retry(run=run)
    job = services.start(run=run)
    jobs.request_cancel(job=job)
    run.refresh_from_db()
    assert (run.state, run.error_code) == (RunState.FAILED, "import_stopped")
    sweeps()
    run.refresh_from_db()
    assert (run.state, Job.objects.count()) == (RunState.FAILED, 2)


def test_a_job_cancelled_after_its_worker_died_takes_its_import_along(vendor, tmp_path, stop_after):
    stop_after(4)
    run = imported(vendor, tmp_path / "a.csv", goods(10))
    services.retry(run=run)
    job = services.start(run=run)
    jobs.claim(job.pk)
    jobs.request_cancel(job=job)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - 2 * jobs.STALE_AFTER)
    sweeps()
    run.refresh_from_db()
    job.refresh_from_db()
    assert (run.state, job.state) == (RunState.FAILED, JobState.CANCELLED)


def test_an_operator_lets_it_go_on_from_the_list_of_jobs(vendor, tmp_path, stop_after):
    stop_after(4)
    run = imported(vendor, tmp_path / "a.csv", goods(10))
    job = jobs.retry_job(job=Job.objects.get(pk=run.job))
    run.refresh_from_db()
    assert (run.state, run.job, job.state) == (RunState.QUEUED, job.pk, JobState.WAITING)


def test_an_import_that_is_over_is_not_tried_again(vendor, tmp_path):
    run = imported(vendor, tmp_path / "a.csv", goods(3))
    Job.objects.filter(pk=run.job).update(state=JobState.FAILED)
    with pytest.raises(RunNotPossible):
        jobs.retry_job(job=Job.objects.get(pk=run.job))
    assert Job.objects.get(pk=run.job).state == JobState.FAILED


def test_the_next_list_of_the_vendor_has_its_turn_after_a_stop(vendor, tmp_path, stop_after, monkeypatch):
    stop_after(4)
    run = imported(vendor, tmp_path / "a.csv", goods(10), source="one")
    assert run.state == RunState.FAILED
    monkeypatch.undo()
    other = imported(vendor, tmp_path / "b.csv", [good(50)], source="two")
    assert other.state == RunState.APPLIED


def test_a_workers_time_limit_leaves_a_way_on(vendor, tmp_path, monkeypatch):
    applied = applying._Applying._apply_rows

    def slow(self, rows):
        if Offer.objects.count() == 4:
            raise SoftTimeLimitExceeded
        applied(self, rows)

    monkeypatch.setattr(applying._Applying, "_apply_rows", slow)
    with pytest.raises(TookTooLong):
        imported(vendor, tmp_path / "a.csv", goods(10))
    run = ImportRun.objects.get()
    assert (run.state, run.error_code, run.applied_id > 0) == (RunState.FAILED, "took_too_long", True)


def test_a_wrong_statement_ends_the_import_and_is_not_taken_for_a_database_that_is_away(
    vendor, tmp_path, monkeypatch
):
    def ask_wrongly(**_):
        with transaction.atomic(), connection.cursor() as cursor:  # the test itself is a transaction
            cursor.execute("SELECT 1 FROM nowhere")

    monkeypatch.setattr("price_lists.services.imports.guard_run", ask_wrongly)
    assert imported(vendor, tmp_path / "a.csv", goods(3)).state == RunState.FAILED
