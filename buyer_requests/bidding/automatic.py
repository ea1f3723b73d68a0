"""Bids by a vendor's rules: sent when a request was matched, once for each request, never over what a person began.

Nothing here runs while a lock is held but the decision itself: the request's lock, then the rule's, then the caps.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

import structlog
from django.db import OperationalError, transaction
from django.db.models import Q, Sum
from django.utils import timezone

from accounts.selectors import owns_address
from buyer_requests.bidding.deciding import Proposal, in_hours, proposal
from buyer_requests.bidding.enums import Origin, Outcome, RuleState
from buyer_requests.bidding.inputs import BidTerms
from buyer_requests.bidding.prefill import Filled, filled_lines, to_currency
from buyer_requests.changing.standing import is_unconfirmed
from buyer_requests.enums import RequestState
from buyer_requests.locks import database_now, locked_request, locked_rules
from buyer_requests.matching.documents import base_price
from buyer_requests.models import (
    Bid,
    BiddingRule,
    BiddingStop,
    BuyerRequest,
    RequestLine,
    RuleOutcome,
    VendorNotice,
)
from buyer_requests.sealing import rules as under_seal
from buyer_requests.sealing.holding import is_sealed
from buyer_requests.selectors.visibility import is_held_back, visible_to
from buyer_requests.services import messages
from buyer_requests.services.bids import send_bid
from catalog.models import Category, OfferPrice
from core.errors import DomainError
from core.rates import Rates, current_rates
from vendors.models import Vendor

logger = structlog.get_logger(__name__)

#: (request, vendor)
Pair = tuple[int, int]
#: Outcomes that a sweep takes up again; those looked at longest ago come first.
WAITING_AT_ONCE: Final = 200
#: Requests that a dry run looks at.
TRIED: Final = 50


def bid_by_rules(pairs: Iterable[Pair]) -> set[Pair]:
    """Lets the rules of these vendors look at these requests. Returns the pairs that have an automatic bid now.

    Repeating it changes nothing: a request is decided once for each vendor. What a rule cannot send (outside its
    hours, its cap used up) waits for `bid_waiting`.
    """
    wanted = {(int(request), int(vendor)) for request, vendor in pairs}
    alive = live_vendors({vendor for _request, vendor in wanted})
    for request, vendor in sorted(pair for pair in wanted if pair[1] in alive):
        try:
            _look_at(request, vendor)
        except OperationalError:
            raise  # the database's trouble, not the pair's: all is done again later
        except Exception:  # whatever one pair breaks on, the pairs behind it and their notices go on
            logger.exception("bidding.failed", request=request, vendor=vendor)
    rows = RuleOutcome.objects.filter(
        request__in={request for request, _vendor in wanted},
        vendor__in={vendor for _request, vendor in wanted},
        outcome=Outcome.SENT,
    )
    return wanted & set(rows.values_list("request_id", "vendor_id"))


def bid_for_vendor(vendor_id: int) -> None:
    """After a rule went live: the requests that the vendor was told of and that are open still."""
    noted = VendorNotice.objects.filter(vendor=vendor_id, request__state=RequestState.OPEN)
    bid_by_rules([(request, vendor_id) for request in noted.values_list("request_id", flat=True)[:1000]])


def bid_waiting() -> int:
    """Looks again at what waited for its hour or for the next day's cap. Returns how many were looked at."""
    alive = BiddingRule.objects.filter(state=RuleState.LIVE).values("vendor")
    waiting = RuleOutcome.objects.filter(
        outcome=Outcome.WAITS, request__state=RequestState.OPEN, vendor__in=alive
    )
    rows = list(waiting.order_by("decided_at").values_list("pk", "request_id", "vendor_id")[:WAITING_AT_ONCE])
    # Looked at now, whatever comes of it: nobody waits behind pairs that cannot be decided.
    RuleOutcome.objects.filter(pk__in=[pk for pk, _request, _vendor in rows]).update(
        decided_at=database_now()
    )
    pairs = [(request, vendor) for _pk, request, vendor in rows]
    bid_by_rules(pairs)
    return len(pairs)


def live_vendors(vendor_ids: Collection[int]) -> set[int]:
    """Those with a live rule whom no operator stopped."""
    stops = list(BiddingStop.objects.filter(Q(everybody=True) | Q(vendor__in=vendor_ids)))
    if any(stop.everybody for stop in stops):
        return set()
    live = BiddingRule.objects.filter(vendor__in=vendor_ids, state=RuleState.LIVE)
    return set(live.values_list("vendor_id", flat=True)) - {stop.vendor_id for stop in stops}


