"""Periodic work on requests."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from buyer_requests import services


@shared_task(name="buyer_requests.close_due", soft_time_limit=100, time_limit=120)
def close_due(**_: Any) -> None:
    """Close what is past its deadline; the next run takes what this one left."""
    services.close_due_requests()
