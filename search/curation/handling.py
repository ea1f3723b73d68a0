"""What was done about queries of the reports: one row an act, the last of a query counts; and whether it helped."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from core import clock
from core.audit.services import record
from search.curation.enums import HandledBy
from search.curation.models import QueryHandling
from search.locks import lock_tuning
from search.models import QueryDay
from search.tuning import trail

#: Days that are compared at most, before and since.
COMPARED: Final = 28


@dataclass(frozen=True, slots=True)
class Rates:
    """Of some days: searches, the share that found nothing, the share with an opened hit."""

    searches: int
    empty: float
    opened: float

    @property
    def percent_empty(self) -> int:
        return round(100 * self.empty)

    @property
    def percent_opened(self) -> int:
        return round(100 * self.opened)


@dataclass(frozen=True, slots=True)
class Handled:
    """The last act on a query, with its rates before and since; None where nobody searched for it."""

    row: QueryHandling
    before: Rates | None = None
    since: Rates | None = None

    @property
    def is_led(self) -> bool:
        return self.row.handled_by == HandledBy.ROUTE

    @property
    def has_helped(self) -> bool | None:
        """Fewer searches find nothing, or more of them lead on; None while there is too little to say it, and of queries
        that lead to a page: whoever comes there opens no hit.
        """
        if (
            self.is_led
            or self.before is None
            or self.since is None
            or min(self.before.searches, self.since.searches) < 3
        ):
            return None
        if abs(self.since.empty - self.before.empty) >= 0.05:
            return self.since.empty < self.before.empty
        if abs(self.since.opened - self.before.opened) >= 0.05:
            return self.since.opened > self.before.opened
        return False


def note(
    *, key: int, words: str, handled_by: str, actor: str, subject: str = "", note: str = ""
) -> QueryHandling:
    """In the transaction of what was done. A query that was handled is handled anew."""
    return QueryHandling.objects.create(
        key=key,
        words=words[:200],
        handled_by=handled_by,
        subject=subject,
        note=note.strip()[:200],
        actor=actor,
        at=clock.now(),
    )


@transaction.atomic
def handle(*, key: int, words: str, handled_by: HandledBy, actor: str, note_text: str = "") -> QueryHandling:
    """Marks a query as fine or as no search of buyers."""
    lock_tuning()
    row = note(key=key, words=words, handled_by=handled_by, actor=actor, note=note_text)
    record(
        actor=actor,
        action=trail.HANDLED,
        subject=f"query:{key}",
        subject_name=words[:200],
        reason=note_text,
        details={"how": str(handled_by)},
    )
    return row


@transaction.atomic
def reopen(*, key: int, actor: str) -> bool:
    """The query is in the reports again as one that nobody has handled."""
    lock_tuning()
    rows = QueryHandling.objects.filter(key=key, ended_at__isnull=True)
    last = rows.order_by("-pk").first()
    if last is None:
        return False
    rows.update(ended_at=clock.now())
    record(actor=actor, action=trail.REOPENED, subject=f"query:{key}", subject_name=last.words)
    return True


def went_live(*, subjects: Collection[str]) -> None:
    """What was drafted for a query acts from now on: its days are compared with those before this moment."""
    QueryHandling.objects.filter(subject__in=subjects, ended_at__isnull=True).update(at=clock.now())


def was_ended(*, subject: str) -> None:
    QueryHandling.objects.filter(subject=subject, ended_at__isnull=True).update(ended_at=clock.now())


def handled_keys() -> Any:
    """Keys of queries that somebody has handled, for a filter."""
    return QueryHandling.objects.filter(ended_at__isnull=True).values("key")


def led_keys() -> QuerySet[QueryHandling, int]:
    """Keys of queries that lead to a page: their searches can open no hit, and say nothing of what is usual."""
    led = QueryHandling.objects.filter(handled_by=HandledBy.ROUTE, ended_at__isnull=True)
    return led.values_list("key", flat=True)


def handled(keys: Iterable[int]) -> dict[int, Handled]:
    """The last act on each of the queries, with what became of them; two statements, whatever their number."""
    rows = QueryHandling.objects.filter(key__in=set(keys), ended_at__isnull=True).order_by("pk")
    last = {row.key: row for row in rows}
    if not last:
        return {}
    zone = timezone.get_default_timezone()
    days = {key: timezone.localdate(row.at, zone) for key, row in last.items()}
    first = min(days.values()) - dt.timedelta(days=COMPARED)
    counted = (
        QueryDay.objects.filter(key__in=list(last), day__gte=first)
        .order_by()
        .values("key", "day")
        .annotate(searches=Sum("searches"), empty=Sum("empty"), opened=Sum("opened"))
    )
    before: dict[int, list[Any]] = defaultdict(list)
    since: dict[int, list[Any]] = defaultdict(list)
    for row in counted:
        on = days[row["key"]]
        # The day itself had both.
        if on < row["day"] <= on + dt.timedelta(days=COMPARED):
            since[row["key"]].append(row)
        elif on - dt.timedelta(days=COMPARED) <= row["day"] < on:
            before[row["key"]].append(row)
    return {key: Handled(row, _rates(before[key]), _rates(since[key])) for key, row in last.items()}


def _rates(rows: list[Any]) -> Rates | None:
    searches = sum(row["searches"] for row in rows)
    if not searches:
        return None
    return Rates(
        searches,
        sum(row["empty"] for row in rows) / searches,
        sum(row["opened"] for row in rows) / searches,
    )
