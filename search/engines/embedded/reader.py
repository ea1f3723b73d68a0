"""An open generation of the index, and what its errors mean to callers."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import structlog
import tantivy

from search.engines.embedded.schema import schema
from search.errors import EngineUnavailable

log = structlog.get_logger(__name__)
MOST_SPELLINGS = 200_000


class Reader:
    """An open generation; a new commit is seen at the next search."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.index = tantivy.Index(schema(), str(path))
        self.index.config_reader("manual")
        self._lock = threading.Lock()
        self._seen = 0
        self._searcher: Any = None
        self._vocabulary: dict[str, dict[str, int]] = {}

    def searcher(self) -> Any:
        changed = (self.path / "meta.json").stat().st_mtime_ns
        if changed != self._seen or self._searcher is None:
            with self._lock:
                self.index.reload()
                self._searcher = self.index.searcher()
                self._vocabulary = {}
                self._seen = changed
        return self._searcher

    def vocabulary(self, first: str) -> dict[str, int]:
        """Spellings that begin with a letter, with their numbers of documents; kept until the next commit."""
        searcher = self.searcher()
        words = self._vocabulary.get(first)
        if words is None:
            words = dict(searcher.terms_with_prefix("spellings", first, limit=MOST_SPELLINGS))
            self._vocabulary[first] = words
        return words


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """A broken or vanished index is one error to callers."""
    try:
        yield
    except (ValueError, OSError) as error:
        log.warning("search.index_broken", error=str(error))
        raise EngineUnavailable("index_broken") from error
