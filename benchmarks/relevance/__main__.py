"""Relevance of the site's search and of usual configurations on the same documents: `python -m benchmarks.relevance`.

python -m benchmarks.relevance                                   # all; writes benchmarks/results/relevance.json
python -m benchmarks.relevance --sets uk_ru --engines embedded --no-baselines --no-result

With RYAD_OPENSEARCH_URL the same is asked of OpenSearch by the site's own engine for it, and of usual configurations.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

from benchmarks.relevance import agreement, answering, baselines, corpus, figures, sets
from benchmarks.search_inputs import write_result

SETS: dict[str, Callable[[], sets.GradedSet]] = {"icecat": sets.icecat, "uk_ru": sets.uk_ru}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sets", default="icecat,uk_ru")
    options.add_argument("--engines", default="embedded,opensearch")
    options.add_argument("--no-baselines", action="store_true")
    options.add_argument("--no-result", action="store_true")
    given = options.parse_args()
    if not (corpus.SHARED / "search").is_dir():
        print("RYAD_SHARED_DATA must name the folder of the shared data.", file=sys.stderr)
        return 1
    has_node = bool(os.environ.get("RYAD_OPENSEARCH_URL"))
    engines = [each for each in given.engines.split(",") if each != "opensearch" or has_node]
    result: dict[str, Any] = {}
    for name in given.sets.split(","):
        graded = SETS[name]()
        told: dict[str, Any] = {"documents": len(graded.documents)}
        with ExitStack() as open_ones:
            for system, answer in _systems(graded, engines, open_ones, others=not given.no_baselines):
                told[system] = figures.measured(answer, graded)
                print(name, system, told[system]["graded"], file=sys.stderr, flush=True)
        result[name] = told
    if "uk_ru" in result:
        result["uk_ru"]["agreement"] = agreement.of_passes()
    write_result("relevance", result, keep=not given.no_result)
    return 0


def _systems(
    graded: sets.GradedSet, engines: list[str], open_ones: ExitStack, *, others: bool
) -> Iterator[tuple[str, baselines.Answering]]:
    for engine in engines:
        yield f"ours_{engine}", open_ones.enter_context(answering.ours(engine, graded.documents))
    if others:
        yield "substring", baselines.substring(graded.documents)
        if os.environ.get("RYAD_OPENSEARCH_URL"):
            for name, answer in open_ones.enter_context(
                baselines.opensearch(graded.documents, graded.analyzers)
            ).items():
                yield f"opensearch_{name}", answer


if __name__ == "__main__":
    sys.exit(main())
