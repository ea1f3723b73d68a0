"""Periodic care for what signing in leaves behind."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from accounts import services


@shared_task(name="accounts.clean", soft_time_limit=540, time_limit=600)
def clean(**_: Any) -> None:
    """Forget sessions that have ended; the next run takes what this one left."""
    services.forget_ended_sessions()
