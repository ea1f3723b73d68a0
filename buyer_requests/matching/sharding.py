"""Changed offers held against open lines by several workers at once, each with its own part of the lines.

Every shard is a listener of the outbox of its own, one batch at a time: no two workers ever write matches of one line. What
was met goes back to the one listener that notes whom to tell, so a notice stays one notice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any

from django.conf import settings

from buyer_requests.matching import dated
from buyer_requests.matching.incremental import match_offers
from buyer_requests.matching.open_lines import Shard
from buyer_requests.matching.store import Pair, rematch_request
from core import outbox
from core.models import OutboxEntry

CONSUMER = "requests"
MET = "met"
OFFERS_CHANGED = "offers_changed"
RECHECK = "recheck"
_PAIRS_AT_ONCE = 2_000


def name_of(number: int) -> str:
    return f"matching-{number}"


def is_shared() -> bool:
    """Whether several workers match; otherwise the listener of requests does it itself."""
    return bool(settings.MATCH_SHARDS > 1)


def listeners() -> list[tuple[str, Callable[[list[dict[str, Any]]], None]]]:
    """What the outbox is to know, by the settings; nothing where one worker matches."""
    if not is_shared():
        return []
    return [(name_of(number), partial(handle, number)) for number in range(settings.MATCH_SHARDS)]


def hand_out(offers: Collection[int]) -> None:
    """Each shard is to hold these offers against its lines."""
    of = settings.MATCH_SHARDS
    outbox.emit_many(
        (name_of(number), OFFERS_CHANGED, {"offers": sorted(offers), "of": of}) for number in range(of)
    )


def recheck(request_ids: Iterable[int]) -> None:
    """Requests that were just matched as a whole are matched again by the shards, which alone keep pace with offers."""
    of = settings.MATCH_SHARDS
    outbox.emit_many(
        (name_of(number), RECHECK, {"request": request, "of": of})
        for request in request_ids
        for number in range(of)
    )


def rejudge(lines: Collection[int]) -> None:
    """Each shard is to look again at those of the lines that are its own: a day has passed."""
    of = settings.MATCH_SHARDS
    outbox.emit_many(
        (name_of(number), dated.REJUDGE, {"lines": list(lines), "of": of}) for number in range(of)
    )


def handle(number: int, facts: list[dict[str, Any]]) -> None:
    """The work of one shard. `of` is how many there were when the fact was written."""
    met: dict[Pair, int] = {}
    offers: dict[int, set[int]] = defaultdict(set)
    for fact in facts:
        if fact["topic"] == RECHECK:
            shard = Shard(number, fact["of"])
            fits = rematch_request(fact["request"], shard=shard)
            met |= {(line, vendor): 1 for vendor, lines in fits.items() for line in lines}
        elif fact["topic"] == dated.REJUDGE:
            dated.rejudge_lines(fact["lines"], shard=Shard(number, fact["of"]))
        else:
            offers[fact["of"]].update(fact["offers"])
    for of, changed in offers.items():
        met |= match_offers(changed, shard=Shard(number, of))
    pairs = sorted(met)
    outbox.emit_many(
        (CONSUMER, MET, {"pairs": pairs[start : start + _PAIRS_AT_ONCE]})
        for start in range(0, len(pairs), _PAIRS_AT_ONCE)
    )


def adopt() -> int:
    """Facts for shards that there are no more, since their number was lowered, are handed out anew; how many."""
    known = {name for name, _handler in listeners()}
    left = OutboxEntry.objects.filter(consumer__startswith="matching-", dead_at=None).exclude(
        consumer__in=known
    )
    moved = 0
    while some := list(left.order_by("pk")[:1000]):
        for entry in some:
            payload = {key: value for key, value in entry.payload.items() if key != "of"}
            topic = "published" if entry.topic == RECHECK else entry.topic
            outbox.emit(CONSUMER, topic, payload)
            entry.delete()
        moved += len(some)
    return moved
