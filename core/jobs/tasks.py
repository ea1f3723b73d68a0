"""The periodic care for long work."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from core.jobs import services


@shared_task(name="jobs.sweep", ignore_result=True)
def sweep(**_: Any) -> None:
    services.revive_stale_jobs()


@shared_task(name="jobs.clean", ignore_result=True)
def clean(**_: Any) -> None:
    services.delete_old_jobs()
