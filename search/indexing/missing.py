"""Where this code finds no index, one is built without anybody asking: after an update, or when a node came back empty."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import transaction

from core import clock
from core.models import Job, JobState
from search.engines import get_engine
from search.engines.base import SearchEngine
from search.fields import FIELDS, opensearch_mapping
from search.indexing.rebuilding import start_rebuild
from search.locks import lock_build
from search.models import IndexBuild
from search.selectors import index_lag, rebuild_is_stale

log = structlog.get_logger(__name__)
#: An index that goes again as soon as it is built is taken away by somebody who has to be found first. It may be code
#: of before the update: a worker that is about to stop builds the index that it knows.
PAUSE: Final = timedelta(minutes=10)


def build_if_missing() -> Job | None:
    """Starts a rebuild where there is no index that this code can read; None if there is one or nothing is to be done.

    Nothing is to be done while one is built, while changes wait (the first of them starts it), and after a rebuild
    started here has failed or was cancelled: that is a person's to look at. Raises EngineUnavailable if the engine
    is down.
    """
    engine = get_engine()
    if engine.status().exists or index_lag():
        return None
    return _start(engine, until_it_works=False)


def build_for_changes() -> Job | None:
    """The same for changes that wait for their first index: of several workers one starts it, and if that fails it is
    tried again after a pause, unless a person has cancelled it.
    """
    return _start(get_engine(), until_it_works=True)


def _start(engine: SearchEngine, *, until_it_works: bool) -> Job | None:
    subject = f"search_index:{engine.name}-{_mark()}"
    with transaction.atomic():
        build = lock_build()  # two workers start one job
        if build is not None and build.finished_at is None and not rebuild_is_stale(build):
            return None
        rebuilds = Job.objects.filter(kind="search.rebuild")
        if rebuilds.filter(state__in=[JobState.WAITING, JobState.RUNNING]).exists():
            return None
        last = rebuilds.filter(subject=subject).order_by("-created_at").first()
        if last is not None and last.finished_at is not None:
            gave_up = last.state != JobState.DONE and not _built_since(build, last.finished_at)
            is_for_a_person = gave_up and not (until_it_works and last.state == JobState.FAILED)
            if is_for_a_person or last.finished_at > clock.now() - PAUSE:
                return None
        job = start_rebuild(subject=subject)
    log.warning("search.index_missing", engine=engine.name, job=str(job.pk))
    return job


def _built_since(build: IndexBuild | None, moment: datetime) -> bool:
    return bool(build and build.finished_at and build.finished_at > moment and not build.error)


def _mark() -> str:
    """Of the table of fields: what failed for another one says nothing."""
    table = repr((FIELDS, opensearch_mapping()))
    return hashlib.sha256(table.encode()).hexdigest()[:8]
