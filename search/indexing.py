"""The outbox consumer `search`: changed offers into the index; and building the index anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import structlog

from search.engines import get_engine
from search.engines.base import IndexStatus
from search.errors import EngineUnavailable
from search.selectors import all_documents, offer_documents

log = structlog.get_logger(__name__)
BATCH = 2_000
REBUILD_BATCH = 20_000


def index_facts(payloads: Iterable[Mapping[str, Any]]) -> None:
    """Brings the offers of outbox payloads `{"offers": [ids]}` into the index. May be repeated harmlessly.

    Where there is no index yet, all offers are indexed.
    """
    ids = sorted({int(offer) for payload in payloads for offer in payload.get("offers", ())})
    if not ids:
        return
    engine = get_engine()
    if not engine.status().exists:
        rebuild_index()
        return
    for start in range(0, len(ids), BATCH):
        report = engine.write(offer_documents(ids[start : start + BATCH]))
        log.info("search.indexed", written=report.written, refused_as_old=report.refused_as_old)


def rebuild_index() -> int:
    """Builds a new index from the database beside the live one and swaps them; searches never stop.

    Returns the number of offers indexed. Raises RebuildRunning if one is being built. What changes meanwhile
    is written to both.
    """
    engine = get_engine()
    generation = engine.begin_rebuild()
    written = 0
    try:
        for documents in all_documents(batch=REBUILD_BATCH):
            written += engine.write_rebuild(generation, documents).written
        engine.finish_rebuild(generation)
    except BaseException:
        engine.abandon_rebuild(generation)
        raise
    log.info("search.rebuilt", offers=written, generation=generation)
    return written


def index_status() -> IndexStatus:
    """Never raises: a broken index is one that does not exist."""
    try:
        return get_engine().status()
    except EngineUnavailable:
        return IndexStatus(exists=False)
