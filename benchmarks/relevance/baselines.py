"""What others would set up on the same documents: OpenSearch with usual configurations, and looking for substrings.

Each answers a query with document ids, best first. OpenSearch has no analyzer for Ukrainian without a plugin: texts
in Ukrainian and Russian are there by the standard, the Russian and the English analyzer, and the best of the three counts.
"""

from __future__ import annotations

import json
import os
import re
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

BATCH = 2_000
Answering = Callable[[str], list[str]]

#: Field → how much it counts.
WEIGHTS = {"title": 3, "brand": 2, "codes": 2, "description": 1, "attributes": 1}


def _body(row: dict[str, Any]) -> dict[str, Any]:
    attributes = [str(value) for value in (row.get("attributes") or {}).values()]
    codes = [str(code) for code in (row.get("article"), row.get("mpn"), *(row.get("gtins") or ())) if code]
    told = {
        "title": row["title"],
        "brand": row.get("brand") or "",
        "description": row.get("description") or "",
        "attributes": attributes,
        "codes": codes,
    }
    every = " ".join([told["title"], told["brand"], told["description"], *attributes, *codes])
    return told | {"id": str(row["id"]), "everything": every}


def _mapping(analyzers: Sequence[str]) -> dict[str, Any]:
    analysed = {"type": "text", "fields": {name: {"type": "text", "analyzer": name} for name in analyzers}}
    fields: dict[str, Any] = dict.fromkeys(WEIGHTS, analysed)
    fields |= {"everything": {"type": "text"}, "id": {"type": "keyword"}}
    return {"mappings": {"properties": fields}, "settings": {"number_of_shards": 1, "number_of_replicas": 0}}


class Node:
    """As much of a client as this takes."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")

    def call(self, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> Any:
        request = urllib.request.Request(
            f"{self.address}/{path}", data=body or None, method=method, headers={"Content-Type": kind}
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)


def _bodies(query: str, analyzers: Sequence[str]) -> dict[str, dict[str, Any]]:
    """{configuration: its query}."""
    every = [f"{name}.{analyzer}^{weight}" for name, weight in WEIGHTS.items() for analyzer in analyzers]

    def across(analyzer: str) -> dict[str, Any]:
        # cross_fields takes fields of one analyzer as one.
        fields = [f"{name}.{analyzer}^{weight}" for name, weight in WEIGHTS.items()]
        return {"multi_match": {"query": query, "type": "cross_fields", "fields": fields, "operator": "and"}}

    return {
        "bm25": {"match": {"everything": {"query": query}}},
        "best_fields": {
            "multi_match": {"query": query, "type": "best_fields", "fields": every, "fuzziness": "AUTO"}
        },
        "cross_fields": {"dis_max": {"queries": [across(analyzer) for analyzer in analyzers]}},
    }


@contextmanager
def opensearch(
    documents: Sequence[dict[str, Any]], analyzers: Sequence[str] = ("standard", "russian", "english")
) -> Iterator[dict[str, Answering]]:
    """{configuration: who answers}, over an index that goes afterwards; of the node at RYAD_OPENSEARCH_URL."""
    node = Node(os.environ["RYAD_OPENSEARCH_URL"])
    index = f"ryad-baselines-{uuid.uuid4().hex[:12]}"
    node.call("PUT", index, json.dumps(_mapping(analyzers)).encode())
    try:
        for start in range(0, len(documents), BATCH):
            lines = [
                f'{{"index":{{}}}}\n{json.dumps(_body(row))}\n' for row in documents[start : start + BATCH]
            ]
            done = node.call("POST", f"{index}/_bulk", "".join(lines).encode(), "application/x-ndjson")
            if done["errors"]:
                raise ValueError("The baseline's index refuses a document.")
        node.call("POST", f"{index}/_refresh")

        def answering(name: str) -> Answering:
            def answer(query: str) -> list[str]:
                asked = {"size": 100, "_source": ["id"], "query": _bodies(query, analyzers)[name]}
                found = node.call("POST", f"{index}/_search", json.dumps(asked).encode())
                return [hit["_source"]["id"] for hit in found["hits"]["hits"]]

            return answer

        yield {name: answering(name) for name in _bodies("", analyzers)}
    finally:
        node.call("DELETE", index)


def substring(documents: Sequence[dict[str, Any]]) -> Answering:
    """Titles that contain every word as typed, shortest first: what a plain catalogue page does."""
    titles = [(str(row["id"]), row["title"].lower()) for row in documents]

    def answer(query: str) -> list[str]:
        words = re.findall(r"\S+", query.lower())
        found = [(len(title), key) for key, title in titles if all(word in title for word in words)]
        return [key for _, key in sorted(found)[:100]]

    return answer
