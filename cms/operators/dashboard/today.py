"""What needs a person today: numbers with the pages that they lead to, each for those who may act on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from cms.operators.inbox.listing import figures
from search.curation import handling, places
from search.learning import selectors as learning
from search.learning.selectors import Report, Span
from search.tuning import selectors as tuning
from search.tuning.enums import TuningState

_RIGHT = "search.change_rankingweights"
#: Days of searches that are looked at, and the most queries that are counted.
_DAYS, _MOST = 7, 99
#: A week of all queries is grouped for it, and everybody's home asks.
_EMPTY_KEY, _KEPT_SECONDS = "dashboard.empty_queries", 120


@dataclass(frozen=True, slots=True)
class Task:
    """`number` things that wait, at least, where `is_capped`. `is_late`: some of them for too long."""

    label: str
    number: int
    url: str
    is_capped: bool = False
    is_late: bool = False


def tasks_for(operator: User) -> list[Task]:
    """Those with something in them: queues of the inbox first, then what is to be curated in searching."""
    found = _queues(operator)
    if operator.has_perm(_RIGHT):
        found += [task() for task in _CURATION]
    return [task for task in found if task.number]


def _queues(operator: User) -> list[Task]:
    return [
        Task(
            str(line.queue.label),
            line.count,
            f"{reverse('operators_inbox')}?queue={line.queue.key}",
            line.is_capped,
            line.is_late,
        )
        for line in figures(operator)
    ]


def _empty_queries() -> Task:
    today = timezone.localdate()
    span = Span(today - dt.timedelta(days=_DAYS - 1), today)
    number = cache.get(_EMPTY_KEY)
    if number is None:
        rows = learning.queries(Report.EMPTY, span).exclude(key__in=handling.handled_keys())
        number = len(rows[: _MOST + 1])
        with suppress(OSError):  # a full disk
            cache.set(_EMPTY_KEY, number, _KEPT_SECONDS)
    address = f"{reverse('operators_searches')}?report=empty&show=open&days={_DAYS}"
    return Task(_("Searches that found nothing, not handled"), min(number, _MOST), address, number > _MOST)


def _gone_places() -> Task:
    address = reverse("operators_placements")
    return Task(_("Places in the results whose good is gone"), len(places.gone()), address)


def _drafts() -> Task:
    number = len(tuning.synonyms(TuningState.DRAFT)[: _MOST + 1])
    return Task(
        _("Synonyms drafted, not live"), min(number, _MOST), reverse("operators_synonyms"), number > _MOST
    )


_CURATION: tuple[Callable[[], Task], ...] = (_empty_queries, _gone_places, _drafts)
