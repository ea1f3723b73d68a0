"""Celery's side of vendors."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from vendors import services
from vendors.care.services import end_due_suspensions, end_due_visits
from vendors.score.services import measure_day


@shared_task(name="vendors.refresh_quality", soft_time_limit=540, time_limit=600)
def refresh_quality(**_: Any) -> None:
    """Nightly: how vendors work, as far as it is known."""
    services.refresh_quality()


@shared_task(name="vendors.end_suspensions", soft_time_limit=240, time_limit=300)
def end_suspensions(**_: Any) -> None:
    """Suspensions that are over, and visits of operators."""
    end_due_suspensions()
    end_due_visits()


@shared_task(name="vendors.measure_day", soft_time_limit=840, time_limit=900)
def measure_scores(**_: Any) -> None:
    """Nightly: the figures of score cards."""
    measure_day()
