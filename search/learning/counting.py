"""Counts of searches by day and query, made anew for each day from the log while its rows are there."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Count, Max, Min, Q, Sum
from django.utils import timezone

from search.learning.anonymity import FEWEST, FEWEST_AT_ONCE, FEWEST_DAYS, is_enough
from search.learning.keys import query_key
from search.models import CommonQuery, OpenedHit, QueryDay, QueryLog

#: Days whose counts are kept.
KEPT_DAYS: Final = 400
#: What was asked fewer times on a day is forgotten with its rows of the log.
RARE: Final = 5
#: Of one day; what is asked more rarely than the rest of such a day is not counted.
MOST_QUERIES: Final = 100_000
#: More results of a search say no more about it.
MOST_RESULTS: Final = 1_000
_AT_ONCE: Final = 2_000
#: Rows that are written or deleted in one transaction: SQLite has one writer, and others wait for it.
_WRITTEN_AT_ONCE: Final = 1_000
_WRITTEN: Final = (
    "words", "searches", "empty", "above", "corrected", "corrected_to", "opened", "hits", "places", "category_id",
    "visitors", "results",
)  # fmt: skip
_COLUMNS: Final = (
    "key", "language", "words", "total", "corrected_to", "category_id", "is_above", "visitor",
)  # fmt: skip


@dataclass(slots=True)
class _Count:
    searches: int = 0
    empty: int = 0
    above: int = 0
    corrected: int = 0
    opened: int = 0
    hits: int = 0
    places: int = 0
    results: int = 0
    visitors: set[int] = field(default_factory=set)
    spellings: Counter[str] = field(default_factory=Counter)
    corrections: Counter[str] = field(default_factory=Counter)
    categories: Counter[int] = field(default_factory=Counter)

    def add(self, row: dict[str, object]) -> None:
        self.searches += 1
        self.results += min(MOST_RESULTS, int(str(row["total"])))
        if isinstance(row["visitor"], int):
            self.visitors.add(row["visitor"])
        self.spellings[str(row["words"])] += 1
        if row["corrected_to"]:
            self.corrected += 1
            self.corrections[str(row["corrected_to"])] += 1
        if isinstance(row["category_id"], int):
            self.categories[row["category_id"]] += 1
        if not row["total"]:
            self.empty += 1
            self.above += bool(row["is_above"])


def count_searches(*, now: dt.datetime | None = None) -> int:
    """Counts every day since the last that was counted, today as far as it is; returns how many days. What was counted
    of them before is replaced, so that doing it twice changes nothing.
    """
    today = timezone.localdate(now, timezone.get_default_timezone())
    counted = QueryDay.objects.aggregate(last=Max("day"))["last"]
    first = QueryLog.objects.aggregate(first=Min("searched_at"))["first"]
    if first is None:
        return 0
    day = timezone.localdate(first, timezone.get_default_timezone())
    if counted is not None:
        # The evening of the last day may have come after it was counted.
        day = max(day, counted)
    days = 0
    while day <= today:
        count_day(day=day)
        day += dt.timedelta(days=1)
        days += 1
    return days


def count_day(*, day: dt.date) -> int:
    """Makes the counts of one day of Kyiv's clock; returns how many queries it had. In parts, and only what has changed:
    a run that is broken off leaves each count as it was or as it is, and the next makes the rest.
    """
    counts = _counted(day)
    _add_openings(day, counts)
    most = sorted(counts.items(), key=lambda pair: -pair[1].searches)[:MOST_QUERIES]
    stored = QueryDay.objects.filter(day=day).values_list("key", "language", *_WRITTEN)
    before = {(key, language): values for key, language, *values in stored.iterator(chunk_size=_AT_ONCE)}
    changed = (
        row
        for row in _rows(day, most)
        if [getattr(row, name) for name in _WRITTEN] != before.get((row.key, row.language))
    )
    while part := list(itertools.islice(changed, _WRITTEN_AT_ONCE)):
        QueryDay.objects.bulk_create(
            # In one order, so that two runs at once wait for each other instead of blocking each other.
            sorted(part, key=lambda row: (row.key, row.language)),
            update_conflicts=True,
            unique_fields=["day", "key", "language"],
            update_fields=_WRITTEN,
        )
    gone = before.keys() - {query for query, _count in most}
    if gone:
        rows = QueryDay.objects.filter(day=day).values_list("pk", "key", "language")
        _delete([pk for pk, key, language in rows if (key, language) in gone])
    return len(most)


def refresh_common_queries() -> int:
    """Finds anew which queries enough different people asked; returns how many."""
    asked = QueryDay.objects.filter(visitors__gt=0)
    likely = (
        asked.values("key")
        .annotate(days=Count("day", distinct=True), most=Max("visitors"), all=Sum("visitors"))
        .filter(days__gte=FEWEST_DAYS, most__gte=FEWEST_AT_ONCE, all__gte=FEWEST)
        .values("key")
    )
    # Who asks in two languages on a day is one visitor: of a day, that language counts which most asked in.
    days = (
        asked.filter(key__in=likely)
        .values("key", "day")
        .annotate(most=Max("visitors"))
        .order_by("key")
        .values_list("key", "most")
    )
    common = {
        key
        for key, rows in itertools.groupby(days.iterator(chunk_size=_AT_ONCE), key=lambda row: row[0])
        if is_enough(most for _key, most in rows)
    }
    before = set(CommonQuery.objects.values_list("key", flat=True))
    gone, new = sorted(before - common), sorted(common - before)
    for start in range(0, len(gone), _WRITTEN_AT_ONCE):
        CommonQuery.objects.filter(key__in=gone[start : start + _WRITTEN_AT_ONCE]).delete()
    for start in range(0, len(new), _WRITTEN_AT_ONCE):
        rows = [CommonQuery(key=key) for key in new[start : start + _WRITTEN_AT_ONCE]]
        CommonQuery.objects.bulk_create(rows, ignore_conflicts=True)
    return len(common)


def forget_old_counts(*, log_days: int, now: dt.datetime | None = None) -> int:
    """Deletes counts that are too old, and of days whose searches are forgotten all that was rare or that too few people
    asked: what one person repeats is not kept longer than the log. Returns how many.
    """
    today = timezone.localdate(now, timezone.get_default_timezone())
    old = Q(day__lt=today - dt.timedelta(days=KEPT_DAYS))
    few = Q(searches__lt=RARE) | ~Q(key__in=CommonQuery.objects.values("key"))
    rare = Q(day__lt=today - dt.timedelta(days=log_days)) & few
    return _delete(list(QueryDay.objects.filter(old | rare).values_list("pk", flat=True)))


def _delete(rows: list[int]) -> int:
    for start in range(0, len(rows), _WRITTEN_AT_ONCE):
        QueryDay.objects.filter(pk__in=rows[start : start + _WRITTEN_AT_ONCE]).delete()
    return len(rows)


def _bounds(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    zone = timezone.get_default_timezone()
    start = dt.datetime.combine(day, dt.time(), zone)
    return start, dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)


def _counted(day: dt.date) -> dict[tuple[int, str], _Count]:
    start, end = _bounds(day)
    counts: dict[tuple[int, str], _Count] = defaultdict(_Count)
    rows = QueryLog.objects.filter(searched_at__gte=start, searched_at__lt=end).values(*_COLUMNS)
    for row in rows.iterator(chunk_size=_AT_ONCE):
        # Rows of before there were keys have none.
        key = row["key"] or query_key(row["words"])
        if key:
            counts[key, row["language"]].add(row)
        if len(counts) > 2 * MOST_QUERIES:
            # What is asked once is not kept in any case on such a day; a later one begins anew.
            for once in [query for query, count in counts.items() if count.searches == 1]:
                del counts[once]
    return counts


def _add_openings(day: dt.date, counts: dict[tuple[int, str], _Count]) -> None:
    """An opening counts on its own day, and as one of the searches of its query on that day."""
    start, end = _bounds(day)
    rows = OpenedHit.objects.filter(opened_at__gte=start, opened_at__lt=end)
    tokens: dict[tuple[int, str], set[str]] = defaultdict(set)
    for key, language, token, place in rows.values_list("key", "language", "token", "place").iterator(
        chunk_size=_AT_ONCE
    ):
        count = counts.get((key, language))
        if count is not None:
            count.hits += 1
            count.places += place
            tokens[key, language].add(token)
    for each, opened in tokens.items():
        counts[each].opened = min(len(opened), counts[each].searches)


def _rows(day: dt.date, counts: Iterable[tuple[tuple[int, str], _Count]]) -> Iterator[QueryDay]:
    for (key, language), count in counts:
        yield QueryDay(
            day=day,
            key=key,
            language=language,
            words=_most(count.spellings),
            searches=count.searches,
            empty=count.empty,
            above=count.above,
            corrected=count.corrected,
            corrected_to=_most(count.corrections),
            opened=count.opened,
            hits=count.hits,
            places=count.places,
            category_id=max(count.categories, key=lambda one: (count.categories[one], -one), default=None),
            visitors=len(count.visitors),
            results=count.results,
        )


def _most(spellings: Counter[str]) -> str:
    return min(spellings, key=lambda each: (-spellings[each], each), default="")
