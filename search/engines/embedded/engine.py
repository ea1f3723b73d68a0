"""The engine: reads through one searcher per process, writes under the store's lock."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import structlog
import tantivy
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from search.documents import Document
from search.engines.base import BulkReport, Candidate, Capabilities, EngineAnswer, EngineQuery, IndexStatus
from search.engines.embedded.queries import Builder
from search.engines.embedded.schema import schema, to_tantivy
from search.engines.embedded.store import Store
from search.errors import EngineUnavailable, RebuildRunning
from search.fields import NO_PRICE
from search.query import Facets, FacetValue, PriceRange, Sort

log = structlog.get_logger(__name__)
MAX_FACET_VALUES = 200
_HEAP = 64_000_000
_REBUILD_HEAP = 256_000_000
_FACET_FIELDS = {
    "vendor": "vendor",
    "category": "categories",
    "brand": "brand",
    "availability": "availability",
}


class _Reader:
    """An open generation; a new commit is seen at the next search."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.index = tantivy.Index(schema(), str(path))
        self.index.config_reader("manual")
        self._lock = threading.Lock()
        self._seen = 0
        self._searcher: Any = None
        self._vocabulary: dict[str, dict[str, int]] = {}

    def searcher(self) -> Any:
        changed = (self.path / "meta.json").stat().st_mtime_ns
        if changed != self._seen or self._searcher is None:
            with self._lock:
                self.index.reload()
                self._searcher = self.index.searcher()
                self._vocabulary = {}
                self._seen = changed
        return self._searcher

    def vocabulary(self, first: str) -> dict[str, int]:
        """Spellings that begin with a letter, with their numbers of documents; kept until the next commit."""
        searcher = self.searcher()
        words = self._vocabulary.get(first)
        if words is None:
            words = dict(searcher.terms_with_prefix("spellings", first, limit=200_000))
            self._vocabulary[first] = words
        return words


