"""The log of an auction: events are appended under the request's lock, each with the hash of itself and its forerunner."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from buyer_requests.auctioning.enums import EventKind
from buyer_requests.models import Auction, AuctionEvent

#: What the hash of an event is made of, besides its forerunner's.
HASHED = ("seq", "lot", "kind", "slot", "amount", "at", "code", "cause", "reason", "data")


def append(
    auction: Auction,
    kind: EventKind,
    at: dt.datetime,
    *,
    lot: int = 0,
    slot: int | None = None,
    amount: int | None = None,
    code: str = "",
    cause: int | None = None,
    reason: str = "",
    key: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> AuctionEvent:
    """Writes the next event; the caller holds the request's lock. `auction.seq` and `head` are saved with it."""
    event = AuctionEvent(
        auction=auction,
        seq=auction.seq + 1,
        lot=lot,
        kind=kind,
        slot=slot,
        amount=amount,
        at=at,
        code=code,
        cause=cause,
        reason=reason,
        key=key,
        data=dict(data or {}),
    )
    event.hash = hash_of(told(event), auction.head)
    event.save(force_insert=True)
    auction.seq, auction.head = event.seq, event.hash
    Auction.objects.filter(pk=auction.pk).update(seq=event.seq, head=event.hash)
    return event


def told(event: AuctionEvent) -> dict[str, Any]:
    """The event as plain values, as the download has it and as it is hashed."""
    return {
        "seq": event.seq,
        "lot": event.lot,
        "kind": str(event.kind),
        "slot": event.slot,
        "amount": event.amount,
        "at": event.at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "code": event.code,
        "cause": event.cause,
        "reason": event.reason,
        "data": event.data,
    }


def hash_of(plain: Mapping[str, Any], forerunner: str) -> str:
    """SHA-256 over the forerunner's hash, a line feed and the event as JSON: keys sorted, no spaces, UTF-8."""
    content = json.dumps(
        {name: plain[name] for name in HASHED}, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(f"{forerunner}\n{content}".encode()).hexdigest()


def first_broken(events: Iterable[Mapping[str, Any]]) -> int | None:
    """The number of the first event whose hash or number is not what it has to be; None: the log is whole."""
    head, last = "", 0
    for event in events:
        if event["seq"] != last + 1 or hash_of(event, head) != event["hash"]:
            return int(event["seq"])
        head, last = event["hash"], event["seq"]
    return None
