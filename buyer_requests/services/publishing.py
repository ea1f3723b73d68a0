"""A request's way through its states: published, prolonged, closed at its deadline, cancelled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import transaction

from accounts.models import User
from buyer_requests import metrics
from buyer_requests.auctioning.guards import hides_bids
from buyer_requests.deciding.enums import LIVE
from buyer_requests.enums import Audience, RequestState
from buyer_requests.errors import (
    AlreadyAwarded,
    RequestIncomplete,
    RequestNotDraft,
    RequestNotOpen,
    UnknownRequest,
)
from buyer_requests.locks import database_now, locked_request
from buyer_requests.models import BuyerRequest
from buyer_requests.pooling.guards import refuse_long_wait
from buyer_requests.pooling.telling import tell_members_of_cancelling, tell_members_of_deadline
from buyer_requests.sealing import terms as sealing
from buyer_requests.services import messages
from buyer_requests.telling.turns import give_more_turns
from core import outbox

CONSUMER = "requests"
LONGEST = dt.timedelta(days=366)

#: What a topic (sealed bids, an auction ...) demands of a draft at the time of publishing; each raises RequestIncomplete.
Check = Callable[[BuyerRequest, dt.datetime], None]
_checks: list[Check] = []


def register_check(check: Check) -> None:
    """Called once by a topic when the application starts; the request is locked whenever the check is asked."""
    _checks.append(check)


@transaction.atomic
def publish_request(*, buyer: User, request: BuyerRequest) -> BuyerRequest:
    """Opens a draft for bids; matching and notices follow through the outbox. Locks the request.

    Raises UnknownRequest, RequestNotDraft, or RequestIncomplete with the field that has to be mended.
    """
    draft, now = _own(buyer, request)
    if draft.state != RequestState.DRAFT:
        raise RequestNotDraft("not_a_draft")
    if not draft.title.strip():
        raise RequestIncomplete("no_title", field="title")
    if not draft.lines.exists():
        raise RequestIncomplete("no_lines", field="lines")
    _check_deadline(draft.deadline_at, now)
    if draft.audience == Audience.CHOSEN and not draft.invitations.filter(vendor__state="approved").exists():
        raise RequestIncomplete("no_vendors", field="vendors")
    for check in _checks:
        check(draft, now)
    draft.state = RequestState.OPEN
    draft.published_at = now
    draft.save(update_fields=["state", "published_at"])
    sealing.note_published(draft, now)
    outbox.emit(CONSUMER, "published", {"request": draft.pk})
    metrics.happened("published")
    return draft


@transaction.atomic
def move_deadline(*, buyer: User, request: BuyerRequest, deadline_at: dt.datetime) -> BuyerRequest:
    """Gives vendors longer (never shorter) while bids are still taken. Bidders are told. Locks the request."""
    current, now = _own(buyer, request)
    _must_be_open(current, now)
    _check_deadline(deadline_at, now)
    assert current.deadline_at is not None
    if deadline_at <= current.deadline_at:
        raise RequestIncomplete("deadline_past", field="deadline")
    refuse_long_wait(current, deadline_at, now)
    current.deadline_at = deadline_at
    current.save(update_fields=["deadline_at"])
    sealing.note_deadline(current, now)
    messages.tell_bidders_of_deadline(current)
    tell_members_of_deadline(current)
    give_more_turns(current, now)
    return current


@transaction.atomic
def cancel_request(*, buyer: User, request: BuyerRequest) -> BuyerRequest:
    """Ends a published request. Bidders are told. Locks the request.

    Raises AlreadyAwarded while a vendor has a line of it, accepted or not answered yet: what was given holds.
    """
    current, now = _own(buyer, request)
    if current.state not in {RequestState.OPEN, RequestState.CLOSED}:
        raise RequestNotOpen("not_open")
    if current.awards.filter(state__in=LIVE).exists():
        raise AlreadyAwarded("already_awarded")
    current.state = RequestState.CANCELLED
    current.closed_at = now
    current.save(update_fields=["state", "closed_at"])
    sealing.note_cancelled(current, now)
    messages.tell_bidders_of_cancelling(current)
    tell_members_of_cancelling(current)
    return current


def close_due_requests(*, limit: int = 500) -> int:
    """Closes the requests whose deadline has passed by the database's clock, each under its lock.

    Returns how many. Bids are refused from the deadline on even before this runs.
    """
    closed = 0
    due = BuyerRequest.objects.filter(state=RequestState.OPEN, deadline_at__lte=database_now())
    due = due.exclude(sealing__isnull=False, sealing__opened_at=None)  # sealing.opening closes these
    due = due.exclude(standing__state__in=("active", "paused"))  # standing.rounds renews these
    for pk in list(due.order_by("deadline_at").values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            request, now = locked_request(pk)
            if request.state != RequestState.OPEN or request.deadline_at is None or request.deadline_at > now:
                continue  # prolonged, cancelled or closed meanwhile
            request.state = RequestState.CLOSED
            request.closed_at = now
            request.save(update_fields=["state", "closed_at"])
            close_to_auction(request)
            closed += 1
    return closed


def close_to_auction(request: BuyerRequest) -> None:
    """The deadline has passed: it is the buyer's turn, or that of an auction among those who bid."""
    from buyer_requests.auctioning import running  # it imports this package at start-up

    if hides_bids(request):
        running.announce(request)
    else:
        messages.tell_buyer_of_closing(request)


def require_open(request: BuyerRequest, now: dt.datetime) -> None:
    """Raises RequestNotOpen unless bids are taken at `now`; the request has to be locked."""
    _must_be_open(request, now)


def _must_be_open(request: BuyerRequest, now: dt.datetime) -> None:
    if request.state != RequestState.OPEN or request.deadline_at is None or request.deadline_at <= now:
        raise RequestNotOpen("not_open")


def _check_deadline(deadline_at: dt.datetime | None, now: dt.datetime) -> None:
    if deadline_at is None:
        raise RequestIncomplete("no_deadline", field="deadline")
    if deadline_at <= now:
        raise RequestIncomplete("deadline_past", field="deadline")
    if deadline_at > now + LONGEST:
        raise RequestIncomplete("deadline_far", field="deadline")


def _own(buyer: User, request: BuyerRequest) -> tuple[BuyerRequest, dt.datetime]:
    current, now = locked_request(request.pk)
    if current.buyer_id != buyer.pk:
        raise UnknownRequest("unknown_request")
    return current, now
