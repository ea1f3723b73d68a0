"""Who comes first where more vendors fit than are told at once, and when the others have their turn.

The order: whom the buyer chose, whose offers fit, who sold or offered such goods, who follows the category; among them more
fitting lines, more won and bid on before, the greater share of requests answered, the quicker answer, the older vendor.
Nothing is drawn by lot, so the same rows always give the same order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from django.db import OperationalError, transaction
from django.db.models import Avg, Count, ExpressionWrapper, F, fields

from buyer_requests.enums import BidState, NoticeReason, RequestState
from buyer_requests.locks import locked_reach
from buyer_requests.models import (
    Bid,
    BuyerRequest,
    Reach,
    RequestHold,
    VendorFit,
    VendorNotice,
    WaitingVendor,
)
from buyer_requests.telling.schedule import ANSWER
from buyer_requests.trust.models import HOLDING
from core import clock, outbox

logger = structlog.get_logger(__name__)

CONSUMER: Final = "requests"
#: The outbox's topic: noted vendors are told.
TELL: Final = "tell"
#: Vendors who are told of a request at once.
AT_ONCE: Final = 200
#: With fewer bids than this the next vendors have their turn.
FEW: Final = 3
#: So long the first ones have for themselves, or a third of the time that is left.
PAUSE: Final = dt.timedelta(hours=2)
LOOKED_BACK: Final = dt.timedelta(days=180)
_PAIRS_AT_ONCE: Final = 200
_ORDER: Final = {
    NoticeReason.INVITED: 0,
    NoticeReason.MATCH: 1,
    NoticeReason.PAST: 2,
    NoticeReason.CATEGORY: 3,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A vendor who is to hear of a request, why, and of which lines."""

    vendor: int
    reason: NoticeReason
    lines: list[int] = field(default_factory=list)
    why: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answers:
    """How a vendor answers: the share of requests that it was told of, and hours until it does."""

    share: float = 0.0
    hours: float = 1e9


def in_order(candidates: Collection[Candidate], answers: dict[int, Answers]) -> list[Candidate]:
    """Whose turn comes first. Pure."""

    def key(each: Candidate) -> tuple[float, ...]:
        how = answers.get(each.vendor, Answers())
        return (
            _ORDER[each.reason],
            -len(each.lines),
            -each.why.get("won", 0),
            -each.why.get("bid", 0),
            -round(how.share, 3),
            round(how.hours, 1),
            each.vendor,
        )

    return sorted(candidates, key=key)


def answers_of(vendor_ids: Collection[int], now: dt.datetime) -> dict[int, Answers]:
    """Of the last half year."""
    since = now - LOOKED_BACK
    told = dict(
        VendorNotice.objects.filter(vendor__in=vendor_ids, created_at__gte=since)
        .order_by()
        .values_list("vendor")
        .annotate(Count("pk"))
    )
    took = ExpressionWrapper(F("created_at") - F("request__published_at"), fields.DurationField())
    rows = (
        # A round of a standing request repeats bids, and no vendor has answered it.
        Bid.objects.filter(
            vendor__in=vendor_ids, state=BidState.SENT, created_at__gte=since, request__round_of=None
        )
        .order_by()
        .values_list("vendor")
        .annotate(bids=Count("pk"), took=Avg(took))
    )
    return {
        vendor: Answers(
            min(1.0, bids / max(1, told.get(vendor, bids))),
            spent.total_seconds() / 3600 if spent is not None else 1e9,
        )
        for vendor, bids, spent in rows
    }


def split(
    candidates: Sequence[Candidate], *, room: int, exempt: Collection[int], now: dt.datetime
) -> tuple[list[Candidate], list[Candidate]]:
    """Who is told now, and who waits for a turn, each in order. `exempt` need no turn: their rules answer, or they were chosen."""
    free = [each for each in candidates if each.vendor in exempt or each.reason == NoticeReason.INVITED]
    others = [
        each for each in candidates if each.vendor not in exempt and each.reason != NoticeReason.INVITED
    ]
    if len(others) <= room:
        return [*free, *others], []
    ordered = in_order(others, answers_of([each.vendor for each in others], now))
    room = max(0, room)
    return [*free, *ordered[:room]], ordered[room:]


