"""What a bid may say: every refusal names the field and the line. Nothing is read or written here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils import timezone

from buyer_requests.bidding.enums import Supply
from buyer_requests.bidding.inputs import AlternativeInput, BidLineInput, BidTerms
from buyer_requests.bidding.models import BidAlternative
from buyer_requests.errors import BidIncomplete
from core.money import MAX_PRICE, PRICE_SCALE
from core.rates import current_rates

#: Prices by quantity of one line.
MOST_BREAKS: Final = 5
#: A year and a bit: a date beyond it is a slip of the keyboard.
FURTHEST: Final = dt.timedelta(days=400)
_MOST: Final = int(MAX_PRICE) * PRICE_SCALE
_LEAST: Final = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What checking has to know of a request's line."""

    position: int
    substitutes: bool


def check(
    lines: Sequence[BidLineInput],
    terms: BidTerms,
    wanted: Mapping[int, Wanted],
    now: dt.datetime,
    *,
    complete: bool,
) -> None:
    """Raises BidIncomplete for the first thing that is wrong; a draft may be without lines."""
    if complete and not lines:
        raise BidIncomplete("no_bid_lines", field="lines")
    if len({line.line_id for line in lines}) != len(lines) or any(
        line.line_id not in wanted for line in lines
    ):
        raise BidIncomplete("foreign_line", field="lines")
    today = timezone.localdate(now)
    for line in lines:
        _check_line(line, wanted[line.line_id], today)
    if not current_rates().knows(terms.currency):
        raise BidIncomplete("unknown_currency", field="currency", currency=terms.currency)
    if terms.valid_until is not None and terms.valid_until < today:
        raise BidIncomplete("valid_past", field="valid_until")
    for name in ("delivery_price", "free_delivery_from", "minimum_order"):
        if not 0 <= (getattr(terms, name) or 0) <= _MOST:
            raise BidIncomplete("bad_amount", field=name)


def _check_line(line: BidLineInput, wanted: Wanted, today: dt.date) -> None:
    position = wanted.position
    _check_good(line, line.line_id, wanted, today)
    if line.step is not None and (not _LEAST <= line.step <= line.quantity or line.quantity % line.step != 0):
        raise BidIncomplete("bad_step", field=f"step-{line.line_id}", position=position)
    if len(line.breaks) > MOST_BREAKS:
        raise BidIncomplete(
            "too_many_breaks", field=f"breaks-{line.line_id}", position=position, most=MOST_BREAKS
        )
    before, price = Decimal(0), line.price_amount
    for quantity, amount in sorted(line.breaks):
        # A break that is dearer, or starts where another does, would leave two prices for one quantity.
        if not before < quantity < Decimal(10) ** 9 or not 0 < amount < price:
            raise BidIncomplete("bad_breaks", field=f"breaks-{line.line_id}", position=position)
        before, price = quantity, amount
    if len(line.alternatives) > BidAlternative.MOST:
        raise BidIncomplete(
            "too_many_alternatives",
            field=f"alternatives-{line.line_id}",
            position=position,
            most=BidAlternative.MOST,
        )
    for alternative in line.alternatives:
        _check_good(alternative, line.line_id, wanted, today)


def _check_good(good: BidLineInput | AlternativeInput, line_id: int, wanted: Wanted, today: dt.date) -> None:
    position = wanted.position
    if not good.title.strip():
        raise BidIncomplete("no_bid_title", field=f"title-{line_id}", position=position)
    if not 0 < good.price_amount <= _MOST:
        raise BidIncomplete("bad_price", field=f"price-{line_id}", position=position)
    if not _LEAST <= good.quantity < Decimal(10) ** 9:
        raise BidIncomplete("bad_bid_quantity", field=f"quantity-{line_id}", position=position)
    if good.is_substitute and not wanted.substitutes:
        raise BidIncomplete("no_substitutes", field=f"is_substitute-{line_id}", position=position)
    if good.supply not in Supply.values:
        raise BidIncomplete("bad_supply", field=f"supply-{line_id}", position=position)
    if good.delivery_on is not None and not today <= good.delivery_on <= today + FURTHEST:
        raise BidIncomplete("bad_delivery_day", field=f"delivery_on-{line_id}", position=position)
