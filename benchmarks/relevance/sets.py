"""The graded sets: what is asked, which document answers how well, and what has no answer in the corpus."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.relevance import corpus, derived

FOLDER = Path(__file__).resolve().parent / "uk_ru"
HALVES = ("tuned_on", "held_back")


@dataclass(frozen=True, slots=True)
class GradedSet:
    """`grades`: query → document → 0 to 3. `absent`: queries that nothing in the corpus answers. `languages` tells of
    a query which keyboard it was typed on. `translations`: (query, the same in the other language). `analyzers` are those
    of OpenSearch that suit its languages.
    """

    name: str
    documents: tuple[dict[str, Any], ...]
    grades: dict[str, dict[str, int]]
    languages: dict[str, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    translations: tuple[tuple[str, str], ...] = ()
    analyzers: tuple[str, ...] = ("standard", "russian", "english")

    @property
    def answerable(self) -> dict[str, dict[str, int]]:
        return {query: graded for query, graded in self.grades.items() if any(graded.values())}

    def derived(self) -> dict[str, list[tuple[str, str]]]:
        """{kind: [(query, what was typed instead)]}."""
        made = derived.variants((query, self.languages.get(query, "")) for query in sorted(self.answerable))
        known = [pair for pair in self.translations if pair[0] in self.answerable]
        return made | ({"other_language": known} if known else {})


def half(query: str) -> str:
    """Ranking may be tuned on one half of the queries; the other half tells what that is worth."""
    return HALVES[hashlib.sha256(query.encode()).digest()[0] % 2]


def read_grades(path: Path) -> dict[str, dict[str, int]]:
    graded: dict[str, dict[str, int]] = defaultdict(dict)
    for row in _rows(path):
        graded[row["query"]][row["docid"]] = int(float(row["rating"]))
    return dict(graded)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def uk_ru(shared: Path = corpus.SHARED, folder: Path = FOLDER) -> GradedSet:
    """Ukrainian and Russian. Grades of documents that the corpus no longer has are left out."""
    documents = tuple(corpus.build(shared))
    ids = {row["id"] for row in documents}
    queries = list(_rows(folder / "queries.csv"))
    grades = {
        query: {document: rating for document, rating in graded.items() if document in ids}
        for query, graded in read_grades(folder / "grades.csv").items()
    }
    return GradedSet(
        "uk_ru",
        documents,
        grades,
        {row["query"]: row["language"] for row in queries},
        tuple(row["query"] for row in _rows(folder / "absent.csv")),
        tuple((row["query"], row["translation"]) for row in queries if row["translation"]),
    )


def icecat(shared: Path = corpus.SHARED) -> GradedSet:
    """English, of Chorus: its queries of which every grade is 0 are not all unanswerable, so none are asked for that."""
    with gzip.open(shared / "search" / "icecat_products.jsonl.gz", "rt", encoding="utf-8") as file:
        documents = tuple(json.loads(line) for line in file if line.strip())
    return GradedSet(
        "icecat", documents, read_grades(shared / "search" / "icecat_judgments.csv"), analyzers=("english",)
    )


def by_half(queries: Iterable[str]) -> dict[str, list[str]]:
    parts: dict[str, list[str]] = {name: [] for name in HALVES}
    for query in queries:
        parts[half(query)].append(query)
    return parts