def put_off(request: BuyerRequest, waiting: Sequence[Candidate], now: dt.datetime) -> None:
    """Lets vendors wait for their turn; part of the caller's transaction."""
    last = WaitingVendor.objects.filter(request=request).count()
    WaitingVendor.objects.bulk_create(
        [
            WaitingVendor(
                request=request,
                vendor_id=each.vendor,
                reason=each.reason,
                lines=sorted(each.lines),
                why=each.why,
                place=last + place,
            )
            for place, each in enumerate(waiting, start=1)
        ],
        batch_size=1000,
        ignore_conflicts=True,
    )
    Reach.objects.get_or_create(request=request, defaults={"next_at": next_turn(request, now)})
    Reach.objects.filter(request=request, next_at=None).update(next_at=next_turn(request, now))


def give_more_turns(request: BuyerRequest, now: dt.datetime) -> None:
    """After a request was released or prolonged: who still waits has a turn again."""
    if WaitingVendor.objects.filter(request=request).exists():
        Reach.objects.filter(request=request, next_at=None).update(next_at=next_turn(request, now))


def emit_tell(pairs: Sequence[tuple[int, int]]) -> None:
    """Facts that noted pairs of request and vendor are to be told."""
    outbox.emit_many(
        (CONSUMER, TELL, {"pairs": pairs[first : first + _PAIRS_AT_ONCE]})
        for first in range(0, len(pairs), _PAIRS_AT_ONCE)
    )


def next_turn(request: BuyerRequest, now: dt.datetime) -> dt.datetime | None:
    """None where the time that is left would be too short to answer."""
    if request.deadline_at is None or request.deadline_at - now <= ANSWER:
        return None
    return now + min(PAUSE, (request.deadline_at - now) / 3)


def give_turns(*, now: dt.datetime | None = None, most: int = 200) -> int:
    """Notes the next vendors of requests that few bid on. Returns how many. Two at once: a request has one turn."""
    now = now or clock.now()
    due = Reach.objects.filter(next_at__lte=now).order_by("next_at", "pk").values_list("pk", flat=True)
    noted = 0
    for pk in list(due[:most]):
        try:
            noted += _give_turn(pk, now)
        except OperationalError:
            raise  # the database's trouble, not the request's: all is done again later
        except Exception:  # whatever one request's breaks on, the others' go on
            logger.exception("telling.turn_failed", request=pk)
    return noted


@transaction.atomic
def _give_turn(request_id: int, now: dt.datetime) -> int:
    from buyer_requests.services.notices import may_hear  # which imports the order of turns from here

    reach = locked_reach(request_id)
    if reach is None or reach.next_at is None or reach.next_at > now:
        return 0
    request = BuyerRequest.objects.filter(pk=request_id, state=RequestState.OPEN, deadline_at__gt=now).first()
    waiting = list(WaitingVendor.objects.filter(request=request_id).order_by("place", "pk")[: AT_ONCE + 1])
    if request is None or not waiting:
        reach.next_at = None
        reach.save(update_fields=["next_at"])
        return 0
    if RequestHold.objects.filter(request=request, state__in=HOLDING).exists():
        reach.next_at = now + PAUSE  # their turn comes once an operator has released it
        reach.save(update_fields=["next_at"])
        return 0
    reach.next_at = next_turn(request, now)
    let_in: list[WaitingVendor] = []
    if Bid.objects.filter(request=request, state=BidState.SENT).count() < FEW:
        let_in = waiting[:AT_ONCE]
        reach.waves += 1
    if len(waiting) <= len(let_in):
        reach.next_at = None
    reach.save(update_fields=["next_at", "waves"])
    if not let_in:
        return 0
    # Who was suspended since, or is the buyer's own company now, is not told.
    allowed = may_hear([request], [each.vendor_id for each in let_in])[request_id]
    WaitingVendor.objects.filter(pk__in=[each.pk for each in let_in]).delete()
    let_in = [each for each in let_in if each.vendor_id in allowed]
    vendors = [each.vendor_id for each in let_in]
    fits: dict[int, set[int]] = {}
    for vendor, line in VendorFit.objects.filter(line__request=request, vendor__in=vendors).values_list(
        "vendor_id", "line_id"
    ):
        fits.setdefault(vendor, set()).add(line)
    VendorNotice.objects.bulk_create(
        [
            VendorNotice(
                request=request,
                vendor_id=each.vendor_id,
                reason=each.reason,
                lines=sorted({*each.lines, *fits.get(each.vendor_id, ())}),
                why=each.why or None,
            )
            for each in let_in
        ],
        batch_size=1000,
        ignore_conflicts=True,
    )
    emit_tell([(request_id, vendor) for vendor in vendors])
    return len(let_in)
