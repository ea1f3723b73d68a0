"""An import from one step to the next: what can go on by itself does, what needs a person waits for one."""

from __future__ import annotations

import datetime as dt
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.base import File
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import DomainError, Unavailable
from core.jobs.errors import JobCancelled, JobTakenOver, TookTooLong
from core.jobs.services import start_job
from core.jobs.work import Work, work_on
from core.models import Job, JobState
from core.outbox.outages import Outage, outage
from core.patience import bulk_work
from price_lists import metrics, signals
from price_lists.enums import Change, RunState
from price_lists.errors import UNEXPECTED, ImportStopped, Refusal, RunNotPossible
from price_lists.locks import take_turn, turn_is_free
from price_lists.models import ImportRun, StagedRow
from price_lists.services.applying import apply_run
from price_lists.services.categories import suggest_categories
from price_lists.services.checking import end_check
from price_lists.services.columns import inspect_run
from price_lists.services.diffing import begins_again, compare_rest, diff_run, needs_comparing
from price_lists.services.guarding import guard_run
from price_lists.services.known import named_count, standing
from price_lists.services.placing import place_here
from price_lists.services.staged import forget_staged, has_rows, having_rows
from price_lists.services.staging import restart, stage_run
from price_lists.services.uploads import OVER, open_source, receive_upload
from price_lists.sources.partial_applying import apply_partial
from price_lists.sources.partial_staging import stage_partial
from vendors.models import Vendor

if TYPE_CHECKING:
    from accounts.models import User

TASK = "price_lists.advance"
KIND = "price_lists.import"
#: States in which a run goes on by itself.
MOVING = (RunState.UPLOADED, RunState.READING, RunState.QUEUED, RunState.APPLYING)
#: Bytes up to which a request itself looks at a file: some 0.3 s.
LOOKED_AT_ONCE = 4 * 1024 * 1024
_TURN_SECONDS = 0.2
_GRACE = dt.timedelta(seconds=60)


def start(*, run: ImportRun, owner: str = "") -> Job:
    """Has a worker bring the run as far as it goes without a person."""
    with transaction.atomic():
        job = _new_job(run, owner)
        ImportRun.objects.filter(pk=run.pk).update(job=job.pk)
    run.job = job.pk
    return job


def begin(*, run: ImportRun) -> ImportRun:
    """After an upload: a small file is looked at at once, so that its columns can be shown; the rest is a job."""
    if run.price_list.size <= LOOKED_AT_ONCE:
        try:
            inspect_run(run=run)
        except DomainError as error:
            fail_run(run=run, error=error)
            return run
    if run.state in MOVING:
        start(run=run)
    return run


def _new_job(run: ImportRun, owner: str) -> Job:
    return start_job(
        kind=KIND,
        task=TASK,
        kwargs={"run_id": run.pk},
        queue="imports",
        owner=owner or (f"user:{run.started_by_id}" if run.started_by_id else ""),
        subject=f"import_run:{run.pk}",
    )


def advance(*, run: ImportRun, work: Work) -> ImportRun:
    """Takes the run through its steps until it is over, waits for a person or for its turn.

    What goes wrong is recorded with the run (`failed`) and raised. Unavailable parts leave it where it is.
    """
    try:
        with bulk_work():
            _go_on(run, work)
    except JobCancelled:
        stop_run(run=run)
        raise
    except SoftTimeLimitExceeded as error:
        slow = TookTooLong("took_too_long")
        fail_run(run=run, error=slow)
        raise slow from error
    except (JobTakenOver, Unavailable):
        raise
    except (OperationalError, InterfaceError) as error:
        if outage(error) is Outage.NONE:  # drivers call a wrong statement operational too
            fail_run(run=run, error=None)
            raise
        raise Unavailable("database_down") from error
    except RunNotPossible:
        run.refresh_from_db()  # cancelled, or taken further by another process
    except DomainError as error:
        fail_run(run=run, error=error)
        raise
    except Exception:
        fail_run(run=run, error=None)
        raise
    return run


def _go_on(run: ImportRun, work: Work) -> None:
    run.refresh_from_db()
    if run.state == RunState.UPLOADED:
        inspect_run(run=run)
    if run.state == RunState.READING:
        _read(run, work)
    if run.state in (RunState.QUEUED, RunState.APPLYING) and take_turn(run):
        _take_up(run, work)  # also where it was interrupted: what it had half compared may not be applied
        if run.state == RunState.APPLYING:
            apply = apply_partial if run.source.is_partial else apply_run
            apply(run=run, work=work)
        start_next(vendor_id=run.vendor_id)  # also where the turn was given back or held for a person


def _read(run: ImportRun, work: Work) -> None:
    """Staged, compared and judged: the run then waits at its preview, or for its turn."""
    if run.source.is_partial:
        reasons = stage_partial(run=run, work=work)
    else:
        stage_run(run=run, work=work)
        while not diff_run(run=run, work=work):
            restart(run=run, whole=run.only_check)  # which notes nothing of what is to be read again
            stage_run(run=run, work=work)
        suggest_categories(vendor=run.vendor)
        reasons = guard_run(run=run)
    if run.only_check:
        end_check(run=run)
        return
    clear = RunState.QUEUED if run.auto_apply else RunState.REVIEW
    _move(run, [RunState.READING], RunState.HELD if reasons else clear)


