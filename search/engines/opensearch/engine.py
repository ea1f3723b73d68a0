"""The engine: reads the live alias, writes to the live index and to the one being built."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from search.analysis import all_terms
from search.documents import Document
from search.engines.base import (
    BulkReport,
    Candidate,
    Capabilities,
    EngineAnswer,
    EngineQuery,
    IndexStatus,
    Stored,
    Totals,
    candidate,
)
from search.engines.opensearch import facets
from search.engines.opensearch.breaker import Breaker
from search.engines.opensearch.bulk import Bulk
from search.engines.opensearch.client import Client
from search.engines.opensearch.generations import Generations
from search.engines.opensearch.paging import WINDOW, Walker, order_of
from search.engines.opensearch.queries import MOST_CLAUSES, OpenSearchPrimitives, clauses
from search.engines.opensearch.statistics import Statistics
from search.engines.opensearch.vocabulary import Vocabulary
from search.engines.queries import QueryBuilder
from search.errors import EngineUnavailable
from search.fields import PRICES
from search.query import Facets

_MOST_STORED = 10_000


class OpenSearchEngine:
    """Every process has one; nodes do the locking. `seconds` is what a search may take."""

    name = "opensearch"
    capabilities = Capabilities(concurrent_writers=True)

    def __init__(
        self,
        hosts: Sequence[str],
        *,
        prefix: str,
        shards: int = 1,
        replicas: int = 0,
        seconds: float = 2.0,
        breaker: Breaker | None = None,
    ) -> None:
        self.prefix = prefix
        self.client = Client(hosts, seconds=seconds, breaker=breaker)
        self.generations = Generations(self.client, prefix=prefix, shards=shards, replicas=replicas)
        self._alias = self.generations.live
        self._statistics = Statistics(self.client, self._alias)
        self._vocabulary = Vocabulary(self.client, self._alias, self._statistics)
        self._walker = Walker(self.client, self._alias)

    # Reading ----------------------------------------------------------------------------------------------

    def search(self, query: EngineQuery) -> EngineAnswer:
        builder = QueryBuilder(OpenSearchPrimitives(self._statistics.of(_asked_terms(query))))
        limits = builder.limits(query)
        counting = query.with_facets or bool(query.count_facts)
        of_facets = [limit for limit in limits if limit.name] if counting else []
        body: dict[str, Any] = {
            "query": builder.within(query, [limit for limit in limits if limit not in of_facets]),
            "sort": order_of(query),
        }
        if clauses(body["query"]) > MOST_CLAUSES:
            raise EngineUnavailable("query_too_large")
        if of_facets:
            body["post_filter"] = facets.after_counting(of_facets)
        asked = facets.counted(builder.engine, query, of_facets) if counting else {}
        answer = self._page(body, query, asked)
        return EngineAnswer(
            total=answer["hits"]["total"]["value"],
            candidates=tuple(_candidate(hit, PRICES[query.filters.basis]) for hit in answer["hits"]["hits"]),
            facets=facets.facets(query, answer["aggregations"]) if counting else Facets(),
        )

    def _page(self, body: dict[str, Any], query: EngineQuery, aggregations: dict[str, Any]) -> Any:
        params = self._params(body)
        limit = max(0, query.limit)
        counted = body | {"track_total_hits": True} | ({"aggs": aggregations} if aggregations else {})
        if query.offset + limit <= WINDOW:
            return self.client.search(
                self._alias, counted | {"from": query.offset, "size": limit}, params=params
            )
        answer = self.client.search(self._alias, counted | {"size": 0}, params=params)
        if answer["hits"]["total"]["value"] > query.offset:
            after = self._walker.key_before(body, query.offset, params)
            if after is not None:
                page = body | {"search_after": after, "size": min(limit, WINDOW), "track_total_hits": False}
                hits = self.client.search(self._alias, page, params=params)["hits"]["hits"]
                answer["hits"]["hits"] = hits
                if hits:
                    self._walker.note(body, query.offset + len(hits), hits[-1]["sort"])
        return answer

    def _params(self, body: dict[str, Any]) -> dict[str, str]:
        # Copies of a shard score a little differently: all pages of one question come from the same.
        params = {"preference": hashlib.blake2b(orjson.dumps(body["query"]), digest_size=8).hexdigest()}
        if self._statistics.shards > 1:
            # Rarity over all shards, not over the one that a document happens to be in.
            params["search_type"] = "dfs_query_then_fetch"
        return params

    def frequencies(self, terms: Iterable[str]) -> tuple[int, Mapping[str, int]]:
        wanted = list(terms)
        told = self._statistics.of(wanted)
        return told.documents, {term: max(told.counts[term].values()) for term in wanted}

    def similar_words(self, word: str, *, distance: int) -> Sequence[tuple[str, int]]:
        return self._vocabulary.near(word, distance=distance)

    def completions(self, prefix: str, *, limit: int = 10) -> Sequence[tuple[str, int]]:
        return self._vocabulary.beginning(prefix, limit=limit)

    def stored(
        self,
        *,
        after: int = 0,
        limit: int = 10_000,
        generation: str = "",
        ids: Sequence[int] | None = None,
    ) -> Sequence[Stored]:
        index = generation or self._alias
        self.client.call("POST", f"/{index}/_refresh")
        columns = ("id", "version", "alive", "digest")
        body = {
            "query": {"range": {"id": {"gt": after}}} if ids is None else {"terms": {"id": list(ids)}},
            "sort": [{"id": "asc"}],
            "size": min(limit, _MOST_STORED) if ids is None else len(ids),
            # Uncounted, a range sorted by its own field stops after `size` points, and points of replaced documents
            # count: under writes the page lacked documents that were there.
            "track_total_hits": True,
            "_source": False,
            "stored_fields": "_none_",
            "docvalue_fields": columns,
        }
        answer = self.client.call("POST", f"/{index}/_search", body)
        rows = [tuple(hit["fields"][name][0] for name in columns) for hit in answer["hits"]["hits"]]
        return [
            Stored(int(id_), int(version), alive == "1", int(digest)) for id_, version, alive, digest in rows
        ]

    def totals(self, *, generation: str = "") -> Totals:
        index = generation or self._alias
        self.client.call("POST", f"/{index}/_refresh")
        body = {
            "size": 0,
            "track_total_hits": True,
            "query": {"term": {"alive": "1"}},
            "aggs": {name: {"sum": {"field": name}} for name in ("id", "version")},
        }
        answer = self.client.call("POST", f"/{index}/_search", body)
        sums = answer["aggregations"]
        return Totals(
            answer["hits"]["total"]["value"], int(sums["id"]["value"]), int(sums["version"]["value"])
        )

    def status(self) -> IndexStatus:
        names = self.generations.names()
        if not names.live:
            return IndexStatus(exists=False, building=names.building, previous=names.previous)
        counts = self.client.call(
            "POST",
            f"/{names.live}/_search",
            {"size": 0, "track_total_hits": True, "query": {"term": {"alive": "1"}}},
        )
        every = self.client.call("GET", f"/{names.live}/_count")["count"]
        size = self.client.call("GET", f"/{names.live}/_stats/store")
        documents = counts["hits"]["total"]["value"]
        return IndexStatus(
            exists=True,
            documents=documents,
            generation=names.live,
            building=names.building,
            previous=names.previous,
            tombstones=every - documents,
            bytes=size["_all"]["primaries"]["store"]["size_in_bytes"],
        )

    # Writing ----------------------------------------------------------------------------------------------

    def write(self, documents: Sequence[Document], *, visible: bool = True) -> BulkReport:
        # The documents were read before we look which indexes there are. If a rebuild begins after our look, it
        # reads the database after that, and so what we write, or newer; if one ends, it is written already.
        names = self.generations.names()
        if not names.live:
            raise EngineUnavailable("index_missing")
        if names.building:
            # First, as in a swap it may become the live one between the two.
            with contextlib.suppress(_Gone):
                self._bulk(names.building, documents)
        report = self._bulk(names.live, documents)
        if visible and report.written:
            self.client.call("POST", f"/{self._alias}/_refresh")
        self._forget()
        return report

    def _bulk(self, generation: str, documents: Sequence[Document]) -> BulkReport:
        try:
            return Bulk(self.client, self.generations.write_alias(generation)).write(documents)
        except EngineUnavailable as error:
            if error.code == "index_missing":
                raise _Gone("index_missing") from error
            raise

    def begin_rebuild(self) -> str:
        return self.generations.open()

    def write_rebuild(self, generation: str, documents: Sequence[Document]) -> BulkReport:
        return self._bulk(generation, documents)

    def finish_rebuild(self, generation: str) -> None:
        self.generations.finish(generation)
        self._forget()

    def abandon_rebuild(self, generation: str) -> None:
        self.generations.abandon(generation)

    def roll_back(self) -> str:
        generation = self.generations.roll_back()
        self._forget()
        return generation

    def sweep_tombstones(self, ids: Sequence[int]) -> int:
        names = self.generations.names()
        if not names.live:
            raise EngineUnavailable("index_missing")
        if names.building:
            self._swept(names.building, ids)
        return self._swept(names.live, ids)

    def _swept(self, generation: str, ids: Sequence[int]) -> int:
        self.client.call("POST", f"/{generation}/_refresh")
        deleted = 0
        for start in range(0, len(ids), _MOST_STORED):
            these = list(ids[start : start + _MOST_STORED])
            dead = {"bool": {"filter": [{"term": {"alive": "0"}}, {"terms": {"id": these}}]}}
            answer = self.client.call(
                "POST",
                f"/{generation}/_delete_by_query",
                {"query": dead},
                # Whatever has come back to life meanwhile stays.
                params={"conflicts": "proceed", "refresh": "true"},
            )
            deleted += int(answer["deleted"])
        return deleted

    def drop(self) -> None:
        """Deletes all that this engine's prefix names."""
        self.generations.drop()
        self._forget()

    def _forget(self) -> None:
        """What was kept of the index as it was before our own write."""
        self._statistics.forget()
        self._vocabulary.forget()
        self._walker.forget()


class _Gone(EngineUnavailable):
    """The index went while it was written to."""


def _asked_terms(query: EngineQuery) -> list[str]:
    return [*all_terms(query.words), *(term for word in query.words for term in word.weaker)]


def _candidate(hit: dict[str, Any], basis: str) -> Candidate:
    row = hit["_source"]
    return candidate(
        row["source"],
        id=int(hit["_id"]),
        group=row["group"],
        score=hit["_score"] or 0.0,
        price=row.get("price"),
        basis_price=row.get(basis),
    )
