"""How much a buyer may publish and a vendor may ask and bid: generous for the known, enough for the new."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db.models import Count

from buyer_requests.enums import RequestState
from buyer_requests.models import Award, BuyerRequest
from buyer_requests.trust.errors import TooMuchPublished
from core.limits import limit

DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Allowance:
    """Requests in a day, open at once, and lines in a day."""

    a_day: int
    open_at_once: int
    lines_a_day: int


NEW: Final = Allowance(20, 30, 2_000)
KNOWN: Final = Allowance(60, 200, 10_000)
#: A buyer is known by an award, or by an account of that age.
KNOWN_AFTER: Final = dt.timedelta(days=90)

#: By vendor; a person's own limits are those of the pages.
QUESTIONS: Final = "100/d"
BIDS: Final = "1000/d"


def allowance_of(request: BuyerRequest, now: dt.datetime) -> Allowance:
    old = now - request.buyer.date_joined >= KNOWN_AFTER
    return KNOWN if old or Award.objects.filter(request__buyer=request.buyer_id).exists() else NEW


def check_publishing(request: BuyerRequest, now: dt.datetime) -> None:
    """Raises TooMuchPublished, which says what is used up and when it goes on. A check of publishing."""
    published = BuyerRequest.objects.filter(buyer=request.buyer_id, published_at__gt=now - DAY, round_of=None)
    recent = published.aggregate(requests=Count("pk", distinct=True), lines=Count("lines"))
    is_open = BuyerRequest.objects.filter(buyer=request.buyer_id, state=RequestState.OPEN).count()
    lines = request.lines.count()
    # Whoever stays within what new buyers may is not asked for more.
    if (
        recent["requests"] < NEW.a_day
        and is_open < NEW.open_at_once
        and recent["lines"] + lines <= NEW.lines_a_day
    ):
        return
    allowed = allowance_of(request, now)
    if is_open >= allowed.open_at_once:
        raise TooMuchPublished("too_many_open", most=allowed.open_at_once)
    if recent["requests"] >= allowed.a_day:
        raise TooMuchPublished("too_many_a_day", most=allowed.a_day)
    if recent["lines"] + lines > allowed.lines_a_day:
        raise TooMuchPublished("too_many_lines_a_day", most=allowed.lines_a_day)


def count_question(vendor_id: int) -> None:
    """Raises TooMany."""
    limit(f"requests.questions:{vendor_id}", QUESTIONS)


def count_bid(vendor_id: int) -> None:
    """Raises TooMany."""
    limit(f"requests.bids:{vendor_id}", BIDS)
