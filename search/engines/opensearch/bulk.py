"""Bulk writes: bounded in bytes and in flight, repeated per document, and never stopped by one that is refused.

A document that the node fails on each time (5xx) looks like a node that is busy. So the last try sends with each
document that is left a witness: a tombstone of version 0 under the same id, which goes to the same shard and loses
against whatever is there. Where the witness is taken and the document is not, it is the document's own fault.

opensearch-py's own loops go on after an error that they should stop at, or stop repeating what was refused for
being busy; and they put each document through a generic serialiser.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from search.documents import Document
from search.engines.base import BulkReport, Rejected
from search.engines.opensearch.bodies import bulk_lines, witness_lines
from search.engines.opensearch.client import Busy, Client, Refused, told
from search.errors import EngineUnavailable

BYTES = 5_000_000
CONNECTIONS = 2
ATTEMPTS = 6
FIRST_PAUSE = 0.2  # seconds; doubled at each attempt, some 6 s in all
#: How often the node must have failed on one document until it may be the document's fault.
FAILURES = 3
_PARAMS = {"require_alias": "true", "filter_path": "errors,items.*.status,items.*.error"}


@dataclass(slots=True)
class _Item:
    document: Document
    lines: bytes
    failures: int = 0  # answers of 5xx to this document alone


@dataclass(slots=True)
class _Outcome:
    written: int = 0
    old: int = 0
    rejected: list[Rejected] = field(default_factory=list)

    def add(self, other: _Outcome) -> None:
        self.written += other.written
        self.old += other.old
        self.rejected += other.rejected


class Bulk:
    """Writes to one alias. An index that is gone is not made anew by a late write: OpenSearch would guess its
    mapping.
    """

    def __init__(self, client: Client, alias: str) -> None:
        self._client = client
        self._path = f"/{alias}/_bulk"

    def write(self, documents: Sequence[Document]) -> BulkReport:
        total = _Outcome()
        items = self._items(documents, total)
        running: list[Future[_Outcome]] = []
        with ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="opensearch-bulk") as pool:
            try:
                for chunk in _chunks(items):
                    if len(running) >= CONNECTIONS:
                        total.add(running.pop(0).result())
                    running.append(pool.submit(self._send, chunk))
                for each in running:
                    total.add(each.result())
            finally:
                for each in running:
                    each.cancel()
        return BulkReport(total.written, total.old, tuple(sorted(total.rejected, key=lambda each: each.id)))

    def _items(self, documents: Sequence[Document], total: _Outcome) -> Iterator[_Item]:
        newest: dict[int, Document] = {}
        for document in documents:
            kept = newest.get(document.id)
            if kept is None or document.version >= kept.version:
                newest[document.id] = document
        for document in newest.values():
            try:
                yield _Item(document, bulk_lines(document))
            except (TypeError, ValueError, OverflowError) as error:
                # What no attempt can make storable; the rest must not wait for it.
                reason = f"{type(error).__name__}: {error}"[:500]
                total.rejected.append(Rejected(document.id, document.version, reason))

    def _send(self, items: list[_Item]) -> _Outcome:
        """All of them, however often it takes within the bound. Raises EngineUnavailable beyond it."""
        outcome = _Outcome()
        for attempt in range(ATTEMPTS):
            if attempt:
                pause = FIRST_PAUSE * 2 ** (attempt - 1)
                time.sleep(random.uniform(pause / 2, pause))  # noqa: S311 - spreads retries, keeps no secret
            try:
                items = self._once(items, outcome, is_last=attempt == ATTEMPTS - 1)
            except Busy:
                continue
            if not items:
                return outcome
        raise EngineUnavailable("engine_busy")

    def _once(self, items: list[_Item], outcome: _Outcome, *, is_last: bool) -> list[_Item]:
        """Sends once, the last time with witnesses; returns what is worth another try."""
        lines = (item.lines + witness_lines(item.document.id) if is_last else item.lines for item in items)
        try:
            answer = self._client.call("POST", self._path, b"".join(lines), params=_PARAMS)
        except Refused as refused:
            if refused.status not in {400, 413}:
                raise
            if len(items) == 1:
                outcome.rejected.append(_rejected(items[0], f"{refused.kind}: {refused.reason}"))
                return []
            # One of them makes the whole unreadable, or they are too much together.
            middle = len(items) // 2
            return [
                *self._once(items[:middle], outcome, is_last=is_last),
                *self._once(items[middle:], outcome, is_last=is_last),
            ]
        if not answer["errors"]:
            outcome.written += len(items)
            return []
        told_of = [next(iter(each.values())) for each in answer["items"]]
        witnesses = told_of[1::2] if is_last else [None] * len(items)
        results = told_of[::2] if is_last else told_of
        return [
            item
            for item, result, witness in zip(items, results, witnesses, strict=True)
            if not self._settled(item, result, witness, outcome)
        ]

    def _settled(
        self, item: _Item, result: dict[str, Any], witness: dict[str, Any] | None, outcome: _Outcome
    ) -> bool:
        """Notes what became of one document; False if it is worth another try."""
        status = result["status"]
        if status < 300:
            outcome.written += 1
            return True
        kind, reason = told(result.get("error"))
        if kind == "cluster_block_exception":
            raise EngineUnavailable("index_read_only")
        if kind == "index_not_found_exception":
            raise EngineUnavailable("index_missing")
        if status == 409:
            outcome.old += 1
            return True
        if status == 429:
            return False
        if status >= 500:
            item.failures += 1
            is_taken = witness is not None and (witness["status"] < 300 or witness["status"] == 409)
            if not is_taken or item.failures < FAILURES:
                return False
            reason = f"{reason} ({status}, {item.failures} times)"
        outcome.rejected.append(_rejected(item, f"{kind}: {reason}"))
        return True


def _rejected(item: _Item, reason: str) -> Rejected:
    return Rejected(item.document.id, item.document.version, reason)


def _chunks(items: Iterator[_Item]) -> Iterator[list[_Item]]:
    chunk: list[_Item] = []
    size = 0
    for item in items:
        if chunk and size + len(item.lines) > BYTES:
            yield chunk
            chunk, size = [], 0
        chunk.append(item)
        size += len(item.lines)
    if chunk:
        yield chunk
