"""Imports on workers."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from core.jobs.work import RETRIED_LATER, work_on
from price_lists import services
from price_lists.models import ImportRun


@shared_task(name="price_lists.advance", soft_time_limit=5 * 3600, time_limit=5 * 3600 + 600, **RETRIED_LATER)
def advance(*, job_id: str, run_id: int, **_: Any) -> None:
    """Brings an import as far as it goes without a person."""
    with work_on(job_id) as work:
        run = ImportRun.objects.select_related("vendor", "source", "price_list").filter(pk=run_id).first()
        if work is not None and run is not None:
            services.advance(run=run, work=work)


@shared_task(name="price_lists.follow_links", soft_time_limit=3600, time_limit=3600 + 300, **RETRIED_LATER)
def follow_links(*, job_id: str, link_ids: list[int], **_: Any) -> None:
    """Brings offers to the categories that their vendor's paths lead to."""
    with work_on(job_id) as work:
        if work is not None:
            work.result = {"moved": services.follow_links(link_ids, work=work)}


@shared_task(name="price_lists.sweep", soft_time_limit=100, time_limit=120)
def sweep(**_: Any) -> None:
    """Finds imports that stand still."""
    services.sweep()
