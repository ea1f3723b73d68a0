"""The workers' pulse, and care for uploads that nobody goes on with."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from core import pulse, uploads


@shared_task(name="pulse.beat", soft_time_limit=20, time_limit=30)
def beat(*, queue: str, **_: Any) -> None:
    """Sent to each queue in turn by the schedule, so that each worker proves the queues it serves."""
    pulse.note(queue=queue)


@shared_task(name="uploads.sweep", soft_time_limit=240, time_limit=300)
def sweep(**_: Any) -> None:
    """Removes uploads that were begun and left."""
    uploads.sweep()
