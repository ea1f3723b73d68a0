"""What follows an import that was applied: whatever goes wrong then, its goods stay on sale."""

import pytest

from catalog.models import Offer
from core.jobs.work import work_on
from core.models import Job, JobState
from price_lists import services, tasks
from price_lists.enums import RunState
from price_lists.errors import RowsGone, RunNotPossible
from price_lists.models import CategoryLink, ImportRun, StagedRow
from price_lists.services import imports, placing
from price_lists.services.placing import TASK
from tests.factories.price_lists import good, goods, imported


def on_sale():
    return Offer.objects.filter(withdrawn_at=None).count()


def broken(**_):
    raise RuntimeError


def test_what_goes_wrong_after_applying_does_not_make_it_fail(vendor, tmp_path, monkeypatch):
    monkeypatch.setattr(imports, "start_next", broken)
    run = imported(vendor, tmp_path / "a.csv", goods(6))
    assert (run.state, run.error_code, run.applied_id > 0) == (RunState.APPLIED, "", True)
    assert Job.objects.get(pk=run.job).state == JobState.FAILED
    with pytest.raises(RunNotPossible):
        services.retry(run=run)
    assert (on_sale(), ImportRun.objects.get().state) == (6, RunState.APPLIED)


def test_goods_that_cannot_be_placed_are_on_sale_and_the_job_says_so(vendor, tmp_path, monkeypatch):
    monkeypatch.setattr(placing, "place_goods", broken)
    run = imported(vendor, tmp_path / "a.csv", goods(6))
    assert (run.state, on_sale(), Job.objects.get(pk=run.job).state) == (RunState.APPLIED, 6, JobState.DONE)
    assert Job.objects.get(task=TASK).state == JobState.FAILED


def test_what_an_import_brought_is_counted_by_whoever_takes_the_job(vendor, tmp_path, monkeypatch):
    monkeypatch.setattr(imports, "place_here", lambda **_: None)  # the process is killed before it
    imported(vendor, tmp_path / "a.csv", goods(6, category="Хтозна", title="Дещо"))
    job = Job.objects.get(task=TASK, state=JobState.WAITING)
    assert CategoryLink.objects.get().waiting == 0
    tasks.place_goods(job_id=str(job.pk), **job.kwargs)
    assert CategoryLink.objects.get().waiting == 6
    imported(vendor, tmp_path / "b.csv", [*goods(6, category="Хтозна", title="Дещо"), good(3)])
    imported(vendor, tmp_path / "c.csv", goods(6, category="Хтозна", title="Дещо", price="101"))
    assert Job.objects.filter(task=TASK, state=JobState.WAITING).count() == 2  # a new path, and one that left
    imported(vendor, tmp_path / "d.csv", goods(6, category="Хтозна", title="Дещо", price="102"))
    assert Job.objects.filter(task=TASK, state=JobState.WAITING).count() == 2  # prices place nothing


def test_without_its_rows_nothing_is_gone_on_with(vendor, tmp_path):
    run = imported(vendor, tmp_path / "a.csv", goods(6))
    ImportRun.objects.filter(pk=run.pk).update(state=RunState.FAILED)
    with pytest.raises(RunNotPossible):
        services.retry(run=run)
    ImportRun.objects.filter(pk=run.pk).update(state=RunState.QUEUED)
    job = services.start(run=run)
    with work_on(job.pk) as work, pytest.raises(RowsGone):
        services.advance(run=run, work=work)
    run.refresh_from_db()
    assert (run.state, run.error_code, on_sale()) == (RunState.FAILED, "rows_gone", 6)


def test_a_process_that_was_overtaken_takes_nothing_off_sale(vendor, tmp_path, monkeypatch):
    imported(vendor, tmp_path / "a.csv", goods(20))
    checked = imports.Work.check_cancelled

    def overtaken(self):
        # The other process ends the run between two statements of this one, and its rows go.
        if StagedRow.objects.filter(run__state=RunState.APPLYING).exists():
            ImportRun.objects.filter(state=RunState.APPLYING).update(state=RunState.APPLIED)
            StagedRow.objects.all().delete()
        checked(self)

    monkeypatch.setattr(imports.Work, "check_cancelled", overtaken)
    run = imported(vendor, tmp_path / "b.csv", goods(19))
    assert (run.state, on_sale()) == (RunState.APPLIED, 20)
