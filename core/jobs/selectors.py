"""Reads of long work."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from core.errors import NotFound
from core.models import Job, JobState

if TYPE_CHECKING:
    from django.db.models import QuerySet


def job_visible_to(*, job_id: UUID | str, owner: str, sees_all: bool) -> Job:
    """The job if it is the asker's own ("user:7") or the asker sees all; otherwise NotFound, as if there were none."""
    jobs = Job.objects.all() if sees_all else Job.objects.filter(owner=owner).exclude(owner="")
    job = jobs.filter(pk=job_id).first()
    if job is None:
        raise NotFound("job_unknown")
    return job


def latest_job(*, subject: str, kind: str | None = None) -> Job | None:
    """The newest job about a subject ("import_run:12")."""
    jobs = Job.objects.filter(subject=subject)
    if kind is not None:
        jobs = jobs.filter(kind=kind)
    return jobs.order_by("-created_at").first()


def running_jobs() -> QuerySet[Job]:
    return Job.objects.filter(state=JobState.RUNNING)
