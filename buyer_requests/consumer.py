"""What the outbox tells requests: a request was published, offers changed, vendors are to be told."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from buyer_requests.bidding import look_alikes
from buyer_requests.bidding.automatic import bid_by_rules, bid_for_vendor, live_vendors
from buyer_requests.bidding.rules import RULE_LIVE
from buyer_requests.changing.after import after_changes
from buyer_requests.changing.services import CHANGED
from buyer_requests.enums import RequestState
from buyer_requests.matching import dated, match_offers, rematch_request, sharding
from buyer_requests.matching.moved import announce_offers
from buyer_requests.matching.store import Pair
from buyer_requests.models import BuyerRequest
from buyer_requests.services import notices
from buyer_requests.services.bids import BID_SENT
from buyer_requests.standing import finding
from buyer_requests.trust.publishing import look_again


def handle(facts: list[dict[str, Any]]) -> None:
    """Takes facts of the topics "published", "changed", "offers_changed", "met", "tell", "rule_live", "bid_sent",
    "delivery_changed" and "rejudge".

    Repeating them changes nothing. Rules bid before people are told: who has an automatic bid is told of that one.
    """
    announce_offers(facts)
    _match(facts)
    for fact in facts:
        if fact["topic"] == notices.TELL:
            _tell([(request, vendor) for request, vendor in fact["pairs"]])
    for fact in facts:
        if fact["topic"] == RULE_LIVE:
            bid_for_vendor(fact["vendor"])
        elif fact["topic"] == BID_SENT:
            look_alikes.compare(fact["bid"])


def _match(facts: list[dict[str, Any]]) -> None:
    for fact in facts:
        if fact["topic"] == "published":
            match_published(fact["request"])
    for changed_request in {fact["request"] for fact in facts if fact["topic"] == CHANGED}:
        look_again(changed_request)  # before further vendors are told of it
    after_changes(facts)
    if sharding.is_shared():
        sharding.recheck(fact["request"] for fact in facts if fact["topic"] in {"published", "changed"})
    changed = {offer for fact in facts if fact["topic"] == "offers_changed" for offer in fact["offers"]}
    if changed and sharding.is_shared():
        sharding.hand_out(changed)
    elif changed:
        met(match_offers(changed))
    for fact in facts:
        if fact["topic"] == dated.REJUDGE:
            (sharding.rejudge if sharding.is_shared() else dated.rejudge_lines)(fact["lines"])
    found = {
        (line, vendor) for fact in facts if fact["topic"] == sharding.MET for line, vendor in fact["pairs"]
    }
    if found:
        met(found)


def _tell(pairs: list[Pair]) -> None:
    live = live_vendors({vendor for _request, vendor in pairs})
    # People without a rule do not wait until the rules of others have decided.
    for some in ([p for p in pairs if p[1] not in live], [p for p in pairs if p[1] in live]):
        answered = bid_by_rules(some) if some else set()
        notices.tell([pair for pair in some if pair not in answered])


def met(pairs: Collection[Pair]) -> None:
    """Offers came to meet lines of these vendors, or still do."""
    notices.note_for_pairs(pairs)
    finding.note(pairs)


def match_published(request_id: int) -> None:
    """Matches a request's lines to the offers on sale, stores what fits and notes the vendors to tell."""
    request = BuyerRequest.objects.filter(pk=request_id, state=RequestState.OPEN).first()
    if request is not None:
        fits = rematch_request(request_id)
        notices.note_for_request(request, fits)
        finding.note({(line, vendor) for vendor, lines in fits.items() for line in lines}, first=True)