class EmbeddedEngine:
    name = "embedded"
    capabilities = Capabilities()

    def __init__(self, root: Path) -> None:
        self.store = Store(root)
        self._readers: dict[str, _Reader] = {}

    # Reading ----------------------------------------------------------------------------------------------

    def search(self, query: EngineQuery) -> EngineAnswer:
        searcher = self._searcher()
        with _translated():
            builder = Builder(schema(), searcher)
            found = builder.found(query)
            addresses, total = self._ordered(builder, found, query)
            candidates = self._candidates(searcher, addresses)
            facets = self._facets(builder, query, found) if query.with_facets else Facets()
        return EngineAnswer(total, candidates, facets)

    def frequencies(self, terms: Iterable[str]) -> tuple[int, Mapping[str, int]]:
        searcher = self._searcher()
        with _translated():
            builder = Builder(schema(), searcher)
            return searcher.num_docs, {term: max(builder.counts(term).values()) for term in terms}

    def similar_words(self, word: str, *, distance: int) -> Sequence[tuple[str, int]]:
        reader = self._reader()
        near: dict[str, int] = {}
        # A slip in the first letter is rare, but letters change places.
        for first in dict.fromkeys(word[:2]):
            with _translated():
                counts = reader.vocabulary(first)
            found = process.extract(
                word, counts.keys(), scorer=DamerauLevenshtein.distance, score_cutoff=distance, limit=50
            )
            near.update((spelling, counts[spelling]) for spelling, _, _ in found)
        return sorted(near.items(), key=lambda pair: (-pair[1], pair[0]))

    def status(self) -> IndexStatus:
        current = self.store.current()
        building = self.store.building() or ""
        if current is None:
            return IndexStatus(exists=False, building=building)
        with _translated():
            searcher = self._searcher()
            alive = searcher.search(Builder(schema(), searcher).alive(), limit=1).count
        return IndexStatus(exists=True, documents=alive, generation=current, building=building)

    def _searcher(self) -> Any:
        with _translated():
            return self._reader().searcher()

    def _reader(self, generation: str | None = None) -> _Reader:
        generation = generation or self.store.current()
        if generation is None:
            raise EngineUnavailable("index_missing")
        reader = self._readers.get(generation)
        if reader is None:
            with _translated():
                reader = _Reader(self.store.path(generation))
            # Readers of dropped generations go with their mapped files.
            self._readers = {
                name: kept for name, kept in self._readers.items() if self.store.path(name).is_dir()
            } | {generation: reader}
        return reader

    def _ordered(
        self, builder: Builder, found: Any, query: EngineQuery
    ) -> tuple[list[tuple[float, Any]], int]:
        """(score, address) of the asked page and the total. Ties break by offer id."""
        searcher, limit = builder.searcher, max(1, query.limit)
        match query.sort:
            case Sort.RELEVANCE:
                result = searcher.search(found, limit=limit, offset=query.offset, count=True)
                return list(result.hits), result.count
            case Sort.NEWEST:
                result = searcher.search(
                    found, limit=limit, offset=query.offset, count=True, order_by_field="id"
                )
                return [(0.0, address) for _, address in result.hits], result.count
            case Sort.PRICE_ASC:
                return self._by_price(builder, found, query, "price")
            case Sort.PRICE_DESC:
                return self._by_price(builder, found, query, "price_falling")

    def _by_price(
        self, builder: Builder, found: Any, query: EngineQuery, field: str
    ) -> tuple[list[tuple[float, Any]], int]:
        """By price, then id. The engine breaks ties as it likes, so where a page ends inside a run of one
        price, that run is read again by id.
        """
        searcher, end = builder.searcher, query.offset + query.limit
        result = searcher.search(
            found, limit=end + 1, count=True, order_by_field=field, order=tantivy.Order.Asc
        )
        keys = [key for key, _ in result.hits]
        addresses = [address for _, address in result.hits]
        ids = searcher.fast_field_values("id", addresses) if addresses else []
        cut = keys[-1] if len(keys) > end else None
        whole = sorted(row for row in zip(keys, ids, range(len(keys)), strict=True) if row[0] != cut)
        ordered = [addresses[place] for _, _, place in whole]
        if cut is not None and len(ordered) < end:
            same = tantivy.Query.boolean_query(
                [
                    (tantivy.Occur.Must, found),
                    (tantivy.Occur.Must, builder.equals(field, cut)),
                ]
            )
            run = searcher.search(
                same,
                limit=end - len(ordered),
                count=False,
                order_by_field="id",
                order=tantivy.Order.Asc,
            )
            ordered.extend(address for _, address in run.hits)
        return [(0.0, address) for address in ordered[query.offset : end]], result.count

    def _candidates(self, searcher: Any, scored: list[tuple[float, Any]]) -> tuple[Candidate, ...]:
        addresses = [address for _, address in scored]
        if not addresses:
            return ()
        out = []
        for (score, address), offer, group, price in zip(
            scored,
            searcher.fast_field_values("id", addresses),
            searcher.fast_field_values("group", addresses),
            searcher.fast_field_values("price", addresses),
            strict=True,
        ):
            title, kind, brand, availability, codes = _source(searcher, address)
            out.append(
                Candidate(
                    offer,
                    group,
                    float(score),
                    None if price == NO_PRICE else price,
                    title,
                    brand,
                    kind,
                    availability,
                    tuple(codes),
                )
            )
        # Equal scores: lower id first, as everywhere.
        if any(candidate.score for candidate in out):
            out.sort(key=lambda candidate: (-candidate.score, candidate.id))
        return tuple(out)

    def _facets(self, builder: Builder, query: EngineQuery, found: Any) -> Facets:
        """Counts of all facets in one pass, and one pass more for each facet that has a choice."""
        searcher, filters = builder.searcher, query.filters
        chosen: dict[str, frozenset[Any]] = {
            "vendor": filters.vendors_in | filters.vendors_out,
            "category": frozenset() if filters.category is None else frozenset([filters.category]),
            "brand": filters.brands,
            "availability": filters.availability,
        }
        plain = {name: _terms(field) for name, field in _FACET_FIELDS.items() if not chosen[name]}
        priced = filters.min_price is None and filters.max_price is None
        if priced:
            plain |= _PRICE
        counted = dict(searcher.aggregate(found, plain)) if plain else {}
        for name, values in chosen.items():
            if values:
                own = builder.found(query, without=name)
                counted |= searcher.aggregate(own, {name: _terms(_FACET_FIELDS[name])})
        if not priced:
            counted |= searcher.aggregate(builder.found(query, without="price"), _PRICE)
        selected = chosen | {"vendor": filters.vendors_in}
        shown = {name: _values(counted[name], selected[name]) for name in _FACET_FIELDS}
        return Facets(
            vendors=shown["vendor"],
            categories=shown["category"],
            brands=shown["brand"],
            availability=shown["availability"],
            price=_price_range(counted),
        )

    # Writing ----------------------------------------------------------------------------------------------

    def write(self, documents: Sequence[Document]) -> BulkReport:
        with self.store.writing(), _translated():
            current = self.store.current()
            if current is None:
                raise EngineUnavailable("index_missing")
            building = self.store.building()
            if building is not None:
                self._write(building, documents, heap=_HEAP)
            return self._write(current, documents, heap=_HEAP)

    def begin_rebuild(self) -> str:
        with self.store.writing(), _translated():
            if self.store.building() is not None:
                raise RebuildRunning
            generation = self.store.open_generation()
            tantivy.Index(schema(), str(self.store.path(generation)))
            self.store.set_building(generation)
            return generation

    def write_rebuild(self, generation: str, documents: Sequence[Document]) -> BulkReport:
        with self.store.writing(), _translated():
            return self._write(generation, documents, heap=_REBUILD_HEAP)

    def finish_rebuild(self, generation: str) -> None:
        with self.store.writing(), _translated():
            self.store.make_current(generation)

    def abandon_rebuild(self, generation: str) -> None:
        with self.store.writing():
            if self.store.building() == generation:
                self.store.set_building(None)
            self.store.sweep()

    def _write(self, generation: str, documents: Sequence[Document], *, heap: int) -> BulkReport:
        newest: dict[int, Document] = {}
        for document in documents:
            kept = newest.get(document.id)
            if kept is None or document.version >= kept.version:
                newest[document.id] = document
        searcher = self._reader(generation).searcher()
        known = self._versions(searcher, list(newest))
        fresh = [each for each in newest.values() if each.version >= known.get(each.id, 0)]
        if not fresh:
            return BulkReport(0, len(newest))
        index = tantivy.Index(schema(), str(self.store.path(generation)))
        writer = index.writer(heap_size=heap, num_threads=1)
        try:
            replaced = [document.id for document in fresh if document.id in known]
            if replaced:
                # By query: a term of the writer's own making is signed and meets no unsigned field.
                writer.delete_documents_by_query(Builder(schema(), searcher).ids(replaced))
            for document in fresh:
                writer.add_document(to_tantivy(document))
            writer.commit()
        finally:
            # Merges go on in its threads; dropping it earlier would leave ever more small segments.
            writer.wait_merging_threads()
        return BulkReport(len(fresh), len(newest) - len(fresh))

    def _versions(self, searcher: Any, ids: list[int]) -> dict[int, int]:
        if not ids or not searcher.num_docs:
            return {}
        hits = searcher.search(Builder(schema(), searcher).ids(ids), limit=len(ids), count=False).hits
        addresses = [address for _, address in hits]
        if not addresses:
            return {}
        return dict(
            zip(
                searcher.fast_field_values("id", addresses),
                searcher.fast_field_values("version", addresses),
                strict=True,
            )
        )


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """A broken or vanished index is one error to callers."""
    try:
        yield
    except (ValueError, OSError) as error:
        log.warning("search.index_broken", error=str(error))
        raise EngineUnavailable("index_broken") from error


def _source(searcher: Any, address: Any) -> Any:
    return orjson.loads(bytes(searcher.doc(address).get_first("source")))


def _terms(field: str) -> dict[str, Any]:
    return {"terms": {"field": field, "size": MAX_FACET_VALUES}}


# Offers without a price carry a stand-in, which is no price.
_PRICE = {
    "price": {
        "range": {"field": "price", "ranges": [{"to": float(NO_PRICE)}]},
        "aggs": {"low": {"min": {"field": "price"}}, "high": {"max": {"field": "price"}}},
    }
}


def _values(answer: Any, selected: frozenset[Any]) -> tuple[FacetValue, ...]:
    counts = {
        int(bucket["key"]) if isinstance(bucket["key"], float) else bucket["key"]: bucket["doc_count"]
        for bucket in answer["buckets"]
    }
    for value in selected:
        counts.setdefault(value, 0)
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(FacetValue(value, count, value in selected) for value, count in ordered)


def _price_range(counted: Any) -> PriceRange | None:
    for bucket in counted["price"]["buckets"]:
        if bucket["doc_count"] and bucket.get("to") == float(NO_PRICE):
            return PriceRange(int(bucket["low"]["value"]), int(bucket["high"]["value"]))
    return None
