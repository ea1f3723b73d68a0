"""The chained log of a sealed request: the only module that writes `SealedRecord`, and it only appends.

Every writer holds the request's lock, so a record has one place and one forerunner.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import connection

from buyer_requests.models import BuyerRequest
from buyer_requests.sealing.canonical import NOTHING, moment, new_nonce, record_hash
from buyer_requests.sealing.enums import OF_BIDDERS, Kind
from buyer_requests.sealing.models import SealedRecord, SealedTerms

#: A detail of each record while the log is closed. Without it nobody can try whether a record follows another one.
BLIND: Final = "blind"
#: A detail of a bidder's record: the request's version that the bid answers, from the second on.
VERSION: Final = "version"


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
    last = _newest(request)
    covered = dict(details or {})
    if kind != Kind.OPENED and SealedTerms.objects.filter(request=request, shows_count=False).exists():
        covered[BLIND] = new_nonce()
    record = SealedRecord(
        request=request,
        sequence=last.sequence + 1 if last else 1,
        kind=kind,
        bidder=bidder,
        commitment=commitment,
        details=covered,
        at=moment(now),
        previous=last.hash if last else NOTHING,
    )
    record.hash = record_hash(plain(record, request))
    record.save(force_insert=True)
    return record


def head_to_tell(request: BuyerRequest, now: dt.datetime) -> str:
    """The head for letters that go out together. The request is locked.

    While the log is closed a record goes before them: a head that had not moved would say that nobody bid since the last one.
    """
    last = _newest(request)
    if last is None:
        return NOTHING
    if BLIND in last.details and last.kind not in {Kind.OPENED, Kind.CANCELLED}:
        last = append(request, Kind.ANCHOR, now)
    return last.hash


def _newest(request: BuyerRequest) -> SealedRecord | None:
    return SealedRecord.objects.filter(request=request).order_by("-sequence").first()


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


def answered_version(record: SealedRecord) -> int:
    """The version of the request that the bid of a record answers."""
    return int(record.details.get(VERSION, 1))


def in_force(records: Iterable[SealedRecord]) -> int:
    """How many bids stand."""
    return sum(record.kind != Kind.WITHDRAWN for record in last_of_bidders(records).values())
