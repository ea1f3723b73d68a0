"""Which queries of the log may be suggested to others: asked on several days, telling of nobody, finding something.

Many are enough different visitors on enough days, as for unmet demand (`search.learning.anonymity`): who repeats a query has
asked it once on that day. A query counts where one spelling of it found something as typed for so many within ninety days;
those of the most days come first. It is then searched once more: what finds
nothing now, or only after correcting, is left out. So every suggested word stands in an offer that anybody can see.
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

import structlog
from django.db import transaction
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from catalog.models import Offer
from core import clock, text
from search.errors import EngineUnavailable
from search.learning.anonymity import is_enough
from search.learning.telling import may_be_told
from search.locks import lock_popular
from search.models import QueryLog
from search.query import SearchQuery, StepCode
from search.services import search
from search.suggesting.blocking import blocked_among
from search.suggesting.directory import forget_directory
from search.suggesting.fitness import is_fit
from search.suggesting.models import PopularQuery

log = structlog.get_logger(__name__)

LOOKED_BACK: Final = dt.timedelta(days=90)
KEPT: Final = 2_000
#: Hits whose vendors are looked at, before it is asked whether others have it at all.
_LOOKED_AT: Final = 10
#: Seconds for searching again; what is left then stays as it was tried the night before.
LONGEST_RUN: Final = 300


@dataclass(frozen=True, slots=True)
class _Asked:
    """One query. Of spellings that differ only by case, blanks and marks, the one that was asked on most days."""

    words: str
    language: str
    visitors: int
    days: int


def refresh_popular_queries() -> int:
    """Makes the table anew from the log; returns how many queries are in it. Without a working engine nobody knows
    what finds something, and all stays as it was.
    """
    kept: list[PopularQuery] = []
    now, end = clock.now(), time.monotonic() + LONGEST_RUN
    stored = PopularQuery.objects.values_list("words", "total", "only_vendor_id")
    before = {words: (total, only_vendor) for words, total, only_vendor in stored}
    often = _often_asked()[: 2 * KEPT]
    try:
        told = may_be_told(asked.words for asked in often)
    except EngineUnavailable as error:
        log.warning("search.suggestions_kept", reason=error.code)
        return len(before)
    blocked = blocked_among(told)
    for asked in often:
        if len(kept) == KEPT:
            break
        if asked.words not in told:
            continue
        if asked.words in blocked:
            continue
        tried = _tried(asked) if time.monotonic() < end else before.get(asked.words, (0, None))
        if tried is None:
            log.warning("search.suggestions_kept", reason="engine")
            return len(before)
        total, only_vendor = tried
        if total:
            kept.append(
                PopularQuery(
                    words=asked.words,
                    language=asked.language,
                    asked=asked.visitors,
                    days=asked.days,
                    total=total,
                    only_vendor_id=only_vendor,
                    refreshed_at=now,
                )
            )
    with transaction.atomic():
        lock_popular()
        PopularQuery.objects.all().delete()
        PopularQuery.objects.bulk_create(kept)
    forget_directory()
    return len(kept)


def _tried(asked: _Asked) -> tuple[int, int | None] | None:
    """How many offers it finds as typed, and the vendor that has all of them; None where no engine says."""
    query = SearchQuery(words=asked.words, language=asked.language, page_size=_LOOKED_AT, with_facets=False)
    results = search(query)
    if results.engine == "database":
        return None
    if not results.total or any(step.code is not StepCode.AS_TYPED for step in results.steps):
        return 0, None
    hits = [hit.offer_id for hit in results.hits]
    vendors = set(Offer.objects.filter(pk__in=hits).values_list("vendor", flat=True))
    if len(vendors) == 1 and results.total > len(hits):
        others = search(replace(query, vendors_out=frozenset(vendors), page_size=1))
        if others.engine == "database":
            return None
        if others.total and all(step.code is StepCode.AS_TYPED for step in others.steps):
            return results.total, None
    return results.total, vendors.pop() if len(vendors) == 1 else None


def _often_asked() -> list[_Asked]:
    """Queries that enough visitors asked. Counted are those of one spelling and language, so there are at least so many."""
    days = (
        QueryLog.objects.filter(
            searched_at__gte=clock.now() - LOOKED_BACK, total__gt=0, relaxed=False, words__gt=""
        )
        .exclude(visitor=None)
        .annotate(day=TruncDate("searched_at", tzinfo=timezone.get_default_timezone()))
        .values("words", "language", "day")
        .annotate(visitors=Count("visitor", distinct=True))
        .order_by("words", "language")
        .values_list("words", "language", "visitors")
    )
    enough = []
    for (words, language), rows in groupby(days.iterator(chunk_size=2_000), key=lambda row: row[:2]):
        visitors = [count for _words, _language, count in rows]
        if is_enough(visitors):
            enough.append(_Asked(words, language, sum(visitors), len(visitors)))
    most: dict[str, _Asked] = {}
    for asked in sorted(enough, key=lambda each: (-each.days, -each.visitors, each.words, each.language)):
        most.setdefault(text.fold(asked.words), asked)
    return [asked for asked in most.values() if is_fit(asked.words)]
