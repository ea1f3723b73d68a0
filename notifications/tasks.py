"""Letters in the background: woken after each commit that wrote messages, and swept every minute.

Not retried by Celery: each letter has its attempts and pauses in its row.
"""

from __future__ import annotations

from typing import Any

from celery import shared_task

from core.parallel import OneRun
from notifications import digests, mailing
from notifications.push import sending

#: Slow push services hold one thread of the worker that also sends letters and closes requests.
_pushing = OneRun()


@shared_task(
    name="notifications.send_mail",
    soft_time_limit=540,
    time_limit=600,  # the lease of a batch
)
def send_mail(**_: Any) -> int:
    """Sends every letter that is due. Repeating it does no harm: rows are claimed by lease."""
    return mailing.send_due()


@shared_task(name="notifications.send_digests", soft_time_limit=540, time_limit=600)
def send_digests(**_: Any) -> int:
    """Sends every digest that is due. Repeating it does no harm: each person's is claimed by lease."""
    return digests.send_due()


@shared_task(name="notifications.send_push", soft_time_limit=110, time_limit=150)
def send_push(**_: Any) -> int:
    """Sends every push message that is due. Repeating it does no harm: rows are claimed by lease."""
    return _pushing.go(sending.send_due)
