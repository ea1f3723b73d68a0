"""What each reader is told of an auction: his own view of every event, without anybody's name, floor or refused move."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from buyer_requests.auctioning import racing
from buyer_requests.auctioning.board import rules_of
from buyer_requests.auctioning.enums import EventKind
from buyer_requests.models import Auction, AuctionEvent

#: As much of an event as a reader's view is made of.
FIELDS = ("seq", "lot", "kind", "slot", "amount", "at", "code", "cause", "data")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: a bidder by its number, or (`slot` None) the buyer or an operator, who see all prices without names."""

    auction: int
    slot: int | None
    rules: dict[int, racing.Rules] = field(default_factory=dict)
    last: int = 0
    person: int | None = None


def reader_of(auction: Auction, slot: int | None, last: int = 0, person: int | None = None) -> Reader:
    rules = {lot.number: rules_of(auction, lot) for lot in auction.lots.all()}
    return Reader(auction.pk, slot, rules, last, person)


def told_to(reader: Reader, event: Mapping[str, Any]) -> dict[str, Any] | None:
    """The event as the reader may know it; None for what is none of his business."""
    mine = reader.slot is not None and event["slot"] == reader.slot
    if (event["code"] or event["kind"] == EventKind.FLOOR) and not mine:
        return None
    data = event["data"]
    told = {
        "seq": event["seq"],
        "lot": event["lot"],
        "kind": event["kind"],
        "at": event["at"].astimezone(dt.UTC).isoformat(),
        "mine": mine,
        "code": event["code"],
        "state": data.get("state", ""),
    }
    if not event["lot"]:
        return told
    standing = data["standing"]
    told |= {
        "due": data["due"],
        "extensions": data["extensions"],
        "round": data["round"],
        "count": len(standing),
        "best": standing[0][1] if standing else None,
    }
    if reader.slot is None:
        return told | {
            "slot": event["slot"],
            "amount": event["amount"],
            "standing": standing,
            "turn": data["turn"],
        }
    return (
        told
        | own_view(reader.rules.get(event["lot"]), reader.slot, standing)
        | {"turn": data["turn"] == reader.slot}
    )


def own_view(rules: racing.Rules | None, slot: int, standing: Iterable[list[int]]) -> dict[str, Any]:
    """Rank, own price, and the highest price that may be named next; nothing where the bidder is not in the lot."""
    order = [(each, amount) for each, amount in standing]
    place = next((number for number, (each, _amount) in enumerate(order, start=1) if each == slot), None)
    if place is None or rules is None:
        return {"rank": None, "own": None, "ceiling": None}
    stands = {
        each: racing.Stand(each, amount, number) for number, (each, amount) in enumerate(order, start=1)
    }
    return {"rank": place, "own": stands[slot].amount, "ceiling": racing.ceiling(rules, stands, slot)}


def events_after(auction: int, seq: int) -> list[dict[str, Any]]:
    rows = AuctionEvent.objects.filter(auction=auction, seq__gt=seq).order_by("seq")
    return list(rows.values(*FIELDS))


def as_message(told: Mapping[str, Any], now: dt.datetime) -> str:
    """A server-sent event; its id is the number in the log, so that a reader who comes back misses nothing."""
    content = json.dumps({**told, "now": now.astimezone(dt.UTC).isoformat()}, separators=(",", ":"))
    return f"id: {told['seq']}\ndata: {content}\n\n"


def tick(now: dt.datetime) -> str:
    """A sign of life with the time; it has no id, so that it moves nobody's place in the log."""
    return f'event: tick\ndata: {{"now":"{now.astimezone(dt.UTC).isoformat()}"}}\n\n'
