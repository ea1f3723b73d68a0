"""The periodic care for long work."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from core.jobs import services

# Periodic tasks are not retried: the next run is the next try.


@shared_task(name="jobs.sweep", soft_time_limit=50, time_limit=60)
def sweep(**_: Any) -> None:
    """Send again what died with its worker or never reached one."""
    services.revive_stale_jobs()


@shared_task(name="jobs.clean", soft_time_limit=540, time_limit=600)
def clean(**_: Any) -> None:
    """Forget work that was over long ago."""
    services.delete_old_jobs()
