"""What many searched for and nobody has: made anew each night from the log, so that pages read only what may be told."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice
from typing import Final

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from catalog.models import Category
from search.errors import EngineUnavailable
from search.learning.anonymity import Asked, Demand, demand
from search.learning.guessing import guessed_categories
from search.learning.telling import may_be_told
from search.locks import lock_demand
from search.models import QueryLog, UnmetDemand
from search.query import SearchQuery
from search.services.searching import search

log = structlog.get_logger(__name__)

LOOKED_BACK: Final = timedelta(days=60)
KEPT: Final = 1_000
#: Seconds for searching again; what is left then is told only where it was unmet the night before.
LONGEST_RUN: Final = 300


def refresh_unmet_demand() -> int:
    """Returns how many rows there are. Without a working engine nobody knows what is sold by now, and all stays."""
    try:
        found = demand(
            _asked(),
            fewest=settings.UNMET_DEMAND_FEWEST,
            may_be_told=may_be_told,
            category_of=guessed_categories,
        )
        still = list(islice(_still_unmet(found[: 2 * KEPT]), KEPT))
    except EngineUnavailable as error:
        log.warning("search.demand_kept", reason=error.code)
        return UnmetDemand.objects.count()
    known = set(Category.objects.values_list("pk", flat=True))
    now = timezone.now()
    rows = [
        UnmetDemand(
            above_ceiling=each.above_ceiling,
            words=each.words,
            language=each.language or settings.LANGUAGE_CODE[:2],
            category_id=each.category if each.category in known else None,
            visitors=each.visitors,
            regions=list(each.regions),
            refreshed_at=now,
        )
        for each in still
        if each.words or each.category in known
    ]
    with transaction.atomic():
        lock_demand()
        UnmetDemand.objects.all().delete()
        UnmetDemand.objects.bulk_create(rows)
    return len(rows)


def _asked() -> Iterator[Asked]:
    """Searches that found nothing by their words, or nothing but above their ceiling. Nothing within a ceiling that is not
    known to be the reason says nothing of what the row lacks, nor do limits by vendor, brand and the like.
    """
    zone = timezone.get_default_timezone()
    rows = QueryLog.objects.filter(
        Q(has_ceiling=False) | Q(is_above=True),
        searched_at__gte=timezone.now() - LOOKED_BACK,
        total=0,
        is_limited=False,
        visitor__isnull=False,
    ).exclude(key=0)
    columns = ("searched_at", "key", "visitor", "language", "words", "category_id", "is_above", "region")
    for searched_at, *rest in rows.values_list(*columns).iterator(chunk_size=2_000):
        yield Asked(timezone.localdate(searched_at, zone), *rest)


def _still_unmet(found: Sequence[Demand]) -> Iterator[Demand]:
    """Searches that find nothing are the dearest there are: the most wanted first, as far as time allows."""
    end = time.monotonic() + LONGEST_RUN
    before = set(UnmetDemand.objects.filter(above_ceiling=False).values_list("words", flat=True))
    for each in found:
        is_known = not each.words or each.above_ceiling or each.words in before
        if _is_still_unmet(each) if time.monotonic() < end else is_known:
            yield each


def _is_still_unmet(each: Demand) -> bool:
    """Somebody may sell it by now. A ceiling that was too low for all is not known any more."""
    if not each.words or each.above_ceiling:
        return True
    found = search(SearchQuery(words=each.words, language=each.language, page_size=1, with_facets=False))
    if found.notice is not None:
        raise EngineUnavailable("engine_unavailable")
    return not found.total
