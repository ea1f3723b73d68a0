"""Reading the trace: what an operator did, what happened to a thing, what was written about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from core.models import AuditEntry


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the trace is wanted; empty fields ask for nothing. `until` is the first moment that no longer counts."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    words: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None


def entries(asked: Asked) -> QuerySet[AuditEntry]:
    """Newest first."""
    found = AuditEntry.objects.order_by("-at", "-pk")
    exact = {"actor": asked.actor, "action": asked.action, "subject": asked.subject}
    found = found.filter(**{name: value for name, value in exact.items() if value})
    for word in asked.words.casefold().split()[:8]:
        found = found.filter(words__contains=word)
    if asked.since is not None:
        found = found.filter(at__gte=asked.since)
    if asked.until is not None:
        found = found.filter(at__lt=asked.until)
    return found


def of_subject(subject: str, most: int = 10) -> list[AuditEntry]:
    """The last that happened to a thing."""
    return list(AuditEntry.objects.filter(subject=subject).order_by("-at", "-pk")[:most])
