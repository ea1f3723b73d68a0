"""Pages at any depth. Up to the first 10,000 hits OpenSearch counts them off itself; beyond, we walk: each step
goes on after the last sort key of the step before and brings back nothing but sort keys.

A walk costs a step for each 10,000 hits. Where a walk has been is remembered for a while, so that the next page,
which is what people ask for, costs one step at most. Keys end with the offer's id, so no two are equal and a page
neither repeats nor leaves out what has kept its place. No point in time is held: what changes between two steps
moves a page by as many places as it would between two pages.
"""

from __future__ import annotations

import hashlib
import threading
import time
from bisect import bisect_right
from collections import OrderedDict
from typing import Any

import orjson

from search.engines.base import EngineQuery
from search.engines.opensearch.client import Client
from search.fields import PRICES
from search.query import Sort

WINDOW = 10_000  # index.max_result_window as OpenSearch sets it
_SECONDS = 120.0
_KEPT = 200
_MARKS = 200

_BY_ID = {"id": "asc"}


def order_of(query: EngineQuery) -> list[dict[str, Any]]:
    """What results are sorted by. Offers without a price come last, whichever way."""
    price = PRICES[query.filters.basis]
    match query.sort:
        case Sort.RELEVANCE:
            return [{"_score": "desc"}, _BY_ID]
        case Sort.NEWEST:
            return [{"id": "desc"}]
        case Sort.PRICE_ASC:
            return [{price: {"order": "asc", "missing": "_last"}}, _BY_ID]
        case Sort.PRICE_DESC:
            return [{price: {"order": "desc", "missing": "_last"}}, _BY_ID]


_Marks = list[tuple[int, list[Any]]]  # how many hits end with which sort key


class Walker:
    """Finds the sort key after which a page begins."""

    def __init__(self, client: Client, alias: str) -> None:
        self._client = client
        self._alias = alias
        self._lock = threading.Lock()
        self._walks: OrderedDict[bytes, tuple[float, _Marks]] = OrderedDict()

    def forget(self) -> None:
        with self._lock:
            self._walks.clear()

    def key_before(self, body: dict[str, Any], offset: int, params: dict[str, str]) -> list[Any] | None:
        """The sort key of the hit in place `offset` (counted from 1); None where there are not as many.
        `body` has the query, the filter after counting and the sort.
        """
        name = hashlib.blake2b(orjson.dumps(body), digest_size=16).digest()
        marks = self._marks(name)
        place = bisect_right(marks, offset, key=lambda mark: mark[0]) - 1
        at, key = marks[place] if place >= 0 else (0, None)
        while at < offset:
            size = min(WINDOW, offset - at)
            step = body | {
                "size": size,
                "_source": False,
                "stored_fields": "_none_",
                "track_total_hits": False,
            }
            if key is not None:
                step["search_after"] = key
            hits = self._client.search(
                self._alias, step, params={**params, "filter_path": "timed_out,hits.hits.sort"}
            )
            found = hits.get("hits", {}).get("hits", [])
            if len(found) < size:
                return None
            at, key = at + size, found[-1]["sort"]
            self._note(name, at, key)
        return key

    def note(self, body: dict[str, Any], place: int, key: list[Any]) -> None:
        """A page ended at this place: the next one begins there."""
        self._note(hashlib.blake2b(orjson.dumps(body), digest_size=16).digest(), place, key)

    def _marks(self, name: bytes) -> _Marks:
        with self._lock:
            kept = self._walks.get(name)
            if kept is None or time.monotonic() > kept[0]:
                self._walks.pop(name, None)
                return []
            return list(kept[1])

    def _note(self, name: bytes, place: int, key: list[Any]) -> None:
        with self._lock:
            kept = self._walks.get(name)
            until, marks = kept if kept is not None else (time.monotonic() + _SECONDS, [])
            if all(mark[0] != place for mark in marks):
                marks = sorted([*marks, (place, key)], key=lambda mark: mark[0])[-_MARKS:]
            self._walks[name] = (until, marks)
            self._walks.move_to_end(name)
            while len(self._walks) > _KEPT:
                self._walks.popitem(last=False)
