"""Whether a request stands, and what is refused while it does."""

from __future__ import annotations

from buyer_requests.models import BuyerRequest, StandingTerms
from buyer_requests.standing.enums import StandingState
from buyer_requests.standing.errors import RoundNotClosed

STANDING = (StandingState.ACTIVE, StandingState.PAUSED)


def terms_of(request: BuyerRequest) -> StandingTerms | None:
    """While it stands; None for every other request."""
    return StandingTerms.objects.filter(request=request, state__in=STANDING).first()


def require_no_rounds(request: BuyerRequest) -> None:
    """Raises RoundNotClosed: of a standing request the rounds are decided, not the request itself."""
    if terms_of(request) is not None:
        raise RoundNotClosed("round_not_closed")
