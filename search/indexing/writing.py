"""The outbox consumer `search`: changed offers into the index, one chunk being sent while the next is built."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import structlog
from celery import current_task

from search.documents import Document
from search.engines import get_engine
from search.engines.base import BulkReport, SearchEngine
from search.errors import EngineUnavailable, RebuildRunning
from search.indexing.failures import note_outcome
from search.selectors import Around, Batch, offer_batch

log = structlog.get_logger(__name__)
#: Outbox entries that a worker takes at once where others work beside it.
SHARED_BATCH = 20
CHUNK = 2_000  # offers read, built and sent at once where chunks can overlap
#: Where one process writes, a chunk ends with a commit to disk: fewer and larger ones.
CHUNK_ALONE = 10_000


@dataclass(slots=True)
class Sent:
    """What became of a row of batches."""

    written: int = 0
    refused_as_old: int = 0
    failed: int = 0


def one_writer() -> bool:
    """Whether only one worker at a time can write to the configured engine."""
    return not get_engine().capabilities.concurrent_writers


def index_facts(payloads: Iterable[Mapping[str, Any]]) -> None:
    """Brings the offers of outbox payloads `{"offers": [ids]}` into the index. May be repeated harmlessly.

    Where there is no index yet, all offers are indexed; a worker leaves that to a job. An offer that cannot be indexed
    is noted as a failure and stops no other. Raises EngineUnavailable if the engine is down, or while the first index
    is built elsewhere: the changes wait, and searches are answered from the database.
    """
    ids = sorted({int(offer) for payload in payloads for offer in payload.get("offers", ())})
    if not ids:
        return
    engine = get_engine()
    if not engine.status().exists:
        _first_index()
        return
    sent = index_offers(engine, ids)
    log.info("search.indexed", written=sent.written, refused_as_old=sent.refused_as_old, failed=sent.failed)


def index_offers(engine: SearchEngine, ids: Sequence[int]) -> Sent:
    """Writes the offers as they are now, visibly with the last of them."""
    size = CHUNK if engine.capabilities.concurrent_writers else CHUNK_ALONE
    last = (len(ids) - 1) // size
    place = iter(range(last + 1))

    def write(documents: Sequence[Document]) -> BulkReport:
        return engine.write(documents, visible=next(place) == last)

    def batches() -> Iterator[Batch]:
        around = Around.now()
        for start in range(0, len(ids), size):
            yield offer_batch(ids[start : start + size], around)

    return send(write, batches())


def send(
    write: Callable[[Sequence[Document]], BulkReport],
    batches: Iterable[Batch],
    *,
    report: Callable[[int], None] | None = None,
    at_once: int = 1,
) -> Sent:
    """Writes the batches, each while the next are read and built, and notes failures.

    `report` gets the number of offers dealt with, and may raise to stop. Up to `at_once` batches are written side by
    side: more than one only where it does not matter which is written first. Memory holds two batches more.
    """
    sent = Sent()
    dealt_with = 0
    # Only the engine is called in that thread: it needs no database connection.
    with ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="index-send") as sender:
        on_their_way: deque[tuple[Batch, Future[BulkReport]]] = deque()
        try:
            for batch in batches:
                if len(on_their_way) == at_once:
                    dealt_with += _finish(*on_their_way.popleft(), sent)
                on_their_way.append((batch, sender.submit(write, batch.documents)))
                if report is not None:
                    report(dealt_with)
        finally:
            while on_their_way:
                dealt_with += _finish(*on_their_way.popleft(), sent)
    if report is not None:
        report(dealt_with)
    return sent


def _finish(batch: Batch, future: Future[BulkReport], sent: Sent) -> int:
    """Waits until the batch is written and notes what came of it; returns how many offers it had."""
    result = future.result()
    failed = (*batch.unbuildable, *result.rejected)
    note_outcome(documents=batch.documents, failed=failed)
    sent.written += result.written
    sent.refused_as_old += result.refused_as_old
    sent.failed += len(failed)
    return len(batch.documents) + len(batch.unbuildable)


def _first_index() -> None:
    """Here, where a command may take its time; in a worker by a job of its own. A drain has half an hour, and a row of
    millions of offers needs more.
    """
    from search.indexing.missing import build_for_changes
    from search.indexing.rebuilding import rebuild_index

    if current_task:
        build_for_changes()
        raise EngineUnavailable("index_building")
    try:
        rebuild_index(patience=0)
    except RebuildRunning as error:
        raise EngineUnavailable("index_building") from error
