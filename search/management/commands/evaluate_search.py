"""Measures relevance: documents and graded judgments in, nDCG and recall out, through the site's query path."""

from __future__ import annotations

import csv
import json
import sys
import tempfile
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import orjson
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from search import grading
from search.documents import Document, build_document
from search.engines.base import SearchEngine
from search.errors import EngineUnavailable
from search.query import SearchQuery
from search.services import search

BATCH = 20_000


class Command(BaseCommand):
    help = (
        "Builds a throw-away index of DOCUMENTS (JSON lines: id, title, optional brand, description, price,"
        " gtins, attributes), runs the queries of JUDGMENTS (CSV: query, docid, rating) as the site would, and"
        " prints ndcg_at_10, unjudged_at_10, queries and recall_at_100 as JSON. DOCUMENTS may be gzipped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("documents", type=Path, metavar="DOCUMENTS")
        parser.add_argument("judgments", type=Path, metavar="JUDGMENTS")
        parser.add_argument("--engine", choices=["embedded", "opensearch"], default="embedded")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            judgments = read_judgments(options["judgments"])
            with throw_away(options["engine"]) as engine:
                ids = fill(engine, options["documents"])
                figures = evaluate(engine, ids, judgments)
        except EngineUnavailable as error:
            raise CommandError(f"The engine does not answer: {error.code}.") from error
        except (OSError, UnicodeError, ValueError, KeyError, csv.Error) as error:
            raise CommandError(f"{type(error).__name__}: {error}") from error
        sys.stdout.write(json.dumps(figures) + "\n")


@contextmanager
def throw_away(kind: str) -> Iterator[SearchEngine]:
    """An engine with an index of its own, which goes with it."""
    if kind == "embedded":
        from search.engines.embedded import EmbeddedEngine

        with tempfile.TemporaryDirectory(prefix="ryad-relevance-") as folder:
            yield EmbeddedEngine(Path(folder))
        return
    from search.engines.opensearch import OpenSearchEngine

    node: dict[str, Any] = settings.OPENSEARCH
    if not node["hosts"]:
        raise CommandError("Set RYAD_OPENSEARCH_URL: no OpenSearch is named.")
    engine = OpenSearchEngine(
        node["hosts"],
        prefix=f"{node['prefix']}-relevance-{uuid.uuid4().hex[:12]}",
        shards=node["shards"],
        seconds=20,  # quality is measured here, not speed
    )
    try:
        yield engine
    finally:
        engine.drop()


def read_judgments(path: Path) -> dict[str, dict[str, int]]:
    """{query: {document: rating}}."""
    graded: dict[str, dict[str, int]] = defaultdict(dict)
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            graded[row["query"]][row["docid"]] = int(float(row["rating"]))
    return dict(graded)


def _lines(path: Path) -> Iterator[str]:
    import gzip

    file: TextIO
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
    with gzip.open(path, "rt", encoding="utf-8") if packed else path.open(encoding="utf-8") as file:
        yield from (line for line in file if line.strip())


def fill(engine: SearchEngine, path: Path) -> dict[int, str]:
    """Indexes the documents of a file; returns number in the index → document id."""
    return fill_rows(engine, map(orjson.loads, _lines(path)))


def fill_rows(engine: SearchEngine, rows: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    ids: dict[int, str] = {}
    generation = engine.begin_rebuild()
    batch: list[Document] = []
    for number, row in enumerate(rows, 1):
        ids[number] = str(row["id"])
        batch.append(_document(number, row))
        if len(batch) == BATCH:
            _write(engine, generation, batch)
            batch = []
    _write(engine, generation, batch)
    engine.finish_rebuild(generation)
    return ids


def _write(engine: SearchEngine, generation: str, documents: Sequence[Document]) -> None:
    rejected = engine.write_rebuild(generation, documents).rejected
    if rejected:  # figures without them would be those of another set
        raise ValueError(f"The engine rejects {len(rejected)} documents, the first because: {rejected[0]}")


def _document(number: int, row: Mapping[str, Any]) -> Document:
    price = row.get("price")
    return build_document(
        offer_id=number,
        version=1,
        title=str(row["title"]),
        descriptions=[str(row.get("description") or "")],
        brand=str(row.get("brand") or ""),
        attributes=row.get("attributes") or {},
        codes=[str(code) for code in (row.get("mpn"), row.get("article"), *(row.get("gtins") or ())) if code],
        price=round(float(price) * 10_000) if price is not None else None,
    )


def evaluate(
    engine: SearchEngine, ids: Mapping[int, str], judgments: Mapping[str, Mapping[str, int]]
) -> dict[str, float | int]:
    """Means over the queries that have a relevant document. Gain 2^rating - 1, unjudged 0."""
    gains, recalls, unjudged = [], [], []
    for words, graded in judgments.items():
        if not grading.relevant(graded):
            continue
        found = answer(engine, ids, words)
        gains.append(grading.ndcg(found, graded))
        recalls.append(grading.recall(found, graded))
        share = grading.unjudged(found, graded)
        if share is not None:
            unjudged.append(share)
    return {
        "ndcg_at_10": round(grading.mean(gains), 4),
        "unjudged_at_10": round(grading.mean(unjudged), 4),
        "queries": len(gains),
        "recall_at_100": round(grading.mean(recalls), 4),
    }


def answer(engine: SearchEngine, ids: Mapping[int, str], words: str) -> list[str]:
    """The documents that the site would show for `words`, best first: what is similar stands below the hits."""
    query = SearchQuery(words=words, page_size=grading.RECALL_CUTOFF, language="en")
    results = search(query, engine=engine, hidden_vendors=frozenset())
    if results.engine == "database":
        raise EngineUnavailable("answered_by_database")
    return [ids[hit.offer_id] for hit in (*results.hits, *results.similar)]
