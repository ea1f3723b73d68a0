"""What is counted of searches: how long each stage takes, which engine answered, how often nothing was found."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from core import metrics

if TYPE_CHECKING:
    from search.query import SearchResults

P = ParamSpec("P")
T = TypeVar("T")

SECONDS: Final = metrics.histogram(
    "ryad_search_seconds", "Time of a search, from the question to ranked offers.", ["engine"]
)
STAGE_SECONDS: Final = metrics.histogram(
    "ryad_search_stage_seconds",
    "Time of one stage of a search or of its page, without the stages inside it.",
    ["stage"],
    buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0),
)
EMPTY: Final = metrics.counter("ryad_search_empty", "Searches that found nothing.", ["engine"])
FALLBACKS: Final = metrics.counter(
    "ryad_search_fallbacks", "Searches that the database answered because the engine could not."
)
STAGES: Final = ("analysis", "engine", "ranking", "names", "rendering")
_stages: Final = {name: STAGE_SECONDS.labels(name) for name in STAGES}


def stage(name: str) -> metrics.stage:
    """Times one of STAGES: as a context manager around it, or as a decorator of the function that is one."""
    return metrics.stage(_stages[name])


def each_step(name: str, steps: Iterable[T]) -> Iterator[T]:
    """The items of a generator whose work belongs to a stage."""
    return metrics.each_step(_stages[name], steps)


def measured(search: Callable[P, SearchResults]) -> Callable[P, SearchResults]:
    """Counts a search by what it answers."""

    @wraps(search)
    def timed(*args: P.args, **kwargs: P.kwargs) -> SearchResults:
        begun = time.perf_counter()
        results = search(*args, **kwargs)
        SECONDS.labels(results.engine).observe(time.perf_counter() - begun)
        if not results.total:
            EMPTY.labels(results.engine).inc()
        if results.engine == "database":
            FALLBACKS.inc()
        return results

    return timed