def _take_up(run: ImportRun, work: Work) -> None:
    """At a run's turn: it is overtaken by a newer one, or its diff is made anew if another was applied since."""
    newer = ImportRun.objects.filter(source=run.source_id, pk__gt=run.pk, state=RunState.APPLIED)
    if newer.exists():
        ImportRun.objects.filter(pk=run.pk).update(
            state=RunState.CANCELLED, error_code="superseded", finished_at=timezone.now()
        )
        run.refresh_from_db()
        forget_staged(run=run)
    elif run.source.is_partial:
        pass  # applying compares with the offers once more, so an older comparison does no harm
    elif run.applied_id == 0 or begins_again(run):
        if needs_comparing(run):
            _compare_anew(run, work)
        if run.counts.get("unjudged"):
            _judge(run)
    else:
        compare_rest(run=run, work=work)


def _compare_anew(run: ImportRun, work: Work) -> None:
    """At its turn, which it keeps where its file has to be read again."""
    if "diffed_at" not in run.counts:
        stage_run(run=run, work=work)  # such a reading was interrupted
    while not _compare(run, work):
        restart(run=run)
        stage_run(run=run, work=work)


def _compare(run: ImportRun, work: Work) -> bool:
    # Kept along with the comparison: the guard's word on the earlier one does not hold for it.
    run.counts["unjudged"] = run.auto_apply
    if not named_count(run):  # else rows were known by what stood then
        run.counts["standing"] = standing(run)
    return diff_run(run=run, work=work)


def _judge(run: ImportRun) -> None:
    reasons = guard_run(run=run)
    with transaction.atomic():
        run.counts["unjudged"] = False
        ImportRun.objects.filter(pk=run.pk).update(counts=run.counts)
        if reasons:
            _move(run, [RunState.APPLYING], RunState.HELD)


def request_apply(*, run: ImportRun, confirmed: bool = False) -> ImportRun:
    """The vendor says yes to the preview. A held run needs `confirmed`. Raises RunNotPossible."""
    _move(run, [RunState.REVIEW, RunState.HELD] if confirmed else [RunState.REVIEW], RunState.QUEUED)
    return run


def retry(*, run: ImportRun) -> ImportRun:
    """Goes on with an import that failed while it was applied; others are sent anew."""
    if run.applied_id == 0 or not has_rows(run):
        raise RunNotPossible("run_not_repeatable")
    _move(run, [RunState.FAILED], RunState.QUEUED)
    return run


def stop_run(*, run: ImportRun) -> None:
    """Its work was cancelled: before anything is applied the import is given up, half applied it can be gone on with.

    Half of a price list in the catalogue is nothing that may look finished, so it counts as failed: `retry` goes on
    where it stopped, and a new file replaces it.
    """
    run.refresh_from_db()
    if run.state not in MOVING:
        return
    if run.state == RunState.APPLYING and run.applied_id == 0 and not needs_comparing(run):
        _note_withdrawals(run)
    if run.applied_id == 0:
        stopped = ImportRun.objects.filter(pk=run.pk, state__in=MOVING, applied_id=0)
        if stopped.update(state=RunState.CANCELLED, finished_at=timezone.now()):
            run.refresh_from_db()
            forget_staged(run=run)
    else:
        fail_run(run=run, error=ImportStopped("import_stopped"))
    start_next(vendor_id=run.vendor_id)


def _note_withdrawals(run: ImportRun) -> None:
    """Where the list only takes goods away, no row moves the checkpoint; the last one says that it has begun, or any
    number where all that it names is known and no row is kept.
    """
    staged = StagedRow.objects.filter(run=run)
    if not staged.filter(change__in=[Change.NEW, Change.CHANGED]).exists():
        run.applied_id = staged.aggregate(last=Max("pk"))["last"] or 1
        ImportRun.objects.filter(pk=run.pk).update(applied_id=run.applied_id)


def follow_cancelled_job(job: Job) -> None:
    """A job that no worker had in hand was cancelled: its import must not stand there as if it moved."""
    run = ImportRun.objects.filter(pk=job.kwargs.get("run_id"), job=job.pk).first()
    if run is not None:
        stop_run(run=run)


def follow_retried_job(job: Job) -> None:
    """An operator lets a job begin anew: its import must be one that can go on. Raises RunNotPossible."""
    run = ImportRun.objects.filter(pk=job.kwargs.get("run_id")).first()
    if run is None:
        raise RunNotPossible("run_gone")
    if run.state not in MOVING:
        retry(run=run)
    ImportRun.objects.filter(pk=run.pk).update(job=job.pk)


