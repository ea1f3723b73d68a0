"""Webhooks in the background: woken after each commit that wrote a delivery, and swept every minute.

Not retried by Celery: each delivery has its attempts and pauses in its row.
"""

from __future__ import annotations

from typing import Any

from celery import shared_task

from api.webhooks import delivering, tidying
from core.parallel import OneRun

#: Receivers that are slow together hold one thread of the worker that also sends letters and closes requests.
_delivering = OneRun()


@shared_task(name="api.deliver", soft_time_limit=110, time_limit=150)
def deliver(**_: Any) -> int:
    """Sends what is due. Repeating it does no harm: endpoints are claimed by lease."""
    return _delivering.go(delivering.send_due)


@shared_task(name="api.clean", soft_time_limit=240, time_limit=300)
def clean(**_: Any) -> int:
    """Gives up what waited too long, and forgets what is older than the log."""
    return tidying.tidy()
