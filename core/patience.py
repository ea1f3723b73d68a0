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
#: Bytes of a file that are mapped; KiB of pages kept.
_SQLITE: Final = {"mmap_size": 0, "cache_size": -24_576}


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
    looking through all of them for garbage again and again. A SQLite file is not mapped, and fewer of its pages are
    cached: a long writer comes by most of them once, and what it keeps of them counts as its memory (140 MB of an
    import of 100,000 rows).
    """
    with _patience.lock:
        if not _patience.threads:
            _patience.before = gc.get_threshold()
            gc.set_threshold(*_PATIENCE)
        _patience.threads += 1
    before: dict[str, int] = {}
    try:
        before = _pragmas()
        _set({name: size for name, size in _SQLITE.items() if before.get(name)})
        yield
    finally:
        with _patience.lock:
            _patience.threads -= 1
            if not _patience.threads:
                gc.set_threshold(*_patience.before)
        with suppress(DatabaseError):  # what broke the work may be the connection
            _set(before)


def _pragmas() -> dict[str, int]:
    found: dict[str, int] = {}
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for name in _SQLITE:
                if row := cursor.execute(f"PRAGMA {name}").fetchone():  # a database in memory maps nothing
                    found[name] = row[0]
    return found


def _set(pragmas: dict[str, int]) -> None:
    for name, size in pragmas.items():
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA {name}={size:d}")
