"""The engine: reads through one searcher per process, writes under the store's lock."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import tantivy
from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.documents import Document
from search.engines.base import (
    BulkReport,
    Candidate,
    Capabilities,
    EngineAnswer,
    EngineQuery,
    IndexStatus,
    Rejected,
    Stored,
    Totals,
    candidate,
)
from search.engines.embedded.facets import facets
from search.engines.embedded.queries import Builder
from search.engines.embedded.reader import MOST_SPELLINGS, Reader, translated
from search.engines.embedded.schema import schema, to_tantivy
from search.engines.embedded.store import Store
from search.errors import EngineUnavailable, NothingToRollBack, RebuildRunning
from search.fields import PRICES
from search.query import Facets, Sort

_HEAP = 64_000_000
_REBUILD_HEAP = 256_000_000
_LARGEST = (1 << 63) - 1


class EmbeddedEngine:
    name = "embedded"
    capabilities = Capabilities(deepest=100_000)  # the collector makes room for every hit before the page

    def __init__(self, root: Path) -> None:
        self.store = Store(root)
        self._readers: dict[str, Reader] = {}

    # Reading ----------------------------------------------------------------------------------------------

    def search(self, query: EngineQuery) -> EngineAnswer:
        searcher = self._searcher()
        with translated():
            builder = Builder(schema(), searcher)
            found = builder.found(query)
            addresses, total = self._ordered(builder, found, query)
            candidates = self._candidates(searcher, addresses, PRICES[query.filters.basis])
            asked = query.with_facets or query.count_facts
            counted = facets(builder, query, found, total) if asked else Facets()
        return EngineAnswer(total, candidates, counted)

    def frequencies(self, terms: Iterable[str]) -> tuple[int, Mapping[str, int]]:
        searcher = self._searcher()
        with translated():
            builder = Builder(schema(), searcher)
            return searcher.num_docs, {term: max(builder.counts(term).values()) for term in terms}

    def similar_words(self, word: str, *, distance: int) -> Sequence[tuple[str, int]]:
        reader = self._reader()
        near: dict[str, int] = {}
        # A slip in the first letter is rare, but letters change places.
        for first in dict.fromkeys(word[:2]):
            with translated():
                counts = reader.vocabulary(first)
            found = process.extract(word, counts.keys(), scorer=OSA.distance, score_cutoff=distance, limit=50)
            near.update((spelling, counts[spelling]) for spelling, _, _ in found)
        return sorted(near.items(), key=lambda pair: (-pair[1], pair[0]))

    def completions(self, prefix: str, *, limit: int = 10) -> Sequence[tuple[str, int]]:
        if not prefix:
            return ()
        searcher = self._searcher()
        with translated():
            counts = searcher.terms_with_prefix("spellings", prefix, limit=MOST_SPELLINGS)
        return heapq.nsmallest(limit, counts, key=lambda pair: (-pair[1], pair[0]))

    def stored(
        self,
        *,
        after: int = 0,
        limit: int = 10_000,
        generation: str = "",
        ids: Sequence[int] | None = None,
    ) -> Sequence[Stored]:
        if ids is not None and not ids:
            return ()
        if generation and not self.store.path(generation).is_dir():
            raise EngineUnavailable("index_missing")
        with translated():
            searcher = self._reader(generation or None).searcher()
            builder = Builder(schema(), searcher)
            wanted = builder.above("id", after) if ids is None else builder.ids(list(ids))
            found = searcher.search(
                wanted,
                limit=limit if ids is None else len(ids),
                count=False,
                order_by_field="id",
                order=tantivy.Order.Asc,
            )
            addresses = [address for _, address in found.hits]
            if not addresses:
                return ()
            columns = [
                searcher.fast_field_values(name, addresses) for name in ("id", "version", "alive", "digest")
            ]
        return [
            Stored(id_, version, bool(alive), digest)
            for id_, version, alive, digest in zip(*columns, strict=True)
        ]

    def totals(self, *, generation: str = "") -> Totals:
        if generation and not self.store.path(generation).is_dir():
            raise EngineUnavailable("index_missing")
        with translated():
            searcher = self._reader(generation or None).searcher()
            alive = Builder(schema(), searcher).alive()
            sums = searcher.aggregate(alive, {name: {"sum": {"field": name}} for name in ("id", "version")})
            documents = searcher.search(alive, limit=1).count
        return Totals(documents, int(sums["id"]["value"] or 0), int(sums["version"]["value"] or 0))

    def status(self) -> IndexStatus:
        current = self.store.current()
        building, previous = self.store.building() or "", self.store.previous() or ""
        if current is None:
            return IndexStatus(exists=False, building=building, previous=previous)
        with translated():
            searcher = self._searcher()
            alive = searcher.search(Builder(schema(), searcher).alive(), limit=1).count
            tombstones = searcher.num_docs - alive
        return IndexStatus(
            exists=True,
            documents=alive,
            generation=current,
            building=building,
            previous=previous,
            tombstones=tombstones,
            bytes=self.store.size(current),
        )

    def _searcher(self) -> Any:
        with translated():
            return self._reader().searcher()

    def _reader(self, generation: str | None = None) -> Reader:
        generation = generation or self.store.current()
        if generation is None:
            raise EngineUnavailable("index_missing")
        reader = self._readers.get(generation)
        if reader is None:
            with translated():
                reader = Reader(self.store.path(generation))
            # Readers of dropped generations go with their mapped files.
            self._readers = {
                name: kept for name, kept in self._readers.items() if self.store.path(name).is_dir()
            } | {generation: reader}
        return reader

    def _ordered(
        self, builder: Builder, found: Any, query: EngineQuery
    ) -> tuple[list[tuple[float, Any]], int]:
        """(score, address) of the asked page and the total. Ties break by offer id."""
        searcher, limit = builder.searcher, query.limit
        if limit < 1:
            return [], builder.count(found)
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
                return self._by_price(builder, found, query, tantivy.Order.Asc)
            case Sort.PRICE_DESC:
                return self._by_price(builder, found, query, tantivy.Order.Desc)

    def _by_price(
        self, builder: Builder, found: Any, query: EngineQuery, order: tantivy.Order
    ) -> tuple[list[tuple[float, Any]], int]:
        """By price, then id; offers without a price come last. The engine breaks ties as it likes, so where a page ends
        inside a run of one price, that run is read again by id.
        """
        searcher, end, field = builder.searcher, query.offset + query.limit, PRICES[query.filters.basis]
        result = searcher.search(found, limit=end + 1, count=True, order_by_field=field, order=order)
        prices = [price for price, _ in result.hits]
        addresses = [address for _, address in result.hits]
        ids = searcher.fast_field_values("id", addresses) if addresses else []
        is_cut = len(prices) > end
        cut = prices[-1] if is_cut else None
        sign = 1 if order == tantivy.Order.Asc else -1
        whole = sorted(
            (price is None, sign * (price or 0), id_, place)
            for place, (price, id_) in enumerate(zip(prices, ids, strict=True))
            if not (is_cut and price == cut)
        )
        ordered = [addresses[place] for *_, place in whole]
        if is_cut and len(ordered) < end:
            if cut is None:
                same = builder.joined(needed=[found], excluded=[builder.told(field)])
            else:
                same = builder.joined(needed=[found, builder.equals(field, cut)])
            run = searcher.search(
                same,
                limit=end - len(ordered),
                count=False,
                order_by_field="id",
                order=tantivy.Order.Asc,
            )
            ordered.extend(address for _, address in run.hits)
        return [(0.0, address) for address in ordered[query.offset : end]], result.count

    def _candidates(
        self, searcher: Any, scored: list[tuple[float, Any]], basis: str
    ) -> tuple[Candidate, ...]:
        addresses = [address for _, address in scored]
        if not addresses:
            return ()
        prices = searcher.fast_field_values("price", addresses)
        of_basis = prices if basis == "price" else searcher.fast_field_values(basis, addresses)
        out = [
            candidate(
                _source(searcher, address),
                id=offer,
                group=group,
                score=float(score),
                price=price,
                basis_price=basis_price,
            )
            for (score, address), offer, group, price, basis_price in zip(
                scored,
                searcher.fast_field_values("id", addresses),
                searcher.fast_field_values("group", addresses),
                prices,
                of_basis,
                strict=True,
            )
        ]
        # Equal scores: lower id first, as everywhere.
        if any(each.score for each in out):
            out.sort(key=lambda each: (-each.score, each.id))
        return tuple(out)

    # Writing ----------------------------------------------------------------------------------------------

    def write(self, documents: Sequence[Document], *, visible: bool = True) -> BulkReport:  # noqa: ARG002 - always seen at once
        with self.store.writing(), translated():
            current = self.store.current()
            if current is None:
                raise EngineUnavailable("index_missing")
            building = self.store.building()
            if building is not None:
                self._write(building, documents, heap=_HEAP)
            return self._write(current, documents, heap=_HEAP)

    def begin_rebuild(self) -> str:
        with self.store.writing(), translated():
            if self.store.building() is not None:
                raise RebuildRunning
            generation = self.store.open_generation()
            tantivy.Index(schema(), str(self.store.path(generation)))
            self.store.set_building(generation)
            return generation

    def write_rebuild(self, generation: str, documents: Sequence[Document]) -> BulkReport:
        with self.store.writing(), translated():
            return self._write(generation, documents, heap=_REBUILD_HEAP)

    def finish_rebuild(self, generation: str) -> None:
        with self.store.writing(), translated():
            self.store.make_current(generation)

    def abandon_rebuild(self, generation: str) -> None:
        with self.store.writing():
            if self.store.building() == generation:
                self.store.set_building(None)
            self.store.sweep()

    def roll_back(self) -> str:
        with self.store.writing():
            previous = self.store.previous()
            if previous is None:
                raise NothingToRollBack
            self.store.exchange(previous)
            return previous

    def sweep_tombstones(self, ids: Sequence[int]) -> int:
        with self.store.writing(), translated():
            current = self.store.current()
            if current is None:
                raise EngineUnavailable("index_missing")
            building = self.store.building()
            if building is not None:
                self._forget(building, ids)
            return self._forget(current, ids)

    def _forget(self, generation: str, ids: Sequence[int]) -> int:
        searcher = self._reader(generation).searcher()
        dead = Builder(schema(), searcher).tombstones(list(ids))
        found: int = searcher.search(dead, limit=1, count=True).count
        if found:
            writer = tantivy.Index(schema(), str(self.store.path(generation))).writer(
                heap_size=_HEAP, num_threads=1
            )
            try:
                writer.delete_documents_by_query(dead)
                writer.commit()
            finally:
                writer.wait_merging_threads()
        return found

    def _write(self, generation: str, documents: Sequence[Document], *, heap: int) -> BulkReport:
        newest: dict[int, Document] = {}
        for document in documents:
            kept = newest.get(document.id)
            if kept is None or document.version >= kept.version:
                newest[document.id] = document
        rejected = [each for each in newest.values() if not 0 < each.id <= _LARGEST]
        for each in rejected:
            del newest[each.id]
        refusals = [Rejected(each.id, each.version, "id out of range") for each in rejected]
        searcher = self._reader(generation).searcher()
        known = self._versions(searcher, list(newest))
        fresh = [each for each in newest.values() if each.version >= known.get(each.id, 0)]
        old = len(newest) - len(fresh)
        rows: list[tuple[int, Any]] = []
        for document in fresh:
            try:
                rows.append((document.id, to_tantivy(document)))
            except (ValueError, TypeError, OverflowError) as error:
                # What no attempt can make storable, such as half a UTF-16 pair; the rest must not wait for it.
                refusals.append(
                    Rejected(document.id, document.version, f"{type(error).__name__}: {error}"[:500])
                )
        if rows:
            self._commit(
                generation, searcher, rows, replaced=[id_ for id_, _ in rows if id_ in known], heap=heap
            )
        return BulkReport(len(rows), old, tuple(refusals))

    def _commit(
        self, generation: str, searcher: Any, rows: list[tuple[int, Any]], *, replaced: list[int], heap: int
    ) -> None:
        index = tantivy.Index(schema(), str(self.store.path(generation)))
        writer = index.writer(heap_size=heap, num_threads=1)
        try:
            if replaced:
                # By query: a term of the writer's own making is signed and meets no unsigned field.
                writer.delete_documents_by_query(Builder(schema(), searcher).ids(replaced))
            for _, row in rows:
                writer.add_document(row)
            writer.commit()
        finally:
            # Merges go on in its threads; dropping it earlier would leave ever more small segments.
            writer.wait_merging_threads()

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


def _source(searcher: Any, address: Any) -> Any:
    return orjson.loads(bytes(searcher.doc(address).get_first("source")))
