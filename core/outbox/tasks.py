"""Celery's side of the outbox: a wake-up per commit, and a sweep for wake-ups that were lost."""

from __future__ import annotations

import logging
import time
from typing import Any, Final

from celery import shared_task
from django.db.models import Count

from core import clock
from core.broker.publishing import hand_over
from core.models import OutboxEntry
from core.outbox import registry, services

logger = logging.getLogger(__name__)

MOST_WAKES: Final = 4  # of one consumer by one sweep
DRAIN_SECONDS: Final = 120  # then the worker's thread is free for others and the sweep comes back


@shared_task(name="outbox.drain", soft_time_limit=1800, time_limit=1860)
def drain(*, consumer: str, **_: Any) -> None:
    """Drain one consumer; a handler of another version of the code that is gone leaves its entries waiting.

    Sent to the consumer's own queue. Not retried by Celery: each entry has its attempts and pauses. Where another one
    of the queue is to go first, it is woken, and this one again after it.
    """
    urgent = registry.consumer(consumer).gives_way_to
    deadline = time.monotonic() + DRAIN_SECONDS
    services.drain(consumer, deadline=deadline, until=lambda: _is_kept_waiting(urgent))
    if _is_kept_waiting(urgent):
        wake(urgent)
        wake(consumer)


@shared_task(name="outbox.sweep", soft_time_limit=50, time_limit=60)
def sweep(**_: Any) -> None:
    """Wake every consumer that has something due, with several workers where much waits and they can share it."""
    known = registry.consumers()
    due = OutboxEntry.objects.filter(dead_at=None, visible_at__lte=clock.now())
    for name, count in due.order_by().values_list("consumer").annotate(count=Count("pk")):
        if name in known:
            batches = 1 if known[name].is_exclusive else -(-count // known[name].batch_now)
            for _worker in range(min(batches, MOST_WAKES)):
                wake(name)
        else:
            logger.error("outbox: entries wait for the consumer %r, which is not registered", name)


def _is_kept_waiting(consumer: str) -> bool:
    """Whether entries of the consumer are due and nobody has any of them in hand."""
    if not consumer:
        return False
    entries = OutboxEntry.objects.filter(consumer=consumer, dead_at=None)
    now = clock.now()
    in_hand = entries.filter(lease__isnull=False, visible_at__gt=now)
    return entries.filter(visible_at__lte=now).exists() and not in_hand.exists()


def wake(consumer: str) -> None:
    """Send the drain task; without a broker the sweep will do it later, so the caller never fails."""
    if consumer not in registry.consumers():
        return
    queue = registry.consumer(consumer).queue
    error = hand_over(lambda: drain.apply_async(kwargs={"consumer": consumer}, queue=queue, retry=False))
    if error:
        logger.warning("outbox: the broker does not answer (%r); the sweep will wake %r", error, consumer)
