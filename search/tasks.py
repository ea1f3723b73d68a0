"""Celery's side of the index: rebuilding as long work, the nightly comparison, the sweeps."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import structlog
from celery import shared_task

from core.jobs.work import work_on
from search import indexing, services
from search.errors import EngineUnavailable

log = structlog.get_logger(__name__)


@shared_task(name="search.rebuild", soft_time_limit=5 * 3600, time_limit=5 * 3600 + 600)
def rebuild(*, job_id: str, **_: Any) -> None:
    """A job that lost its worker takes over what is its own."""
    with work_on(job_id) as work:
        if work:
            offers = indexing.rebuild_index(report=work.progress, owner=f"job:{job_id}")
            work.result = {"offers": offers}


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
    services.forget_old_searches()
