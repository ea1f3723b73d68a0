"""Celery's side of the index: rebuilding as long work, the nightly comparison, the sweep of tombstones."""

from __future__ import annotations

from typing import Any

import structlog
from celery import shared_task

from core.jobs.work import work_on
from search import indexing
from search.errors import EngineUnavailable

log = structlog.get_logger(__name__)


@shared_task(name="search.rebuild", ignore_result=True)
def rebuild(*, job_id: str, **_: Any) -> None:
    """A job that lost its worker takes over what is its own."""
    with work_on(job_id) as work:
        if work:
            offers = indexing.rebuild_index(report=work.progress, owner=f"job:{job_id}")
            work.result = {"offers": offers}


@shared_task(name="search.verify", ignore_result=True)
def verify(*, deep: bool = False, **_: Any) -> None:
    """The result is kept as an IndexCheck; where the engine is down there is nothing to compare."""
    try:
        indexing.verify_index(deep=deep)
    except EngineUnavailable as error:
        log.warning("search.not_verified", reason=error.code)


@shared_task(name="search.sweep_tombstones", ignore_result=True)
def sweep_tombstones(**_: Any) -> None:
    try:
        indexing.sweep_tombstones()
    except EngineUnavailable as error:
        log.warning("search.not_swept", reason=error.code)
