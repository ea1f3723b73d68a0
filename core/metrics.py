"""Counters and histograms that all processes of one data folder share, and how they are written out for Prometheus.

Rooms declare what they count in a `metrics` module of their own with `counter`, `gauge` and `histogram` from here.
Where monitoring is configured (`METRICS_DIR`), each process counts into files of its own, which a scrape adds up:
web processes and workers are seen alike, whichever of them is asked. Elsewhere counts stay in memory.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ContextDecorator, contextmanager
from pathlib import Path
from typing import Final, Self, TypeVar

from django.conf import settings
from django.core.files import locks
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, values
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

T = TypeVar("T")

#: Seconds: from a cached page to a request that somebody gave up on.
BUCKETS: Final = (0.005, 0.015, 0.05, 0.12, 0.25, 0.5, 1.0, 2.5, 10.0)
#: Of another machine's process nothing is known but when it last wrote.
FORGOTTEN_AFTER: Final = 24 * 3600
_LOCK: Final = "fold.lock"

#: Container names repeat process numbers; the host's name in the file's name keeps two containers apart.
_HOST: Final = socket.gethostname().replace("_", "-")[:60]


class _Own:
    """This process's name, made once and again after a fork: it is asked for at every count."""

    name = ""

    @classmethod
    def find(cls) -> None:
        cls.name = f"{_HOST}.{os.getpid()}"


_Own.find()
os.register_at_fork(after_in_child=_Own.find)


def _process() -> str:
    return _Own.name


def _folder() -> Path | None:
    folder = getattr(settings, "METRICS_DIR", None)
    return Path(folder) if folder else None


REGISTRY: Final = CollectorRegistry()
if _folder() is not None:
    # Chosen before the first metric is made; the library would name files by process number alone.
    values.ValueClass = values.MultiProcessValue(_process)  # type: ignore[no-untyped-call]  # no types there


def counter(name: str, text: str, labels: Sequence[str] = ()) -> Counter:
    """A number that only grows. `name` without `_total`, which is added on the way out."""
    return Counter(name, text, labels, registry=REGISTRY)


def gauge(name: str, text: str, labels: Sequence[str] = ()) -> Gauge:
    """A number that goes up and down; of several processes the one that set it last is believed."""
    return Gauge(name, text, labels, registry=REGISTRY, multiprocess_mode="mostrecent")


def histogram(
    name: str, text: str, labels: Sequence[str] = (), *, buckets: Sequence[float] = BUCKETS
) -> Histogram:
    """How values spread over `buckets`, their sum and their count."""
    return Histogram(name, text, labels, registry=REGISTRY, buckets=buckets)


class _Running(threading.local):
    inner = 0.0  # seconds that stages inside the present one took


_running = _Running()


class stage(ContextDecorator):  # noqa: N801 - read as `with stage(...)`
    """Times a block or a function into a histogram; what stages inside it took is theirs, so that stages add up."""

    __slots__ = ("_begun", "_into", "_outer")

    def __init__(self, into: Histogram) -> None:
        self._into = into

    def _recreate_cm(self) -> Self:
        return type(self)(self._into)  # as a decorator: one for each call

    def __enter__(self) -> Self:
        self._outer, _running.inner = _running.inner, 0.0
        self._begun = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        took = time.perf_counter() - self._begun
        self._into.observe(max(0.0, took - _running.inner))
        _running.inner = self._outer + took


def each_step(into: Histogram, steps: Iterable[T]) -> Iterator[T]:
    """The items of `steps`, timing what it takes to make each, not what is done with it."""
    iterator = iter(steps)
    while True:
        with stage(into):
            try:
                item = next(iterator)
            except StopIteration:
                return
        yield item


def exposition(*, more: Iterable[Collector] = ()) -> bytes:
    """Everything counted by all processes, and what `more` reads now, in Prometheus' text format."""
    registry = CollectorRegistry()
    folder = _folder()
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder):
            fold(folder)
            counted = generate_latest(_collected(folder))
    else:
        counted = generate_latest(REGISTRY)
    for collector in more:
        registry.register(collector)
    return counted + generate_latest(registry)


def _collected(folder: Path) -> CollectorRegistry:
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]  # the library has no types there
    return registry


def fold(folder: Path) -> int:
    """Adds the files of processes that ended into one and removes them; returns how many there were.

    Dropping them would make sums fall, which Prometheus reads as a restart and counts everything anew; keeping
    them would make each scrape read one more file for every restart there ever was.
    """
    ended = [path for path in folder.glob("*.db") if _has_ended(path)]
    for kind in ("counter", "histogram"):
        files = [path for path in ended if path.name.startswith(f"{kind}_")]
        if not files:
            continue
        home = folder / f"{kind}_ended.db"
        sums: dict[str, float] = {}
        for path in [*([home] if home.exists() else []), *files]:
            for key, value, *_ in MmapedDict.read_all_values_from_file(str(path)):  # type: ignore[no-untyped-call]  # see above
                sums[key] = sums.get(key, 0.0) + value
        fresh = folder / f"{home.name}.new"
        fresh.unlink(missing_ok=True)
        written = MmapedDict(str(fresh))  # type: ignore[no-untyped-call]  # see above
        for key, value in sums.items():
            written.write_value(key, value, 0.0)  # type: ignore[no-untyped-call]  # see above
        written.close()  # type: ignore[no-untyped-call]  # see above
        fresh.replace(home)
    for path in ended:
        path.unlink(missing_ok=True)
    return len(ended)


def _has_ended(path: Path) -> bool:
    host, _, process = path.stem.rpartition("_")[2].rpartition(".")
    if not process.isdigit():
        return False  # what was folded before
    if host != _HOST:
        return time.time() - path.stat().st_mtime > FORGOTTEN_AFTER
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process at a time reads or folds."""
    with (folder / _LOCK).open("a") as file:
        locks.lock(file, locks.LOCK_EX)
        try:
            yield
        finally:
            locks.unlock(file)
