"""What was searched, how it went, and which hits were opened; kept for a while."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

import structlog
from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import timezone

from catalog.coverage.counting import note_filters
from core.text.typing_slips import other_layouts
from search.learning.keys import query_key
from search.learning.marks import Mark, Trace, new_token
from search.learning.visitors import number_of_visitor
from search.models import OpenedHit, QueryLog
from search.personal import looks_personal
from search.query import Limit, SearchQuery, SearchResults, StepCode

log = structlog.get_logger(__name__)

#: An address that was typed in a Cyrillic layout, read in the Latin one; the key of @ gives a quotation mark there.
_ADDRESS_OF_KEYS = re.compile(r'[^\s"]"[^\s"]+\.[a-z]{2}')
_CORRECTIONS: Final = {StepCode.LAYOUT, StepCode.TRANSLITERATED, StepCode.SPELLING}
#: More rows than that never stay, whatever their age: some 150 MB.
KEPT_ROWS: Final = 2_000_000
_AT_ONCE: Final = 5_000


def record_search(*, query: SearchQuery, results: SearchResults, visitor: str = "") -> Trace | None:
    """Notes what was searched and how it went; nothing that looks like an address or a telephone number.

    `visitor` (`core.visits.visitor_of`) is stored only as a number that nothing leads back from. Returns by what openings
    of its hits are told. A database that takes no more rows (its disk is full) costs the note,
    not the page that was asked for.
    """
    _note_filters(query)
    row = row_of_search(query=query, results=results)
    if row is None or query.page > 1:
        return None
    row.visitor = number_of_visitor(visitor, row.key)
    try:
        with transaction.atomic():
            row.save()
    except OperationalError as error:
        log.warning("search.not_noted", error=str(error))
        return None
    return Trace(row.token, row.key)


def row_of_search(*, query: SearchQuery, results: SearchResults) -> QueryLog | None:
    """What is noted of a search, not saved; None where nothing may be."""
    words = _told(query)
    if not words:
        return None
    is_corrected = any(step.code in _CORRECTIONS for step in results.steps)
    if is_corrected and looks_personal(results.words):
        return None
    return QueryLog(
        words=words,
        language=query.language[:2],
        total=results.total,
        relaxed=any(step.code is not StepCode.AS_TYPED for step in results.steps),
        has_ceiling=query.max_price is not None,
        key=query_key(words),
        token=new_token(),
        corrected_to=results.words[:200] if is_corrected else "",
        category_id=query.category_id or results.meant_category,
        region=query.region[:6],
        is_limited=_is_limited(query) or results.notice is not None,
        is_above=not results.total and any(each.limit is Limit.MAX_PRICE for each in results.alternatives),
    )


def trace_further(query: SearchQuery) -> Trace | None:
    """For results that are no search of their own (a later page, a changed filter): openings count for the query."""
    _note_filters(query)
    words = _told(query)
    if not words:
        return None
    return Trace(new_token(), query_key(words), (query.page - 1) * query.page_size)


def record_opening(*, mark: Mark, language: str) -> None:
    """Notes that a hit was opened, once a search and offer."""
    row = OpenedHit(
        token=mark.token,
        key=mark.key,
        language=language[:2],
        offer_id=mark.offer_id,
        place=mark.place,
        opened_at=timezone.now(),
    )
    try:
        with transaction.atomic():
            OpenedHit.objects.bulk_create([row], ignore_conflicts=True)
    except OperationalError as error:
        log.warning("search.opening_not_noted", error=str(error))


def forget_old_searches(*, keep: timedelta | None = None, most: int = KEPT_ROWS) -> int:
    """Deletes what was searched and opened long ago, and the oldest above `most` rows, in parts that leave room for
    others; returns how many searches. `keep` is RYAD_SEARCH_LOG_DAYS unless told.
    """
    since = timezone.now() - (keep or timedelta(days=settings.SEARCH_LOG_DAYS))
    deleted = 0
    old = QueryLog.objects.filter(searched_at__lt=since).order_by("searched_at")
    while ids := list(old.values_list("pk", flat=True)[:_AT_ONCE]):
        deleted += QueryLog.objects.filter(pk__in=ids).delete()[0]
    newest = QueryLog.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    beyond = QueryLog.objects.filter(pk__lte=newest - most).order_by("pk")
    while ids := list(beyond.values_list("pk", flat=True)[:_AT_ONCE]):
        deleted += QueryLog.objects.filter(pk__in=ids).delete()[0]
    opened = OpenedHit.objects.filter(opened_at__lt=since).order_by("opened_at")
    while ids := list(opened.values_list("pk", flat=True)[:_AT_ONCE]):
        OpenedHit.objects.filter(pk__in=ids).delete()
    return deleted


def _note_filters(query: SearchQuery) -> None:
    """By which attributes buyers narrow what they find: operators fill those first."""
    codes = [each.code for each in query.facts if each]
    if codes and query.page == 1:
        note_filters(codes)


def _told(query: SearchQuery) -> str:
    """The words as they may be written down, '' where they may not."""
    words = " ".join(query.words.split())[:200]
    in_other_keys = any(_ADDRESS_OF_KEYS.search(each) for each in other_layouts(words))
    return "" if in_other_keys or looks_personal(words) else words


def _is_limited(query: SearchQuery) -> bool:
    """By what says nothing of what the row lacks: a certain vendor, brand, size."""
    return bool(
        query.min_price is not None
        or query.vendors_in
        or query.vendors_out
        or query.availability
        or query.brands
        or query.facts
        or query.pickup
        or query.delivered
        or query.participation
        or query.condition
    )
