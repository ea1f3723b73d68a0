"""How a process works through very many rows: what it asks of the garbage collector and of SQLite meanwhile."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from django.db import DatabaseError, connection

#: New objects between two looks for garbage that refers to itself, and how many of those between two of the next kind.
_PATIENCE: Final = (50_000, 20, 50)


class _Patience:
    """How many threads are at bulk work, and what the process' garbage collector was told before the first of them."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.threads = 0
        self.before = gc.get_threshold()


_patience = _Patience()


@contextmanager
def bulk_work() -> Iterator[None]:
    """For work over very many rows in this thread: none of its time and memory goes where nothing is gained.

    Words that are remembered are objects that stay; with Python's own thresholds a third of an import's time goes into
    looking through all of them for garbage again and again. A SQLite file is not mapped: a long writer has its pages in
    the cache, and what it maps beside that counts as its memory (100 MB of an import of 100,000 rows).
    """
    with _patience.lock:
        if not _patience.threads:
            _patience.before = gc.get_threshold()
            gc.set_threshold(*_PATIENCE)
        _patience.threads += 1
    mapped = None
    try:
        mapped = _mapped_bytes()
        _map_bytes(0 if mapped else None)
        yield
    finally:
        with _patience.lock:
            _patience.threads -= 1
            if not _patience.threads:
                gc.set_threshold(*_patience.before)
        with suppress(DatabaseError):  # what broke the work may be the connection
            _map_bytes(mapped)


def _mapped_bytes() -> int | None:
    if connection.vendor != "sqlite":
        return None
    with connection.cursor() as cursor:
        row = cursor.execute("PRAGMA mmap_size").fetchone()
    return row[0] if row else None  # a database in memory has none


def _map_bytes(size: int | None) -> None:
    if size is not None:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA mmap_size={size:d}")
