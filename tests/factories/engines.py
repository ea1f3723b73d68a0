"""Engines to test with: each with an index of its own, which goes when the test ends."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from search.analysis import query_words
from search.engines.base import EngineAnswer, EngineQuery, SearchEngine
from search.engines.embedded import EmbeddedEngine
from search.engines.opensearch import OpenSearchEngine
from tests.parts import require_part

KINDS = ("embedded", "opensearch")


@contextmanager
def opened(kind: str, folder: Path, **values: Any) -> Iterator[Any]:
    """An engine of the kind without an index."""
    if kind == "embedded":
        yield EmbeddedEngine(folder)
        return
    engine = opensearch(**values)
    try:
        yield engine
    finally:
        engine.drop()


def opensearch(**values: Any) -> OpenSearchEngine:
    """On the running node, under a prefix that nobody else has. Whoever asks drops it."""
    given = {"prefix": f"ryad-test-{uuid.uuid4().hex[:12]}", "seconds": 20.0}
    return OpenSearchEngine([require_part("opensearch")], **(given | values))


def ask(engine: SearchEngine, words: str = "", **values: Any) -> EngineAnswer:
    return engine.search(EngineQuery(words=query_words(words), **values))


def ids(answer: EngineAnswer) -> list[int]:
    return [candidate.id for candidate in answer.candidates]
