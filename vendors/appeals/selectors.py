"""Reads about decisions and appeals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from vendors.appeals import kinds
from vendors.appeals.models import Decision
from vendors.models import Vendor

#: How long a vendor may appeal.
APPEAL_TIME: Final = dt.timedelta(days=14)


def decisions_of(vendor: Vendor) -> QuerySet[Decision]:
    """The newest first."""
    return Decision.objects.filter(vendor=vendor).order_by("-pk")


def may_be_appealed(decision: Decision, now: dt.datetime | None = None) -> bool:
    return (
        decision.appealed_at is None
        and decision.lifted_at is None
        and (now or timezone.now()) < decision.decided_at + APPEAL_TIME
    )


def appealable(vendor: Vendor) -> QuerySet[Decision]:
    """Decisions that the vendor may still appeal against."""
    since = timezone.now() - APPEAL_TIME
    return decisions_of(vendor).filter(appealed_at=None, lifted_at=None, decided_at__gt=since)


def waiting_appeals(may: Callable[[str], bool]) -> QuerySet[Decision]:
    """Appeals that nobody has judged, of kinds that `may` grants; the oldest first."""
    waiting = Decision.objects.filter(
        Q(appealed_at__isnull=False), outcome="", lifted_at=None, kind__in=kinds.names_for(may)
    )
    return waiting.select_related("vendor").order_by("appealed_at", "pk")


def in_force(kind: str, subject: str) -> Decision | None:
    """The newest decision of a kind about a subject that was not lifted."""
    return Decision.objects.filter(kind=kind, subject=subject, lifted_at=None).order_by("-pk").first()
