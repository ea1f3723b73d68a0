"""What a vendor's bidding rules may know of its own sealed bids: that there is one, and what it spent of the day's caps."""

from __future__ import annotations

import datetime as dt

from buyer_requests.changing.standing import asked_version
from buyer_requests.enums import RequestState
from buyer_requests.models import BiddingRule, BuyerRequest
from buyer_requests.sealing.canonical import moment, moment_of
from buyer_requests.sealing.errors import BidUnreadable
from buyer_requests.sealing.holding import held_by, keep, keys_of, opened, terms_for
from buyer_requests.sealing.models import SealedBid, SealedTerms
from vendors.models import Vendor


def has_begun(request: BuyerRequest, vendor: Vendor) -> bool:
    """Whether the vendor has a bid or a draft under seal that a rule leaves alone: not a rule's own that waits for a word."""
    terms = terms_for(request)
    if terms is None or terms.opened_at is not None:
        return False
    held = held_by(terms, vendor)
    if held is None:
        return False
    return not (held.is_automatic and held.is_sent and held.answers < asked_version(request))


def note_spent(
    request: BuyerRequest, vendor: Vendor, rule_id: int, amount_base: int, *, lines: int, now: dt.datetime
) -> None:
    """What a rule's bid took of its caps, inside the sealed bid. The request and the rule are locked."""
    terms = terms_for(request)
    held = held_by(terms, vendor) if terms else None
    assert terms is not None  # the caller asked whether it is sealed
    assert held is not None  # and the rule has just bid
    held.rule = {"rule": rule_id, "amount_base": amount_base, "lines": lines, "at": moment(now)}
    keep(terms, held)


def spent(rule: BiddingRule, since: dt.datetime) -> list[int]:
    """Amounts of the rule's sealed bids since then, one for each; of requests that are sealed still."""
    names = {}
    waiting = SealedTerms.objects.filter(opened_at=None, request__state=RequestState.OPEN)
    for terms in waiting.select_related("request"):
        try:
            names[terms.pk, keys_of(terms).bidder(rule.vendor_id)] = terms
        except BidUnreadable:
            continue
    found = []
    for row in SealedBid.objects.filter(bidder__in=[bidder for _request, bidder in names]):
        terms = names[row.request_id, row.bidder]
        told = opened(terms, keys_of(terms), row).rule
        if told and told["rule"] == rule.pk and moment_of(told["at"]) >= since:
            found.append(int(told["amount_base"]))
    return found
