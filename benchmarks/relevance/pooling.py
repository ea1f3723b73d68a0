"""The pool that people grade: what several systems find for each query, without saying which found what or where.

python benchmarks/relevance/pooling.py POOL.csv [--patterns PATTERNS.csv] [--only QUERIES.csv]

Writes `query, docid, title` of what is not graded yet, by a shuffle from the query: the reader learns nothing from the
order. PATTERNS (`query, pattern`) are regular expressions of whoever searches by hand; their finds join the pool.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.relevance import answering, baselines, sets
from benchmarks.search_inputs import ROOT  # noqa: F401  sets the settings module

DEPTH = 20
BY_HAND = 25


def pool(
    queries: Sequence[str],
    documents: Sequence[dict[str, Any]],
    systems: Mapping[str, baselines.Answering],
    patterns: Mapping[str, str],
) -> Iterator[tuple[str, str, str]]:
    titles = {str(row["id"]): row["title"] for row in documents}
    for query in queries:
        found: dict[str, None] = {}
        for answer in systems.values():
            found.update(dict.fromkeys(answer(query)[:DEPTH]))
        if pattern := patterns.get(query):
            wanted = re.compile(folded(pattern))
            by_hand = [key for key, title in titles.items() if wanted.search(folded(title))]
            random.Random(query).shuffle(by_hand)
            found.update(dict.fromkeys(by_hand[:BY_HAND]))
        keys = sorted(found)
        random.Random(query).shuffle(keys)
        yield from ((query, key, titles[key]) for key in keys)


def folded(text: str) -> str:
    return text.lower().replace("ё", "е")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("pool", type=Path)
    options.add_argument("--patterns", type=Path)
    options.add_argument("--only", type=Path)
    given = options.parse_args()
    graded = sets.uk_ru()
    queries = list(graded.languages)
    if given.only:
        with given.only.open(encoding="utf-8", newline="") as file:
            queries = [row["query"] for row in csv.DictReader(file)]
    patterns = {}
    if given.patterns:
        with given.patterns.open(encoding="utf-8", newline="") as file:
            patterns = {row["query"]: row["pattern"] for row in csv.DictReader(file)}
    with (
        answering.ours("embedded", graded.documents) as own,
        baselines.opensearch(graded.documents) as others,
        given.pool.open("w", encoding="utf-8", newline="") as file,
    ):
        systems = {"ours": own, **others, "substring": baselines.substring(graded.documents)}
        rows = csv.writer(file)
        rows.writerow(["query", "docid", "title"])
        for query, key, title in pool(queries, graded.documents, systems, patterns):
            if key not in graded.grades.get(query, {}):
                rows.writerow([query, key, title])


if __name__ == "__main__":
    main()
