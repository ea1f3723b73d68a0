"""The lines of open requests as queries, kept by each process and read anew only where a request changed.

A batch of offers may be one offer: reading a hundred thousand lines for it would take seconds. What is kept of a request
holds as long as its stamp: its version, what its lines add up to, the rates and the day.
"""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Max, Sum
from django.utils import timezone

from buyer_requests.enums import RequestState
from buyer_requests.matching.queries import Lines, stored_queries
from buyer_requests.models import BuyerRequest, RequestLine
from core.rates import Rates, current_rates
from search.percolation import StoredQuery

REQUESTS_AT_ONCE = 500
_FIELDS = (
    "id", "text", "quantity", "unit", "ceiling_amount", "gtin", "mpn", "substitutes", "wants", "place", "needed_by",
    "category_id", "request_id", "request__id", "request__currency", "request__audience", "request__region",
    "request__needed_by",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shard:
    """One of `of` parts of all lines, by the line's id."""

    number: int = 0
    of: int = 1

    def has(self, line_id: int) -> bool:
        return line_id % self.of == self.number


WHOLE = Shard()


@dataclass
class _Kept:
    rates: Rates | None = None
    day: dt.date | None = None
    requests: dict[uuid.UUID, tuple[Any, list[StoredQuery]]] = field(default_factory=dict)
    lines: dict[Shard, Lines] = field(default_factory=dict)


_kept = _Kept()
_lock = threading.Lock()


def open_lines(shard: Shard = WHOLE) -> Lines:
    """The open lines of the shard as they stand now: two statements where nothing changed."""
    with _lock:
        if _refresh(_kept):
            _kept.lines.clear()
        found = _kept.lines.get(shard)
        if found is None:
            every = (query for _stamp, queries in _kept.requests.values() for query in queries)
            found = _kept.lines[shard] = Lines(query for query in every if shard.has(query.id))
        return found


def _refresh(kept: _Kept) -> bool:
    """Whether anything is other than it was."""
    rates, day = current_rates(), timezone.localdate()
    if (kept.rates, kept.day) != (rates, day):
        kept.rates, kept.day = rates, day
        kept.requests.clear()
    stamps = _stamps()
    gone = kept.requests.keys() - stamps.keys()
    for request in gone:
        del kept.requests[request]
    news = [request for request, stamp in stamps.items() if kept.requests.get(request, (None,))[0] != stamp]
    for start in range(0, len(news), REQUESTS_AT_ONCE):
        some = {stamps[request][0]: request for request in news[start : start + REQUESTS_AT_ONCE]}
        made: dict[uuid.UUID, list[StoredQuery]] = {request: [] for request in some.values()}
        lines = list(
            RequestLine.objects.filter(request__in=some)
            .select_related("request")
            .only(*_FIELDS)
            .order_by("pk")
        )
        for line, query in zip(lines, stored_queries(lines, rates=rates), strict=True):
            made[some[line.request_id]].append(query)
        kept.requests.update((request, (stamps[request], queries)) for request, queries in made.items())
    return bool(gone or news or not kept.lines)


def _stamps() -> dict[uuid.UUID, tuple[Any, ...]]:
    """{request: its id and what changes with its lines}. Numbers may come again after a restored backup, names do not."""
    sums = {
        row[0]: row[1:]
        for row in RequestLine.objects.filter(request__state=RequestState.OPEN)
        .order_by()
        .values_list("request_id")
        .annotate(Count("pk"), Max("pk"), Sum("quantity"), Sum("ceiling_amount"), Max("needed_by"))
    }
    rows = BuyerRequest.objects.filter(state=RequestState.OPEN).values_list(
        "pk", "public_id", "version", "needed_by", "region", "currency", "audience"
    )
    return {public: (pk, *values, sums.get(pk)) for pk, public, *values in rows}
