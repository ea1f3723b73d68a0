"""What a standing request must be like when it is published."""

from __future__ import annotations

import datetime as dt

from buyer_requests.forms import options
from buyer_requests.models import BuyerRequest
from buyer_requests.standing.errors import StandingIncomplete
from buyer_requests.standing.limits import terms_of

#: Topics that need one deadline and one decision.
_NOT_WITH = ("sealed", "auction", "pool")


def check_draft(draft: BuyerRequest, now: dt.datetime) -> None:
    """Before publishing: nothing else that needs one deadline for all, and an end after the first round."""
    terms = terms_of(draft)
    if terms is None:
        return
    if any(option.key in _NOT_WITH and option.chosen() for option in options.options_of(draft)):
        raise StandingIncomplete("standing_alone")
    if (
        terms.ends_on is not None
        and draft.deadline_at is not None
        and terms.ends_on < draft.deadline_at.date()
    ):
        raise StandingIncomplete("standing_end")
