"""What the outbox tells requests: a request was published, offers changed, vendors are to be told."""

from __future__ import annotations

from typing import Any

from buyer_requests.enums import RequestState
from buyer_requests.matching import match_offers, rematch_request
from buyer_requests.models import BuyerRequest
from buyer_requests.services import notices


def handle(facts: list[dict[str, Any]]) -> None:
    """Takes facts of the topics "published", "offers_changed" and "tell"; repeating them changes nothing."""
    for fact in facts:
        if fact["topic"] == "published":
            match_published(fact["request"])
    changed = {offer for fact in facts if fact["topic"] == "offers_changed" for offer in fact["offers"]}
    if changed:
        notices.note_for_pairs(match_offers(changed))
    for fact in facts:
        if fact["topic"] == notices.TELL:
            notices.tell([(request, vendor) for request, vendor in fact["pairs"]])


def match_published(request_id: int) -> None:
    """Matches a request's lines to the offers on sale, stores what fits and notes the vendors to tell."""
    request = BuyerRequest.objects.filter(pk=request_id, state=RequestState.OPEN).first()
    if request is not None:
        notices.note_for_request(request, rematch_request(request_id))
