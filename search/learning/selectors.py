"""What operators and vendors read of what was learnt: queries by how they go, their days, demand that is not met."""

from __future__ import annotations

import datetime as dt
import enum
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from django.core.cache import cache
from django.db.models import F, Max, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from catalog.selectors import categories_below
from search.curation.handling import led_keys
from search.learning.expecting import ENOUGH, Usual, opened_little, usual_of
from search.models import CommonQuery, QueryDay, UnmetDemand

_KEPT_SECONDS: Final = 300


class Report(enum.StrEnum):
    """The ways to look at queries."""

    FREQUENT = "frequent"
    EMPTY = "empty"
    LITTLE = "little"
    CORRECTED = "corrected"
    RISING = "rising"
    FALLING = "falling"


@dataclass(frozen=True, slots=True)
class Span:
    """Days with both ends, and the language of pages, '' for all."""

    first: dt.date
    last: dt.date
    language: str = ""

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def before(self) -> Span:
        """As many days just before these."""
        length = dt.timedelta(days=self.days)
        return Span(self.first - length, self.last - length, self.language)


def queries(report: Report, span: Span) -> QuerySet[Any, Any]:
    """Of queries that enough different people asked (`CommonQuery`); others are in `totals` alone. Rows with `key`, `words`, `language`, `searches`, `empty`, `above`, `corrected`, `corrected_to`, `opened`, `hits`,
    `places`; those that rise or fall have `before`, their searches in as many days before, and `change`.
    """
    if report in {Report.RISING, Report.FALLING}:
        return _changed(span, rising=report is Report.RISING)
    rows: QuerySet[Any, Any] = _summed(_common(span))
    if report is Report.EMPTY:
        return rows.filter(empty__gt=0).order_by("-empty", "key", "language")
    if report is Report.CORRECTED:
        return rows.filter(corrected__gt=0).order_by("-corrected", "key", "language")
    if report is Report.LITTLE:
        return opened_little(rows.exclude(key__in=led_keys()), usual(span))
    return rows.order_by("-searches", "key", "language")


def usual(span: Span) -> Usual:
    """What is usual in these days, as it was some minutes ago at most."""
    key = f"search.learning.usual:{span.first}:{span.last}:{span.language}"
    kept: Usual | None = cache.get(key)
    if kept is None:
        kept = usual_of(_within(span).exclude(key__in=led_keys()))
        with suppress(OSError):  # a full disk
            cache.set(key, kept, _KEPT_SECONDS)
    return kept


def totals(span: Span) -> dict[str, int]:
    """`searches`, `empty`, `corrected`, `opened` of all queries, as they were some minutes ago at most."""
    names = ("searches", "empty", "corrected", "opened")
    key = f"search.learning.totals:{span.first}:{span.last}:{span.language}"
    kept: dict[str, int] | None = cache.get(key)
    if kept is None:
        # Of every query of up to 400 days, and pages of a report ask for it one after another.
        kept = _within(span).aggregate(**{name: Coalesce(Sum(name), 0) for name in names})
        with suppress(OSError):  # a full disk
            cache.set(key, kept, _KEPT_SECONDS)
    return kept


def days_of(key: int, span: Span) -> QuerySet[QueryDay]:
    """Its days in the span, latest first; none of a query that too few people asked."""
    return _common(span).filter(key=key).order_by("-day", "language")


def unmet_demand(*, of_categories: set[int] | None = None) -> QuerySet[UnmetDemand]:
    """What nobody has, most wanted first; of some categories and what is below them, or of all."""
    rows = UnmetDemand.objects.select_related("category").order_by("-visitors", "words", "pk")
    if of_categories is None:
        return rows
    return rows.filter(category__in=categories_below(of_categories))


def _within(span: Span) -> QuerySet[QueryDay]:
    rows = QueryDay.objects.filter(day__gte=span.first, day__lte=span.last)
    return rows.filter(language=span.language) if span.language else rows


def _common(span: Span) -> QuerySet[QueryDay]:
    return _within(span).filter(key__in=CommonQuery.objects.values("key"))


def _summed(rows: QuerySet[QueryDay]) -> QuerySet[Any, Any]:
    numbers = ("searches", "empty", "above", "corrected", "opened", "hits", "places", "results")
    return rows.values("key", "language").annotate(
        **{name: Sum(name) for name in numbers},
        # One of the spellings of its days; the last by the alphabet costs no second look.
        words=Max("words"),
        corrected_to=Max("corrected_to"),
        category_id=Max("category_id"),
    )


def _changed(span: Span, *, rising: bool) -> QuerySet[Any, Any]:
    both = Span(span.before().first, span.last, span.language)
    now, earlier = Q(day__gte=span.first), Q(day__lt=span.first)
    rows = (
        _common(both)
        .values("key", "language")
        .annotate(
            before=Coalesce(Sum("searches", filter=earlier), Value(0)),
            empty=Coalesce(Sum("empty", filter=now), Value(0)),
            opened=Coalesce(Sum("opened", filter=now), Value(0)),
            hits=Coalesce(Sum("hits", filter=now), Value(0)),
            places=Coalesce(Sum("places", filter=now), Value(0)),
            words=Max("words"),
            # Last: what follows would mean this sum by the name.
            searches=Coalesce(Sum("searches", filter=now), Value(0)),
        )
        .annotate(change=F("searches") - F("before"))
    )
    if rising:
        return rows.filter(searches__gte=ENOUGH, change__gt=0).order_by("-change", "key", "language")
    return rows.filter(before__gte=ENOUGH, change__lt=0).order_by("change", "key", "language")
