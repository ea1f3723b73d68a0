"""Looking after all auctions: what is due now, what falls due within seconds, and that somebody looks at all."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

import structlog
from django.db import transaction
from django.db.models import Q

from buyer_requests.auctioning.enums import UNDECIDED, AuctionState, Timing
from buyer_requests.auctioning.running import LOOKED_EVERY, OUTAGE_AFTER, settle, start_of
from buyer_requests.enums import RequestState
from buyer_requests.locks import database_now, locked_request
from buyer_requests.models import Auction, AuctionLot

logger = structlog.get_logger(__name__)


def settle_due(*, within: dt.timedelta = dt.timedelta(0)) -> list[dt.datetime]:
    """Settles every auction where something is due by now, each under its lock; moments that come `within` are returned."""
    now = database_now()
    _look_after(now)
    soon: list[dt.datetime] = []
    for request_id, moment in _moments(now + within):
        if moment > now:
            soon.append(moment)
            continue
        _settle_or_log(request_id)
    return soon


def _settle_or_log(request_id: int) -> None:
    try:
        settle_one(request_id)
    except Exception:  # one auction holds no other back
        logger.exception("auctions.settle_failed", request=request_id)


def _look_after(now: dt.datetime) -> None:
    """Notes of running auctions that somebody looks after them; those that nobody did for long are settled first."""
    running = Auction.objects.filter(state=AuctionState.RUNNING, seen_at__lt=now - LOOKED_EVERY)
    seen = list(running.values_list("pk", "request", "seen_at"))
    for _pk, request_id, at in seen:
        if at is not None and now - at > OUTAGE_AFTER:
            _settle_or_log(request_id)
    fresh = [pk for pk, _request, at in seen if at is not None and now - at <= OUTAGE_AFTER]
    if fresh:
        Auction.objects.filter(pk__in=fresh).update(seen_at=now)


@transaction.atomic
def settle_one(request_id: int) -> None:
    """Does what is due in one auction."""
    request, now = locked_request(request_id)
    auction = Auction.objects.filter(request=request).first()
    if auction is not None:
        auction.request = request
        settle(request, auction, now)


def _moments(until: dt.datetime) -> list[tuple[int, dt.datetime]]:
    """(request, when something of its auction is due), up to a moment: lots that end, auctions that start or lapse."""
    lots = AuctionLot.objects.filter(
        closed_at=None, auction__state=AuctionState.RUNNING, due_at__lte=until
    ).values_list("auction__request", "due_at")
    found = [(request, due) for request, due in lots if due is not None]
    # A pause comes on top of the deadline and is never less than nothing: what is due has its deadline behind it.
    others = Auction.objects.filter(
        Q(
            Q(timing=Timing.ONCE) | Q(request__deadline_at__lte=until),
            state=AuctionState.PLANNED,
            request__state__in=[RequestState.OPEN, RequestState.CLOSED],
        )
        | Q(state__in=UNDECIDED, request__state=RequestState.CANCELLED)
    ).select_related("request")
    for auction in others:
        if auction.request.state == RequestState.CANCELLED:
            found.append((auction.request_id, auction.request.closed_at or until))
        elif (due := start_of(auction.request, auction)) is not None and due <= until:
            found.append((auction.request_id, due))
    return sorted(found, key=lambda each: each[1])


def watch_auctions(
    *,
    seconds: float,
    sleep: Callable[[float], None] = time.sleep,
    monotonic: Callable[[], float] = time.monotonic,
) -> None:
    """Settles what is due, and waits here for what falls due within `seconds`, so that it ends on the second.

    Waiting is by the database's clock: the time left is asked from it, the process only counts it down. Nothing ahead:
    back at once.
    """
    ends = monotonic() + seconds
    soon = settle_due(within=dt.timedelta(seconds=seconds))
    while soon and monotonic() < ends:
        left = (min(soon) - database_now()).total_seconds()
        sleep(min(max(left, 0.0) + 0.005, max(0.0, ends - monotonic())))
        soon = settle_due(within=dt.timedelta(seconds=max(0.0, ends - monotonic())))