def _look_at(request_id: int, vendor_id: int) -> None:
    request = (
        BuyerRequest.objects.filter(pk=request_id, state=RequestState.OPEN).select_related("buyer").first()
    )
    vendor = Vendor.objects.public().filter(pk=vendor_id).first()
    if request is None or vendor is None:
        return
    settled = RuleOutcome.objects.filter(request=request, vendor=vendor).exclude(outcome=Outcome.WAITS)
    if is_held_back(request):  # whether its buyer is one is for an operator to say first
        return
    if settled.exists() or not visible_to(vendor).filter(pk=request_id).exists():
        return
    rates = current_rates()
    rules = list(BiddingRule.objects.filter(vendor=vendor, state=RuleState.LIVE).order_by("pk"))
    filled = list(filled_lines(vendor, list(request.lines.all()), request.currency).values())
    proposals = propose(rules, request, filled, rates)
    try:
        with transaction.atomic():
            _decide(request, vendor, proposals, rates, version=request.version)
    except DomainError as error:
        # The request closed, or the bid is refused as a person's would be: nobody is there to mend it.
        logger.info("bidding.refused", request=request_id, vendor=vendor_id, code=error.code)


def propose(
    rules: Collection[BiddingRule], request: BuyerRequest, filled: list[Filled], rates: Rates
) -> dict[int, Proposal]:
    """{rule: what it would bid}."""
    verified = (
        owns_address(request.buyer, request.buyer.email)
        if any(rule.only_verified for rule in rules)
        else True
    )
    purchase = _purchase(filled, rates) if any(rule.margin_percent is not None for rule in rules) else {}
    return {
        rule.pk: proposal(
            rule,
            request,
            filled,
            categories=categories_of(rule),
            purchase=purchase,
            is_verified=verified,
            rates=rates,
        )
        for rule in rules
    }


def categories_of(rule: BiddingRule) -> set[int]:
    """The rule's categories and all below them; empty where it takes every one."""
    paths = list(rule.categories.values_list("path", flat=True))
    if not paths:
        return set()
    below = Q()
    for path in paths:
        below |= Q(path__startswith=path)
    return set(Category.objects.filter(below).values_list("pk", flat=True))


def _purchase(filled: Iterable[Filled], rates: Rates) -> dict[int, int]:
    """What one unit of an offer cost its vendor, where a further price of the list says so."""
    offers = {choice.offer.pk: choice.offer for each in filled for choice in each.choices}
    found: dict[int, int] = {}
    for price in OfferPrice.objects.filter(offer__in=list(offers), min_quantity=1).exclude(label=""):
        offer = offers[price.offer_id]
        if price.is_purchase:
            amount = base_price(price.amount, price.currency, offer.vat, offer.vat_percent, rates)
            if amount is not None:
                found[offer.pk] = max(amount, found.get(offer.pk, 0))
    return found


def _decide(
    request: BuyerRequest, vendor: Vendor, proposals: dict[int, Proposal], rates: Rates, *, version: int
) -> None:
    """Under the locks: whether it still may, which rule comes first, whether its caps leave room."""
    current, now = locked_request(request.pk)
    rules = locked_rules(vendor.pk)
    outcome = RuleOutcome.objects.filter(request=current, vendor=vendor).first()
    if outcome is not None and outcome.outcome != Outcome.WAITS:
        return
    outcome = outcome or RuleOutcome(request=current, vendor=vendor)
    outcome.decided_at = now
    if not live_vendors([vendor.pk]) or under_seal.has_begun(current, vendor):
        return  # switched off while it was worked out: nothing is decided; a sealed bid is told of by no row
    bid = Bid.objects.filter(request=current, vendor=vendor).first()
    # A rule's own bid is made anew where the request changed under it.
    if bid is not None and not (bid.is_automatic and is_unconfirmed(bid, current)):
        _note(outcome, None, Outcome.REFUSED, "has_bid")
        return
    verdict: tuple[BiddingRule | None, Outcome, str] = (None, Outcome.REFUSED, "nothing_fits")
    for rule in rules:
        made = proposals.get(rule.pk)
        if made is None:
            continue
        reason = made.reason or _cap(rule, made, now)
        if not reason:
            _send(current, vendor, rule, made, now=now, rates=rates, version=version)
            outcome.amount_base, outcome.lines = made.amount_base, len(made.lines)
            _note(outcome, rule, Outcome.SENT, "")
            return
        waits = reason in {"hours", "cap"}
        if waits or verdict[1] != Outcome.WAITS:
            verdict = (rule, Outcome.WAITS if waits else Outcome.REFUSED, reason)
    if verdict[0] is not None:
        _note(outcome, *verdict)


