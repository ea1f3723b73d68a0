"""Reads of the inbox: queues with their figures, and one list of items over all of them, those due first."""

from __future__ import annotations

import datetime as dt
import heapq
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import User
from cms.operators.inbox.models import InboxClaim, QueueKeeper
from cms.operators.inbox.queues import Queue, Shown, Source, queues_for
from core.ids import id_of

ON_PAGE: Final = 30
#: Beyond it nobody needs the exact number, and counting stays cheap.
MOST_COUNTED: Final = 9_999


@dataclass(frozen=True, slots=True)
class Figures:
    """A queue in the table above. `is_capped`: there are more than `count`."""

    queue: Queue
    count: int
    is_capped: bool
    oldest: dt.datetime | None
    mine: int
    nobodys: int
    keeper: User | None
    now: dt.datetime

    @property
    def is_late(self) -> bool:
        return self.oldest is not None and self.oldest + self.queue.within < self.now


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to. `owner` is mine, nobody or "", `age` late or ""."""

    queue: str = ""
    owner: str = ""
    age: str = ""
    vendor: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One item of the list."""

    item: str
    queue: Queue
    source: Source
    row: Any
    shown: Shown
    at: dt.datetime
    due: dt.datetime
    is_late: bool
    claim: InboxClaim | None


@dataclass(frozen=True, slots=True)
class Page:
    lines: list[Line]
    later: str  # the cursor of what follows, "" at the end


def live_claims() -> dict[str, dict[int, InboxClaim]]:
    """By source and number; one query."""
    found: dict[str, dict[int, InboxClaim]] = defaultdict(dict)
    for claim in InboxClaim.objects.filter(until__gt=timezone.now()).select_related("operator"):
        found[claim.source][claim.number] = claim
    return found


def figures(operator: User, claims: dict[str, dict[int, InboxClaim]] | None = None) -> list[Figures]:
    """Two queries, and one or two for each source: however much waits, no more than `MOST_COUNTED` are counted."""
    claims = live_claims() if claims is None else claims
    keepers = {each.queue: each.operator for each in QueueKeeper.objects.select_related("operator")}
    now = timezone.now()
    rows = []
    for queue in queues_for(operator):
        count, mine, taken, oldest, capped = 0, 0, 0, None, False
        for source in queue.sources_for(operator):
            counted = source.rows().order_by(source.at, "pk")[: MOST_COUNTED + 1]
            sums = counted.aggregate(number=Count("pk"), first=Min(source.at))
            capped = capped or sums["number"] > MOST_COUNTED
            count += min(sums["number"], MOST_COUNTED)
            if sums["first"] is not None and (oldest is None or sums["first"] < oldest):
                oldest = sums["first"]
            held = claims.get(source.key, {})
            if held:
                waiting = set(source.rows().filter(pk__in=held).values_list("pk", flat=True))
                taken += len(waiting)
                mine += sum(held[pk].operator_id == operator.pk for pk in waiting)
        rows.append(Figures(queue, count, capped, oldest, mine, count - taken, keepers.get(queue.key), now))
    return rows


def items(
    operator: User,
    filters: Filters,
    cursor: str = "",
    claims: dict[str, dict[int, InboxClaim]] | None = None,
) -> Page:
    """A page of all queues' items by when they are due. One query a source for the keys, then those of what is shown."""
    claims = live_claims() if claims is None else claims
    now = timezone.now()
    chosen = [
        (queue, source)
        for queue in queues_for(operator)
        if not filters.queue or queue.key == filters.queue
        for source in queue.sources_for(operator)
    ]
    streams = []
    for place, (queue, source) in enumerate(chosen):
        rows = _narrowed(operator, source, queue, filters, claims.get(source.key, {}))
        if rows is None:
            continue
        rows = _after(rows, source, queue, place, cursor)
        keys = rows.order_by(source.at, "pk").values_list(source.at, "pk")[: ON_PAGE + 1]
        streams.append([(at + queue.within, place, pk) for at, pk in keys])
    merged = list(heapq.merge(*streams))[: ON_PAGE + 1]
    shown = merged[:ON_PAGE]
    lines = _lines(shown, chosen, claims, now)
    later = ""
    if len(merged) > ON_PAGE and shown:
        due, place, pk = shown[-1]
        later = f"{due.isoformat()}|{place}|{pk}"
    return Page(lines, later)


def line_of(operator: User, queue: Queue, source: Source, row: Any) -> Line:
    """One item, for its own page."""
    now = timezone.now()
    at = getattr(row, source.at)
    claim = (
        InboxClaim.objects.filter(item=source.item(row.pk), until__gt=now).select_related("operator").first()
    )
    due = at + queue.within
    return Line(source.item(row.pk), queue, source, row, source.show([row])[0], at, due, due < now, claim)


def _narrowed(
    operator: User,
    source: Source,
    queue: Queue,
    filters: Filters,
    held: dict[int, InboxClaim],
) -> QuerySet[Any] | None:
    rows = source.rows()
    if filters.vendor:
        if not source.vendor_field:
            return None
        rows = rows.filter(**{source.vendor_field: filters.vendor})
    if filters.age == "late":
        rows = rows.filter(**{f"{source.at}__lt": timezone.now() - queue.within})
    if filters.owner == "mine":
        mine = [pk for pk, claim in held.items() if claim.operator_id == operator.pk]
        return rows.filter(pk__in=mine) if mine else None
    if filters.owner == "nobody" and held:
        rows = rows.exclude(pk__in=list(held))
    return rows


def _after(rows: QuerySet[Any], source: Source, queue: Queue, place: int, cursor: str) -> QuerySet[Any]:
    """What follows the cursor in the order of (due, source, key); one that cannot be read is the beginning."""
    due_text, _bar, rest = cursor.partition("|")
    place_text, _bar, pk_text = rest.partition("|")
    due, last_place, last_pk = _moment(due_text), id_of(place_text), id_of(pk_text)
    if due is None or last_place is None or last_pk is None:
        return rows
    try:
        at = (due - queue.within).astimezone(dt.UTC)
    except OverflowError:  # a moment that somebody made up, at the very edge of the calendar
        return rows
    later = Q(**{f"{source.at}__gt": at})
    if place > last_place:
        later |= Q(**{source.at: at})
    elif place == last_place:
        later |= Q(**{source.at: at, "pk__gt": last_pk})
    return rows.filter(later)


def _moment(text: str) -> dt.datetime | None:
    try:
        found = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _lines(
    shown: Sequence[tuple[dt.datetime, int, int]],
    chosen: Sequence[tuple[Queue, Source]],
    claims: dict[str, dict[int, InboxClaim]],
    now: dt.datetime,
) -> list[Line]:
    by_place: dict[int, list[int]] = defaultdict(list)
    for _due, place, pk in shown:
        by_place[place].append(pk)
    drawn: dict[tuple[int, int], tuple[Any, Shown]] = {}
    for place, pks in by_place.items():
        source = chosen[place][1]
        rows = list(source.rows().filter(pk__in=pks))
        for row, each in zip(rows, source.show(rows), strict=True):
            drawn[place, row.pk] = (row, each)
    lines = []
    for due, place, pk in shown:
        if (place, pk) not in drawn:  # decided between the two questions
            continue
        queue, source = chosen[place]
        row, each = drawn[place, pk]
        lines.append(
            Line(
                source.item(pk),
                queue,
                source,
                row,
                each,
                due - queue.within,
                due,
                due < now,
                claims.get(source.key, {}).get(pk),
            )
        )
    return lines
