"""Every row lock of requests, and the clock that deadlines are judged by: the database's, read after the lock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import connection

from buyer_requests.bidding.enums import RuleState
from buyer_requests.errors import UnknownRequest
from buyer_requests.models import BiddingRule, BuyerRequest, Hearing, Reach, RequestHold


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


def locked_rules(vendor_id: int, *, states: Collection[str] = (RuleState.LIVE,)) -> list[BiddingRule]:
    """The vendor's rules in these states, by id, until the transaction ends: caps are counted under it.

    Whoever holds a request's lock as well took that one first.
    """
    rules = BiddingRule.objects.select_for_update().filter(vendor=vendor_id, state__in=states)
    return list(rules.order_by("pk"))


def locked_hearings(vendor_ids: Collection[int]) -> dict[int, Hearing]:
    """The settings of vendors, by id, made where there are none, until the transaction ends.

    All that is told to a vendor is decided under it, so that the day's count is right and nothing is told twice. Who
    holds it takes no request's lock.
    """
    wanted = sorted(vendor_ids)
    known = set(Hearing.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    Hearing.objects.bulk_create(
        [Hearing.fresh(pk) for pk in wanted if pk not in known], ignore_conflicts=True
    )
    rows = Hearing.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    return {hearing.pk: hearing for hearing in rows}


def locked_reach(request_id: int) -> Reach | None:
    """How far a request went, until the transaction ends: one process at a time gives the next vendors their turn."""
    return Reach.objects.select_for_update().filter(pk=request_id).first()


def locked_hold(request_id: int) -> RequestHold | None:
    """What holds a request back; whoever takes it has the request's own lock already."""
    return RequestHold.objects.select_for_update().filter(pk=request_id).first()


def database_now() -> dt.datetime:
    """The database's wall clock: one clock for all processes, also within a long transaction."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT clock_timestamp()")
            moment: dt.datetime = cursor.fetchone()[0]
            return moment
        cursor.execute("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')")
        return dt.datetime.fromisoformat(cursor.fetchone()[0]).replace(tzinfo=dt.UTC)
