"""What waits in the outbox, for health checks and operators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Min, Q

from core import clock
from core.models import OutboxEntry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Backlog:
    """Entries of one consumer; `oldest_at` is when the longest-waiting one was written."""

    consumer: str
    waiting: int
    failing: int
    dead: int
    oldest_at: datetime | None


def backlogs() -> list[Backlog]:
    """One line per consumer that has entries."""
    alive = Q(dead_at=None)
    rows = (
        OutboxEntry.objects.values("consumer")
        .annotate(
            waiting=Count("pk", filter=alive),
            failing=Count("pk", filter=alive & Q(attempts__gt=0, lease=None)),
            dead=Count("pk", filter=~alive),
            oldest_at=Min("created_at", filter=alive),
        )
        .order_by("consumer")
    )
    return [Backlog(**row) for row in rows]


def lags() -> dict[str, float]:
    """Seconds since the longest-waiting entry of each consumer was written; consumers without any are left out."""
    now = clock.now()
    waiting = OutboxEntry.objects.filter(dead_at=None)
    return {
        row["consumer"]: max(0.0, (now - row["oldest_at"]).total_seconds())
        for row in waiting.values("consumer").annotate(oldest_at=Min("created_at")).order_by("consumer")
    }


def oldest_age(consumer: str) -> float:
    """Seconds since the longest-waiting entry of one consumer was written; 0 where nothing waits."""
    waiting = OutboxEntry.objects.filter(consumer=consumer, dead_at=None)
    oldest = waiting.aggregate(oldest=Min("created_at"))["oldest"]
    return 0.0 if oldest is None else max(0.0, (clock.now() - oldest).total_seconds())


def is_idle(consumer: str, *, up_to: int | None = None) -> bool:
    """Nothing waits and nobody works, of all entries or of those up to an id; what was set aside does not count."""
    entries = OutboxEntry.objects.filter(consumer=consumer, dead_at=None)
    return not (entries if up_to is None else entries.filter(pk__lte=up_to)).exists()


def newest_waiting(consumer: str) -> int:
    """The highest id of what waits or is worked on, 0 for nothing: all that was committed by now has at most that."""
    entries = OutboxEntry.objects.filter(consumer=consumer, dead_at=None)
    return entries.order_by("-pk").values_list("pk", flat=True).first() or 0


def waiting_payloads(consumer: str) -> Iterator[dict[str, Any]]:
    """Payloads of all that waits or is worked on; what was set aside does not count."""
    waiting = OutboxEntry.objects.filter(consumer=consumer, dead_at=None)
    return waiting.values_list("payload", flat=True).iterator(chunk_size=500)


def dead_entries() -> QuerySet[OutboxEntry]:
    """Entries set aside after too many attempts, newest first."""
    return OutboxEntry.objects.filter(dead_at__isnull=False).order_by("-dead_at")
