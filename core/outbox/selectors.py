"""What waits in the outbox, for health checks and operators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Min, Q

from core.models import OutboxEntry

if TYPE_CHECKING:
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


def dead_entries() -> QuerySet[OutboxEntry]:
    """Entries set aside after too many attempts, newest first."""
    return OutboxEntry.objects.filter(dead_at__isnull=False).order_by("-dead_at")
