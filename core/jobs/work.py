"""Inside a long work: progress, heartbeat, cancellation, and how it ended."""

from __future__ import annotations

import logging
import random
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.utils.translation import gettext as _

from core import clock
from core.errors import DomainError, Unavailable
from core.jobs import services
from core.jobs.errors import JobCancelled, JobTakenOver, TookTooLong
from core.models import Job, JobState
from core.outbox.outages import Outage, outage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS: Final = 10.0
WRITE_SECONDS: Final = 1.0  # progress is written at most this often
MAX_HOURS: Final = 6  # then the heart stops, so that a task that hangs is taken over
RETRY_SECONDS: Final = 20.0

#: For tasks that take up a job, where the database is down at that moment; what happens inside is the job's to record.
RETRIED_LATER: Final = {
    "autoretry_for": (OperationalError, InterfaceError),
    "max_retries": 5,
    "retry_backoff": 5,
    "retry_backoff_max": 300,
    "retry_jitter": True,
}


class Work:
    """One attempt at a job. What it writes is dropped once another worker has taken the job over."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.result: Any = None
        self._attempt = job.attempts
        self._written_at = 0.0
        self._begun_at = time.monotonic()
        self._over = threading.Event()
        self._heart = threading.Thread(target=self._beat, name="job-heartbeat", daemon=True)

    def progress(self, done: int, total: int | None = None, message: str | None = None) -> None:
        """Report how far it is; cheap to call for every row. Raises JobCancelled or JobTakenOver."""
        self.job.done = done
        if total is not None:
            self.job.total = total
        if message is not None:
            self.job.message = message[:255]
        if time.monotonic() - self._written_at >= WRITE_SECONDS:
            self.check_cancelled()

    def check_cancelled(self) -> None:
        """Write the progress now and raise JobCancelled or JobTakenOver if the work must stop."""
        self._written_at = time.monotonic()
        if not self._mine().update(
            done=self.job.done, total=self.job.total, message=self.job.message, heartbeat_at=clock.now()
        ):
            raise JobTakenOver(job=str(self.job.pk))
        if self._mine().filter(cancel_requested=True).exists():
            raise JobCancelled(job=str(self.job.pk))

    def start(self) -> None:
        self._heart.start()

    def end(self, state: JobState, **fields: Any) -> None:
        """Write how it ended."""
        self.stop()
        if not connection.in_atomic_block:  # whose owner would find it closed
            connection.close_if_unusable_or_obsolete()  # it may be a cut connection that ended the work
        is_over = state != JobState.WAITING
        self._mine().update(
            state=state,
            done=self.job.done,
            total=self.job.total,
            message=self.job.message,
            finished_at=clock.now() if is_over else None,
            heartbeat_at=clock.now(),
            **fields,
        )

    def stop(self) -> None:
        self._over.set()
        if self._heart.is_alive():
            self._heart.join()

    def _mine(self) -> Any:
        return Job.objects.filter(pk=self.job.pk, state=JobState.RUNNING, attempts=self._attempt)

    def _beat(self) -> None:
        touched = False
        while not self._over.wait(HEARTBEAT_SECONDS) and time.monotonic() - self._begun_at < MAX_HOURS * 3600:
            touched = True
            try:
                self._mine().update(heartbeat_at=clock.now())
            except (DatabaseError, InterfaceError):
                # Two more tries fit in before the job counts as lost, over a new connection if this one was cut.
                connection.close_if_unusable_or_obsolete()
        if touched:
            connection.close()


@contextmanager
def work_on(job_id: UUID | str) -> Iterator[Work | None]:
    """Take a job and record how the block ends; yields None if it is over or somebody else works on it.

    Normal end: done, with `work.result`. JobCancelled: cancelled. Unavailable, or a database that is: waits and is
    tried again, for a day as often as it takes, then at most MAX_ATTEMPTS times. Interrupted by a stop of the worker: waits for the next one. Any other error: failed; a
    DomainError's message is shown to the owner, what else went wrong stays in the log.
    """
    job = services.claim(job_id)
    if job is None:
        yield None
        return
    work = Work(job)
    work.start()
    try:
        yield work
    except JobCancelled:
        work.end(JobState.CANCELLED)
    except JobTakenOver:
        work.stop()
        logger.warning("jobs: %s was taken over by another worker", job.pk)
    except Unavailable as error:
        _wait_for_part(work, error)
    except (OperationalError, InterfaceError) as error:
        if outage(error) is Outage.NONE:
            _end_failed(work, error)
        else:
            down = Unavailable("database_down")
            down.__cause__ = error
            _wait_for_part(work, down)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is logged and recorded with the job
        _end_failed(work, error)
    except BaseException:
        work.end(JobState.WAITING)
        raise
    else:
        work.end(JobState.DONE, result=work.result)


def _wait_for_part(work: Work, error: Unavailable) -> None:
    """A disk that is full or a server that is away is no fault of the work: somebody needs hours to mend it."""
    job = work.job
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    # What the database itself has stopped, for a lock or its time, may well be the work's own fault.
    is_down = outage(error.__cause__ or error) is Outage.DOWN
    is_free = is_down and clock.now() - job.created_at < services.PATIENCE
    if not is_free and job.attempts >= services.MAX_ATTEMPTS:
        work.end(JobState.FAILED, error_code=error.code, error=str(error))
        return
    work.end(
        JobState.WAITING,
        # The fence holds: who lost the job before bears a lower number than whoever takes it next.
        attempts=job.attempts - is_free,
        error_code=error.code,
        error=_("A part that this work needs is not available now. It goes on by itself once that is back."),
    )
    # Shaken, so that what a part's fall has stopped does not come back to it as one.
    services.send(job, countdown=RETRY_SECONDS * random.uniform(1.0, 1.5))  # noqa: S311 - only spreads load


def _end_failed(work: Work, error: Exception) -> None:
    if isinstance(error, SoftTimeLimitExceeded):
        error = TookTooLong("took_too_long")
    if isinstance(error, DomainError):
        work.end(JobState.FAILED, error_code=error.code, error=str(error))
        return
    logger.error("jobs: %s %s failed", work.job.kind, work.job.pk, exc_info=error)
    work.end(
        JobState.FAILED,
        error_code=type(error).__name__[:60],
        error=_("An unexpected error stopped the work. It was noted; please try again or ask for help."),
    )
