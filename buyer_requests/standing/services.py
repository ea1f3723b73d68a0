"""What a buyer does with a standing request: close a round now, pause, go on, end it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from buyer_requests.enums import RequestState
from buyer_requests.errors import UnknownRequest
from buyer_requests.locks import locked_request
from buyer_requests.models import BuyerRequest, StandingTerms
from buyer_requests.standing.enums import StandingState
from buyer_requests.standing.errors import NoBids, NotStanding
from buyer_requests.standing.limits import terms_of
from buyer_requests.standing.rounds import close_round


@transaction.atomic
def close_now(*, buyer: User, request: BuyerRequest) -> BuyerRequest:
    """A round of the bids as they stand; the request stays open. Locks it. Raises NotStanding, NoBids."""
    current, terms, now = _own(buyer, request)
    made = close_round(terms, current, now)
    if made is None:
        raise NoBids("no_bids")
    return made


@transaction.atomic
def pause(*, buyer: User, request: BuyerRequest) -> StandingTerms:
    """No rounds close and nobody is told of offers until the buyer goes on; bids stay. Locks the request."""
    return _switch(buyer, request, StandingState.PAUSED)


@transaction.atomic
def go_on(*, buyer: User, request: BuyerRequest) -> StandingTerms:
    return _switch(buyer, request, StandingState.ACTIVE)


@transaction.atomic
def end(*, buyer: User, request: BuyerRequest) -> BuyerRequest:
    """Bids end now, and the request becomes one like every other whose deadline has passed. Locks it."""
    current, terms, now = _own(buyer, request)
    terms.state = StandingState.ENDED
    terms.save(update_fields=["state", "changed_at"])
    current.state, current.deadline_at, current.closed_at = RequestState.CLOSED, now, now
    current.save(update_fields=["state", "deadline_at", "closed_at"])
    return current


def _switch(buyer: User, request: BuyerRequest, state: StandingState) -> StandingTerms:
    _current, terms, _now = _own(buyer, request)
    terms.state = state
    terms.save(update_fields=["state", "changed_at"])
    return terms


def _own(buyer: User, request: BuyerRequest) -> tuple[BuyerRequest, StandingTerms, dt.datetime]:
    current, now = locked_request(request.pk)
    if current.buyer_id != buyer.pk:
        raise UnknownRequest("unknown_request")
    terms = terms_of(current)
    if terms is None or current.state != RequestState.OPEN:
        raise NotStanding("not_standing")
    return current, terms, now
