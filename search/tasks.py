"""Celery's side of the index: rebuilding as long work, the nightly comparison, the sweeps."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import structlog
from celery import shared_task
from django.conf import settings

from catalog.coverage.counting import write_filters
from core.jobs.work import RETRIED_LATER, work_on
from search import indexing, services
from search.curation import wanted
from search.errors import EngineUnavailable
from search.learning import counting, demand, visitors
from search.saved import pricing, telling, tidying
from search.suggesting import popular
from search.tuning import services as tuning

log = structlog.get_logger(__name__)


@shared_task(name="search.rebuild", soft_time_limit=5 * 3600, time_limit=5 * 3600 + 600)
def rebuild(*, job_id: str, **_: Any) -> None:
    """A job that lost its worker takes over what is its own."""
    with work_on(job_id) as work:
        if work:
            offers = indexing.rebuild_index(report=work.progress, owner=f"job:{job_id}")
            work.result = {"offers": offers}


@shared_task(name="search.replay", soft_time_limit=1800, time_limit=1860, **RETRIED_LATER)
def replay(*, job_id: str, replay_id: int, **_: Any) -> None:
    """Tries what operators drafted on searches of people."""
    with work_on(job_id) as work:
        if work is not None:
            tuning.run_replay(replay_id=replay_id, work=work)


@shared_task(name="search.ask_vendors", soft_time_limit=540, time_limit=600, **RETRIED_LATER)
def ask_vendors(*, job_id: str, handling_id: int, category_id: int, **_: Any) -> None:
    """Tells vendors of a category what is searched for in vain."""
    with work_on(job_id) as work:
        if work is not None:
            told = wanted.tell_vendors(handling_id=handling_id, category_id=category_id, report=work.progress)
            work.result = {"told": told}


@shared_task(name="search.verify", soft_time_limit=2 * 3600, time_limit=2 * 3600 + 300)
def verify(*, deep: bool = False, **_: Any) -> None:
    """The result is kept as an IndexCheck; where the engine is down there is nothing to compare."""
    try:
        indexing.verify_index(deep=deep)
    except EngineUnavailable as error:
        log.warning("search.not_verified", reason=error.code)


@shared_task(name="search.sweep_tombstones", soft_time_limit=1800, time_limit=1860)
def sweep_tombstones(**_: Any) -> None:
    try:
        indexing.sweep_tombstones()
    except EngineUnavailable as error:
        log.warning("search.not_swept", reason=error.code)


@shared_task(name="search.build_missing", soft_time_limit=50, time_limit=60)
def build_missing(**_: Any) -> None:
    """Periodic; while the engine is down nobody knows whether its index is."""
    with suppress(EngineUnavailable):
        indexing.build_if_missing()


@shared_task(name="search.clean", soft_time_limit=540, time_limit=600)
def clean(**_: Any) -> None:
    """Forget what was searched long ago; the next run takes what this one left."""
    counting.count_searches()
    counting.refresh_common_queries()
    services.forget_old_searches()
    counting.forget_old_counts(log_days=settings.SEARCH_LOG_DAYS)


@shared_task(name="search.count", soft_time_limit=540, time_limit=600)
def count(**_: Any) -> None:
    """Hourly: what was searched, by day and query, and by what it was narrowed; the secrets of past days go."""
    visitors.forget_secrets()
    write_filters()
    counting.count_searches()


@shared_task(name="search.refresh_demand", soft_time_limit=540, time_limit=600)
def refresh_demand(**_: Any) -> None:
    """Nightly: what many wanted and nobody has; while the engine is down, yesterday's stays."""
    counting.count_searches()
    demand.refresh_unmet_demand()


@shared_task(name="search.refresh_suggestions", soft_time_limit=540, time_limit=600)
def refresh_suggestions(**_: Any) -> None:
    """What many asked lately; while the engine is down, yesterday's list stays."""
    popular.refresh_popular_queries()


@shared_task(name="search.tell_watchers", soft_time_limit=240, time_limit=300)
def tell_watchers(**_: Any) -> None:
    """Messages of price watches and saved searches that are due; the next run takes what this one left.

    Neither takes the other's time: both end by themselves well before the task's limit.
    """
    pricing.tell_of_prices(seconds=90)
    telling.tell_of_finds(seconds=120)


@shared_task(name="search.tidy_watches", soft_time_limit=1800, time_limit=1860)
def tidy_watches(**_: Any) -> None:
    """Nightly: what saved searches need not remember any more goes, watches of what is gone end."""
    tidying.tidy()
