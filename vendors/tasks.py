"""Celery's side of vendors."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from vendors import services


@shared_task(name="vendors.refresh_quality", soft_time_limit=540, time_limit=600)
def refresh_quality(**_: Any) -> None:
    """Nightly: how vendors work, as far as it is known."""
    services.refresh_quality()