def start_next(*, vendor_id: int) -> None:
    """Wakes the vendor's next run that waits for its turn."""
    waiting = ImportRun.objects.filter(vendor=vendor_id, state=RunState.QUEUED).order_by("-pk").first()
    if waiting is not None:
        start(run=waiting)


def fail_run(*, run: ImportRun, error: DomainError | None) -> None:
    """Records why an import ended. What was staged goes, unless it is half applied and can be gone on with.

    One that is over already, or waits for a person, is left as it is: what was applied did not fail.
    """
    run.refresh_from_db()
    if isinstance(error, Refusal):
        said = {"code": error.code, "context": {key: str(value) for key, value in error.context.items()}}
        run.inspection = (run.inspection or {}) | {"refusal": said}
    unexpected = _("Something unexpected happened. It was noted; please try again or ask for help.")
    with transaction.atomic():
        failed = ImportRun.objects.filter(pk=run.pk, state__in=MOVING).update(
            state=RunState.FAILED,
            error_code=error.code[:60] if error else UNEXPECTED,
            error=str(error) if error else unexpected,
            inspection=run.inspection,
            finished_at=timezone.now(),
        )
        run.refresh_from_db()
        if not failed:
            return
        signals.import_moved.send(ImportRun, run=run, news="failed")
    metrics.ended(run)
    if run.applied_id == 0:
        forget_staged(run=run)


def sweep() -> int:
    """Finds runs that should move and do not (their job is gone or dead) and queued ones whose turn has come."""
    woken = 0
    for run in ImportRun.objects.filter(state__in=MOVING).select_related("vendor")[:200]:
        job = Job.objects.filter(pk=run.job).first() if run.job else None
        if job is not None and not job.is_over:
            continue
        if job is not None and job.state == JobState.CANCELLED:
            stop_run(run=run)
        elif job is not None and job.state == JobState.FAILED and run.state != RunState.QUEUED:
            fail_run(run=run, error=None)
        elif job is None and timezone.now() - run.created_at < _GRACE:
            continue  # its creator is about to start it
        else:
            start(run=run)
        woken += 1
    for run in ImportRun.objects.filter(having_rows(), state__in=OVER)[:50]:
        if run.state != RunState.FAILED or run.applied_id == 0:
            forget_staged(run=run)
    return woken


def import_file(
    *,
    vendor: Vendor,
    path: str | Path,
    original_name: str = "",
    user: User | None = None,
    source_name: str | None = None,
    auto_apply: bool = True,
    only_check: bool = False,
    timeout: float = 3600,
) -> ImportRun:
    """A file from beginning to end in this process; returns the run with its counts, applied unless it is held.

    The same file again returns the run that it was first, going on with it if it was interrupted. Raises
    Refusal and other DomainErrors; the run then says `failed`. With `only_check` nothing is applied.
    """
    path = Path(path)
    source = open_source(vendor=vendor, name=source_name) if source_name else None
    with path.open("rb") as bytes_:
        run, is_new = receive_upload(
            vendor=vendor,
            source=source,
            file=File(bytes_, name=path.name),
            original_name=original_name or path.name,
            user=user,
            auto_apply=auto_apply,
            only_check=only_check,
        )
    if not is_new and run.state not in MOVING:
        return run
    deadline = time.monotonic() + timeout
    while run.state in MOVING:
        waits = run.state == RunState.QUEUED and not turn_is_free(run)
        moved = not waits and _advance_here(run)
        run.refresh_from_db()
        if run.state not in MOVING:
            break
        if time.monotonic() > deadline:
            raise Unavailable("import_waits")
        if not moved:
            time.sleep(_TURN_SECONDS)
    if run.state == RunState.APPLIED:
        place_here(vendor=run.vendor)
    return run


def _advance_here(run: ImportRun) -> bool:
    """One advance in this process under a job of its own, which a worker revives if this process dies."""
    job = Job.objects.filter(pk=run.job).first() if run.job else None
    if job is None or job.is_over:
        # Not sent to a worker: it waits here, and only the sweep for lost wake-ups would send it.
        job = Job.objects.create(
            kind=KIND,
            task=TASK,
            kwargs={"run_id": run.pk},
            queue="imports",
            subject=f"import_run:{run.pk}",
            heartbeat_at=timezone.now(),
        )
        ImportRun.objects.filter(pk=run.pk).update(job=job.pk)
    error: DomainError | None = None
    with suppress(JobTakenOver), work_on(job.pk) as work:
        if work is None:
            return False  # a worker has it
        try:
            advance(run=run, work=work)
        except DomainError as caught:
            error = caught
            raise
    if error is not None and not isinstance(error, Unavailable | JobTakenOver | JobCancelled):
        raise error
    return not isinstance(error, Unavailable)


def _move(run: ImportRun, states: list[RunState], state: RunState) -> None:
    with transaction.atomic():
        if not ImportRun.objects.filter(pk=run.pk, state__in=states).update(state=state):
            raise RunNotPossible("run_moved_on")
        run.state = state
        if state == RunState.HELD:
            signals.import_moved.send(ImportRun, run=run, news="held")
