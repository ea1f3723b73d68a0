"""A standing request as pages show it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from buyer_requests.models import BuyerRequest, StandingRound, StandingTerms
from buyer_requests.standing.enums import StandingState


@dataclass(frozen=True, slots=True)
class Standing:
    terms: StandingTerms
    rounds: list[StandingRound]
    finds: int
    news: int

    @property
    def stands(self) -> bool:
        return self.terms.state != StandingState.ENDED and self.terms.request.takes_bids


def standing_of(request: BuyerRequest) -> Standing | None:
    """Terms, closed rounds, and how many offers were found; None for a request that never stood. No statement for these, where the request was
    read with `standing`.
    """
    terms: StandingTerms | None = getattr(request, "standing", None)
    if terms is None:
        return None
    terms.request = request
    counts = terms.finds.aggregate(all=Count("pk"), news=Count("pk", filter=Q(is_news=True)))
    rounds = list(terms.rounds.select_related("request").order_by("-number")[:24])
    return Standing(terms, rounds, counts["all"], counts["news"])


def round_of(request: BuyerRequest) -> StandingRound | None:
    """Of which standing request this is a round."""
    found: StandingRound | None = getattr(request, "round_of", None)
    return found
