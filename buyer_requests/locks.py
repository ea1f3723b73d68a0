"""Every row lock of requests, and the clock that deadlines are judged by: the database's, read after the lock."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from buyer_requests.errors import UnknownRequest
from buyer_requests.models import BuyerRequest


def locked_request(request_id: int) -> tuple[BuyerRequest, dt.datetime]:
    """The request under a lock that lasts to the end of the transaction, and the time when it was got.

    All that depends on a request's state (bids, awards, closing) takes this one lock first, so nothing
    deadlocks. On SQLite the transaction itself is the lock (IMMEDIATE), on PostgreSQL the row. The time is read
    after waiting: a bid that waited past the deadline is late. Raises UnknownRequest.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A lock outside of a transaction holds nothing.")
    request = BuyerRequest.objects.select_for_update().filter(pk=request_id).first()
    if request is None:
        raise UnknownRequest("unknown_request")
    return request, database_now()


def database_now() -> dt.datetime:
    """The database's wall clock: one clock for all processes, also within a long transaction."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT clock_timestamp()")
            moment: dt.datetime = cursor.fetchone()[0]
            return moment
        cursor.execute("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')")
        return dt.datetime.fromisoformat(cursor.fetchone()[0]).replace(tzinfo=dt.UTC)
