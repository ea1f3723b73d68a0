"""The workers' pulse."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from core import pulse


@shared_task(name="pulse.beat", soft_time_limit=20, time_limit=30)
def beat(*, queue: str, **_: Any) -> None:
    """Sent to each queue in turn by the schedule, so that each worker proves the queues it serves."""
    pulse.note(queue=queue)
