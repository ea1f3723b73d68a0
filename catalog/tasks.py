"""Offers that follow their categories, where there are many."""

from __future__ import annotations

from typing import Any, Final

from celery import shared_task
from django.db import InterfaceError, OperationalError

from catalog.models import Category
from catalog.services import categories
from core.jobs.work import work_on

#: A database that is down where the work is taken up; what happens inside the work is the job's own to record.
_LATER: Final = {
    "autoretry_for": (OperationalError, InterfaceError),
    "max_retries": 5,
    "retry_backoff": 5,
    "retry_backoff_max": 300,
    "retry_jitter": True,
}


@shared_task(name=categories.FOLLOW, soft_time_limit=3600, time_limit=3600 + 300, **_LATER)
def follow_category(*, job_id: str, category_id: int, **_: Any) -> None:
    """The index and the matcher learn of the offers of a category that was moved."""
    with work_on(job_id) as work:
        if work is not None:
            work.result = {
                "offers": categories.follow_category(category_id=category_id, report=work.progress)
            }


@shared_task(name=categories.MERGE, soft_time_limit=3600, time_limit=3600 + 300, **_LATER)
def merge_categories(*, job_id: str, source_id: int, target_id: int, **_: Any) -> None:
    """One category goes up in another; a job that was interrupted finishes the rest."""
    with work_on(job_id) as work:
        source = Category.objects.filter(pk=source_id).first()
        target = Category.objects.filter(pk=target_id).first()
        if work is not None and source is not None and target is not None:
            moved = categories.merge_category(source=source, target=target, report=work.progress)
            work.result = {"offers": moved}
