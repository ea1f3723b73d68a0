"""What a rule would bid on a request, and why it would not: pure, from the rule and what is filled in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from buyer_requests.bidding.enums import Supply
from buyer_requests.bidding.inputs import BidLineInput
from buyer_requests.bidding.prefill import Choice, Filled, to_currency
from buyer_requests.models import BiddingRule, BuyerRequest
from core.money import MINOR_SCALE, PRICE_SCALE, line_total
from core.rates import Rates

_MINOR = PRICE_SCALE // MINOR_SCALE


@dataclass(frozen=True, slots=True)
class Proposal:
    """`lines` in the request's currency; `amount_base` in the row's, 1/10,000. `reason` is "" where it would bid."""

    lines: list[BidLineInput] = field(default_factory=list)
    amount_base: int = 0
    reason: str = ""


def proposal(
    rule: BiddingRule,
    request: BuyerRequest,
    filled: Sequence[Filled],
    *,
    categories: Collection[int],
    purchase: Mapping[int, int],
    is_verified: bool,
    rates: Rates,
) -> Proposal:
    """What the rule would send, its caps by day and its hours aside.

    `categories` are the rule's with all below them (empty: every one); `purchase` is {offer: what one unit of it
    cost the vendor, VAT included, in the row's currency}.
    """
    if rule.regions and request.region not in rule.regions:
        return Proposal(reason="region")
    if rule.only_verified and not is_verified:
        return Proposal(reason="unverified")
    lines, minor, below = [], 0, False
    for each in filled:
        line, too_low = _line(rule, each, categories, purchase, currency=request.currency, rates=rates)
        below = below or too_low
        if line is not None:
            lines.append(line[0])
            minor += line_total(line[1], line[0].quantity)
    amount = minor * _MINOR
    if not lines:
        return Proposal(reason="margin" if below else "nothing_fits")
    if len(lines) * 100 < rule.least_percent * len(filled):
        return Proposal(lines, amount, "too_few")
    if rule.most_amount is not None and amount > rule.most_amount:
        return Proposal(lines, amount, "too_big")
    return Proposal(lines, amount)


def in_hours(rule: BiddingRule, moment: dt.datetime) -> bool:
    """Whether the rule bids at this moment; `moment` is local. From 20 until 6 goes over midnight."""
    if rule.hour_from < rule.hour_to:
        return rule.hour_from <= moment.hour < rule.hour_to
    return moment.hour >= rule.hour_from or moment.hour < rule.hour_to


def _line(
    rule: BiddingRule,
    filled: Filled,
    categories: Collection[int],
    purchase: Mapping[int, int],
    *,
    currency: str,
    rates: Rates,
) -> tuple[tuple[BidLineInput, int] | None, bool]:
    """The line with its price in the row's currency, and whether only the margin stood against one."""
    below = False
    for choice in filled.choices:
        if rule.needs_stock and choice.supply != Supply.STOCK:
            continue
        if categories and choice.offer.category_id not in categories:
            continue
        base = price_of(rule, choice, purchase.get(choice.offer.pk))
        price = to_currency(base, currency, rates)
        if base is None or not price:
            below = below or bool(choice.base_amount)
            continue
        line = BidLineInput(
            line_id=filled.line.pk,
            title=choice.offer.title,
            quantity=choice.quantity,
            price_amount=price,
            offer_id=choice.offer.pk,
            step=choice.step,
            supply=choice.supply,
        )
        return (line, base), False
    return None, below


def price_of(rule: BiddingRule, choice: Choice, purchase: int | None) -> int | None:
    """The rule's price per unit of the line in the row's currency; None where the margin leaves no room.

    The discount is taken from the price that the quantity reaches. Where a margin is to be kept, the purchase price
    and that much more is the floor; an offer whose purchase price is not known then goes at its list price.
    """
    if not choice.base_amount:
        return None
    listed = Decimal(choice.base_amount)
    price = int((listed * (100 - rule.discount_percent) / 100).to_integral_value(rounding=ROUND_FLOOR))
    if rule.margin_percent is None:
        return price or None
    if purchase is None:
        return choice.base_amount
    floor = Decimal(purchase) / choice.units * (100 + rule.margin_percent) / 100
    least = int(floor.to_integral_value(rounding=ROUND_CEILING))
    if least > choice.base_amount:
        return None
    return max(price, least) or None
