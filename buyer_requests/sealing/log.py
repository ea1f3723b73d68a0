"""The chained log of a sealed request: the only module that writes `SealedRecord`, and it only appends.

Every writer holds the request's lock, so a record has one place and one forerunner.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from buyer_requests.models import BuyerRequest
from buyer_requests.sealing.canonical import NOTHING, moment, record_hash
from buyer_requests.sealing.enums import OF_BIDDERS, Kind
from buyer_requests.sealing.models import SealedRecord


def append(
    request: BuyerRequest,
    kind: Kind,
    now: dt.datetime,
    *,
    bidder: str = "",
    commitment: str = "",
    details: Mapping[str, Any] | None = None,
) -> SealedRecord:
    """Adds a record. The request is locked; `now` is the time that was read after the lock."""
    if not connection.in_atomic_block:
        raise RuntimeError("A record is written with what it tells of, in one transaction.")
    last = SealedRecord.objects.filter(request=request).order_by("-sequence").first()
    record = SealedRecord(
        request=request,
        sequence=last.sequence + 1 if last else 1,
        kind=kind,
        bidder=bidder,
        commitment=commitment,
        details=dict(details or {}),
        at=moment(now),
        previous=last.hash if last else NOTHING,
    )
    record.hash = record_hash(plain(record, request))
    record.save(force_insert=True)
    return record


def plain(record: SealedRecord, request: BuyerRequest) -> dict[str, Any]:
    """A record as it is published."""
    return {
        "request": str(request.public_id),
        "sequence": record.sequence,
        "kind": str(record.kind),
        "bidder": record.bidder,
        "commitment": record.commitment,
        "details": record.details,
        "at": record.at,
        "previous": record.previous,
        "hash": record.hash,
    }


def records_of(request: BuyerRequest) -> list[SealedRecord]:
    return list(SealedRecord.objects.filter(request=request).order_by("sequence"))


def last_of_bidders(records: Iterable[SealedRecord]) -> dict[str, SealedRecord]:
    """{bidder: its newest record}."""
    return {record.bidder: record for record in records if record.kind in OF_BIDDERS}


def in_force(records: Iterable[SealedRecord]) -> int:
    """How many bids stand."""
    return sum(record.kind != Kind.WITHDRAWN for record in last_of_bidders(records).values())
