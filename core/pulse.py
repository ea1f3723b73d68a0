"""Whether somebody works: each queue's pulse is written by a task that only a worker of that queue can run."""

from __future__ import annotations

import datetime as dt
from typing import Final

from core import clock
from core.models import Heartbeat, Job, JobState

#: Three beats of 30 seconds, and some patience with a queue in which short tasks stand before it.
LOST_AFTER: Final = dt.timedelta(seconds=120)


def note(*, queue: str) -> None:
    """A worker took something from the queue just now."""
    Heartbeat.objects.update_or_create(queue=queue, defaults={"at": clock.now()})


def last_served() -> dict[str, dt.datetime]:
    """Queue → when a worker was last seen at it: by its beat, or by long work that is going on."""
    seen = dict(Heartbeat.objects.values_list("queue", "at"))
    running = Job.objects.filter(state=JobState.RUNNING, heartbeat_at__isnull=False)
    for queue, at in running.values_list("queue", "heartbeat_at"):
        if at is not None and (queue not in seen or seen[queue] < at):
            seen[queue] = at
    return seen