def _cap(rule: BiddingRule, made: Proposal, now: dt.datetime) -> str:
    """Why the rule has to wait ("hours", "cap"), or "". The rule's row is locked: nothing is added meanwhile."""
    local = timezone.localtime(now, timezone.get_default_timezone())
    if not in_hours(rule, local):
        return "hours"
    if rule.most_amount_a_day is not None and made.amount_base > rule.most_amount_a_day:
        return "too_big"
    day = local.replace(hour=0, minute=0, second=0, microsecond=0)
    today = RuleOutcome.objects.filter(rule=rule, outcome=Outcome.SENT, decided_at__gte=day)
    hidden = under_seal.spent(rule, day)
    if today.count() + len(hidden) >= rule.most_a_day:
        return "cap"
    if rule.most_amount_a_day is not None:
        spent = today.aggregate(total=Sum("amount_base"))["total"] or 0
        spent += sum(hidden)
        if spent + made.amount_base > rule.most_amount_a_day:
            return "cap"
    return ""


def _send(
    request: BuyerRequest,
    vendor: Vendor,
    rule: BiddingRule,
    made: Proposal,
    *,
    now: dt.datetime,
    rates: Rates,
    version: int,
) -> None:
    terms = BidTerms(
        currency=request.currency,
        delivery_price=to_currency(vendor.delivery_price, request.currency, rates) or 0,
        free_delivery_from=to_currency(vendor.free_delivery_from or None, request.currency, rates),
        delivery_days=vendor.delivery_days,
        valid_until=timezone.localdate(max(now, request.deadline_at or now))
        + dt.timedelta(days=rule.valid_days),
        terms=rule.terms,
    )
    bid = send_bid(
        vendor=vendor,
        user=None,
        request=request,
        lines=made.lines,
        terms=terms,
        origin=Origin.RULE,
        version=version,
    )
    if is_sealed(request):  # the receipt tells the vendor
        under_seal.note_spent(request, vendor, rule.pk, made.amount_base, lines=len(made.lines), now=now)
    else:
        messages.tell_vendor_of_automatic_bid(bid, rule.name)


def _note(outcome: RuleOutcome, rule: BiddingRule | None, what: Outcome, reason: str) -> None:
    if what != Outcome.WAITS and is_sealed(outcome.request):
        return  # a row says at most that a rule waited: neither that it bid nor that it did not
    outcome.rule, outcome.outcome, outcome.reason = rule, what, reason
    outcome.save()


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would have done with a request."""

    request: BuyerRequest
    made: Proposal
    reason: str

    @property
    def would_bid(self) -> bool:
        return not self.reason


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a rule would have done with the vendor's latest requests, its caps by day counted, its hours not."""

    trials: list[Trial]
    bids: int
    amount_base: int
    open_now: int
    reasons: list[tuple[str, int]]


def dry_run(rule: BiddingRule) -> DryRun:
    """Holds a rule against the last 50 requests that the vendor's offers fit. Sends nothing, writes nothing."""
    rates = current_rates()
    fitting = RequestLine.objects.filter(fits__vendor=rule.vendor_id).order_by().values("request").distinct()
    requests = list(
        BuyerRequest.objects.filter(pk__in=fitting)
        .exclude(state__in=(RequestState.DRAFT, RequestState.CANCELLED))
        .select_related("buyer")
        .order_by("-id")[:TRIED]
    )
    lines: dict[int, list[RequestLine]] = defaultdict(list)
    for line in RequestLine.objects.filter(request__in=requests).order_by("request_id", "position"):
        lines[line.request_id].append(line)
    filled: dict[int, Filled] = {}
    for currency in {request.currency for request in requests}:
        some = [line for request in requests if request.currency == currency for line in lines[request.pk]]
        filled |= filled_lines(rule.vendor, some, currency)
    purchase = _purchase(filled.values(), rates) if rule.margin_percent is not None else {}
    categories = categories_of(rule)
    verified: dict[int, bool] = {}
    trials: list[Trial] = []
    days: dict[dt.date, tuple[int, int]] = {}
    for request in requests[::-1]:
        if rule.only_verified and request.buyer_id not in verified:
            verified[request.buyer_id] = owns_address(request.buyer, request.buyer.email)
        made = proposal(
            rule,
            request,
            [filled[line.pk] for line in lines[request.pk]],
            categories=categories,
            purchase=purchase,
            is_verified=verified.get(request.buyer_id, True),
            rates=rates,
        )
        reason = made.reason
        if not reason:
            day = timezone.localdate(request.published_at or request.created_at)
            count, spent = days.get(day, (0, 0))
            over = rule.most_amount_a_day is not None and spent + made.amount_base > rule.most_amount_a_day
            if count >= rule.most_a_day or over:
                reason = "cap"
            else:
                days[day] = (count + 1, spent + made.amount_base)
        trials.append(Trial(request, made, reason))
    sent = [trial for trial in trials if trial.would_bid]
    return DryRun(
        trials[::-1],
        len(sent),
        sum(trial.made.amount_base for trial in sent),
        sum(trial.request.takes_bids for trial in sent),
        Counter(trial.reason for trial in trials if trial.reason).most_common(),
    )
