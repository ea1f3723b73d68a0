"""Letters in the background: woken after each commit that wrote messages, and swept every minute."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from notifications import mailing


@shared_task(
    name="notifications.send_mail",
    acks_late=True,
    ignore_result=True,
    soft_time_limit=540,
    time_limit=600,
)
def send_mail(**_: Any) -> int:
    """Sends every letter that is due. Repeating it does no harm: rows are claimed by lease."""
    return mailing.send_due()
