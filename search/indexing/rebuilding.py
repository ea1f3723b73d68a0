"""A new index beside the live one: filled while both are written, checked, then put in the live one's place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import structlog
from django.utils import timezone

from core.jobs.services import start_job
from core.models import Job
from search.documents import Document
from search.engines import get_engine
from search.engines.base import BulkReport, SearchEngine
from search.errors import RebuildIncomplete, RebuildRunning
from search.indexing import builds
from search.indexing.comparing import Kind, check_generation
from search.indexing.writing import Sent, send
from search.selectors import Batch, batches_on_sale, on_sale, tombstones_since

log = structlog.get_logger(__name__)
CHUNK = 2_000
CHUNK_ALONE = 20_000  # where each chunk ends with a commit to disk
#: Batches that are written side by side where that can be: a node takes one and a half times as much over two
#: connections as over one.
WRITTEN_AT_ONCE = 2
#: A write older than that comes no more; younger ones must meet the tombstone of an offer withdrawn meanwhile.
LATE_WRITES = timedelta(days=1)
SAMPLE = 500  # offers of which the whole document is compared before the swap

Report = Callable[[int, int, str], None]


def start_rebuild(*, owner: str = "", subject: str = "search_index:1") -> Job:
    """A rebuild as long work that a worker takes up; `owner` ("user:7") may see and cancel it."""
    return start_job(
        kind="search.rebuild",
        task="search.rebuild",
        queue="index",
        owner=owner,
        subject=subject,
        total=on_sale().count(),
    )


def rebuild_index(*, report: Report | None = None, owner: str = "", patience: float = 60) -> int:
    """Builds a new index from the database beside the live one and swaps them; searches never stop.

    Returns the number of offers indexed. What changes meanwhile is written to both. `report(done, total, step)`
    is called after each chunk and may raise to stop. `patience`: seconds to wait for changes on their way before
    the new index is checked; the first index waits for none, as they wait for it. Raises RebuildRunning if one is
    being built, RebuildIncomplete if the new one does not match the database: then the live one stays.
    """
    engine = get_engine()
    with builds.only_build(owner=owner) as build:
        generation = _begin(engine)
        try:
            total = on_sale().count()
            build.begun(generation=generation, total=total)

            def progress(done: int, step: str = "filling") -> None:
                build.progress(done)
                if report is not None:
                    report(done, total, step)

            progress(0)
            sent = _fill(engine, generation, progress)
            progress(total, "checking")
            if not engine.status().exists:
                patience = 0  # nothing is written until there is an index: each would wait for the other
            _check(engine, generation, sent, patience=patience, step=build.check)
            build.check()
            engine.finish_rebuild(generation)
        except BaseException:
            engine.abandon_rebuild(generation)
            raise
        build.progress(sent.written)
    log.info("search.rebuilt", offers=sent.written, failed=sent.failed, generation=generation)
    return sent.written


def abandon_rebuild() -> str:
    """Gives up the rebuild that runs or that a dead process left; returns the generation, '' if there was none."""
    engine = get_engine()
    held = builds.give_up()
    generation = engine.status().building
    if generation:
        engine.abandon_rebuild(generation)
    log.warning("search.rebuild_abandoned", generation=generation, held=held)
    return generation


def roll_back_index() -> str:
    """Makes the previous index live again and returns its name; raises NothingToRollBack.

    It lacks what changed since it was replaced: verify and mend afterwards.
    """
    generation = get_engine().roll_back()
    log.warning("search.rolled_back", generation=generation)
    return generation


def _begin(engine: SearchEngine) -> str:
    """Who has the right to rebuild finds only leftovers of dead processes in its way."""
    try:
        return engine.begin_rebuild()
    except RebuildRunning:
        left = engine.status().building
        log.warning("search.stale_rebuild_dropped", generation=left)
        if left:
            engine.abandon_rebuild(left)
        return engine.begin_rebuild()


def _fill(engine: SearchEngine, generation: str, progress: Callable[[int], None]) -> Sent:
    size = CHUNK if engine.capabilities.concurrent_writers else CHUNK_ALONE

    def write(documents: Sequence[Document]) -> BulkReport:
        return engine.write_rebuild(generation, documents)

    def gone() -> Iterator[Batch]:
        for documents in tombstones_since(timezone.now() - LATE_WRITES, size=size):
            yield Batch(documents, [])

    # Tombstones first: from now on a late write would revive what they stand for.
    send(write, gone())
    # An offer is in one batch only, and versions decide beside other writers.
    at_once = WRITTEN_AT_ONCE if engine.capabilities.concurrent_writers else 1
    return send(write, batches_on_sale(size=size), report=progress, at_once=at_once)


def _check(
    engine: SearchEngine, generation: str, sent: Sent, *, patience: float, step: Callable[[], None]
) -> None:
    """Every version, and the whole documents of a sample; what could not be indexed at all is no reason to stay."""
    found = check_generation(engine, generation, sample=SAMPLE, patience=patience, step=step)
    wrong = {kind: ids for kind, ids in found.items() if ids and kind is not Kind.FAILED}
    if wrong:
        missing = len(wrong.pop(Kind.MISSING, ()))
        other = sum(map(len, wrong.values()))
        log.error("search.rebuild_incomplete", generation=generation, missing=missing, other=other)
        raise RebuildIncomplete(missing=missing, other=other)
    log.info("search.rebuild_checked", generation=generation, offers=sent.written)
