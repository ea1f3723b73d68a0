"""Starting, cancelling and reviving long work; what happens inside it is in `core.jobs.work`."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from celery import current_app
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.audit import kinds as audit_kinds
from core.audit.services import record
from core.broker.publishing import hand_over
from core.jobs import kinds
from core.jobs.errors import JobNotRepeatable
from core.models import Job, JobState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

logger = logging.getLogger(__name__)

STALE_AFTER: Final = timedelta(seconds=30)  # without a heartbeat, three of which fit in
UNCLAIMED_AFTER: Final = timedelta(seconds=120)  # a waiting job whose wake-up may be lost is sent again
MAX_ATTEMPTS: Final = 5
#: So long after its beginning a job waits for a part that is down as often as it takes; then each time is an attempt.
PATIENCE: Final = timedelta(days=1)


CANCEL: Final = audit_kinds.register("jobs.cancel", gettext_lazy("Stopped a job"))
RETRY: Final = audit_kinds.register("jobs.retry", gettext_lazy("Tried a job again"))


def start_job(
    *,
    kind: str,
    task: str,
    kwargs: Mapping[str, Any] | None = None,
    queue: str = "default",
    owner: str = "",
    subject: str = "",
    total: int = 0,
    message: str = "",
) -> Job:
    """Write down a long work and send its task after the commit, with `kwargs` and `job_id`.

    `owner` is who may see and cancel it, `subject` what it is about; both are typed ids ("user:7").
    """
    job = Job.objects.create(
        kind=kind,
        task=task,
        kwargs=dict(kwargs or {}),
        queue=queue,
        owner=owner,
        subject=subject,
        total=total,
        message=message,
        heartbeat_at=clock.now(),
    )
    transaction.on_commit(lambda: send(job), robust=True)
    return job


def send(job: Job, *, countdown: float = 0) -> None:
    """Hand the job to a worker. Without a broker nothing is lost: the sweep sends it again."""

    def publish() -> None:
        current_app.send_task(
            job.task,
            kwargs={**job.kwargs, "job_id": str(job.pk)},
            queue=job.queue,
            countdown=countdown or None,
            ignore_result=True,
            retry=False,
        )

    if error := hand_over(publish):
        logger.warning("jobs: the broker does not answer (%r); the sweep will send %s", error, job.pk)


def request_cancel(*, job: Job, operator: str = "") -> Job:
    """Ask a job to stop. One that waits is over at once; one that runs stops at its next step.

    `operator` is the typed id of one who stops what is not their own: that is traced.
    """
    with transaction.atomic():
        _trace(operator, CANCEL, job)
        waiting = Job.objects.filter(pk=job.pk, state=JobState.WAITING)
        if waiting.update(state=JobState.CANCELLED, cancel_requested=True, finished_at=clock.now()):
            _tell_cancelled(job)
        Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(cancel_requested=True)
    job.refresh_from_db()
    return job


def _trace(operator: str, action: str, job: Job) -> None:
    if operator:
        record(
            actor=operator,
            action=action,
            subject=f"job:{job.pk}",
            subject_name=str(kinds.get(job.kind).label),
            details={"kind": job.kind, "about": job.subject},
        )


def _tell_cancelled(job: Job) -> None:
    if told := kinds.get(job.kind).on_cancel:
        told(job)


def retry_job(*, job: Job, operator: str = "") -> Job:
    """Let work that failed or was stopped begin anew with a fresh count of attempts.

    Raises JobNotRepeatable, or what its kind has against it.
    """
    with transaction.atomic():
        over = Job.objects.filter(pk=job.pk, state__in=[JobState.FAILED, JobState.CANCELLED])
        if not over.update(
            state=JobState.WAITING,
            attempts=0,
            cancel_requested=False,
            error="",
            error_code="",
            finished_at=None,
            heartbeat_at=clock.now(),
        ):
            raise JobNotRepeatable("job_not_repeatable")
        _trace(operator, RETRY, job)
        job.refresh_from_db()
        if ask := kinds.get(job.kind).on_retry:
            ask(job)
        transaction.on_commit(lambda: send(job), robust=True)
    return job


def revive_stale_jobs() -> int:
    """Send again what died with its worker or never reached one; returns how many.

    A job that has lost its worker MAX_ATTEMPTS times is recorded as failed: it most likely kills them.
    """
    now = clock.now()
    lost = Q(state=JobState.RUNNING, heartbeat_at__lt=now - STALE_AFTER)
    unclaimed = Q(state=JobState.WAITING, heartbeat_at__lt=now - UNCLAIMED_AFTER)
    for job in Job.objects.filter(lost, cancel_requested=True):
        with transaction.atomic():
            if Job.objects.filter(lost, pk=job.pk).update(state=JobState.CANCELLED, finished_at=now):
                _tell_cancelled(job)
    Job.objects.filter(lost, attempts__gte=MAX_ATTEMPTS).update(
        state=JobState.FAILED,
        finished_at=now,
        error_code="worker_lost",
        error=_("The work was interrupted %(count)s times and is not tried again.") % {"count": MAX_ATTEMPTS},
    )
    revived = 0
    for job in Job.objects.filter(lost | unclaimed).order_by("created_at")[:500]:
        # The condition is repeated: another sweep or the worker itself may have been quicker.
        if Job.objects.filter(lost | unclaimed, pk=job.pk).update(state=JobState.WAITING, heartbeat_at=now):
            send(job)
            revived += 1
    return revived


def delete_old_jobs(*, keep: timedelta = timedelta(days=30)) -> int:
    """Forget jobs that were over long ago."""
    deleted, _by_model = Job.objects.filter(finished_at__lt=clock.now() - keep).delete()
    return deleted


def claim(job_id: UUID | str) -> Job | None:
    """Take a job that waits, or whose worker has fallen silent; None if there is nothing to take.

    `attempts` of the answer is the fence: what a worker writes later counts only while it is unchanged.
    """
    now = clock.now()
    free = Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, heartbeat_at__lt=now - STALE_AFTER)
    with transaction.atomic():
        taken = Job.objects.filter(free, pk=job_id).update(
            state=JobState.RUNNING,
            attempts=F("attempts") + 1,
            heartbeat_at=now,
            started_at=now,
            error="",
            error_code="",
        )
        return Job.objects.get(pk=job_id) if taken else None
