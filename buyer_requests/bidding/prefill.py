"""A bid out of the vendor's own matching offers: for each line the best one, priced and rounded to packs, and why.

Pages show it, a person changes it, a rule sends it. Prices are per unit of the line, VAT included, at today's rate.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Final

from buyer_requests.bidding.enums import Supply
from buyer_requests.bidding.inputs import AlternativeInput, BidLineInput
from buyer_requests.matching.documents import Variant, variants
from buyer_requests.matching.queries import order_of, required_text
from buyer_requests.models import BidAlternative, LineMatch, RequestLine
from catalog.enums import Availability
from catalog.models import Offer
from core.money import Money, round_half_up
from core.rates import Rates, current_rates
from search.percolation import StoredQuery, units_in
from vendors.models import Vendor

_ROUND: Final = Decimal("0.001")
#: Prices by quantity that are taken from an offer: those above what is asked for, nearest first.
_BREAKS: Final = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """An offer of the vendor's that meets a line. Amounts are per unit of the line, in the bid's currency.

    `quantity` is what is asked for, rounded up to whole packs of `step`; `price_amount` is the price at it, and
    `base_amount` the same in the row's currency. `shown_stock` is in units of the line.
    """

    offer: Offer
    price_amount: int | None
    stock: Decimal | None
    quantity: Decimal
    step: Decimal | None
    base_amount: int | None
    list_amount: int | None  # base currency, before prices by quantity
    units: Decimal  # of the line in one unit of the offer
    closeness: int
    supply: Supply
    breaks: tuple[tuple[Decimal, int], ...]
    wished: int = 0
    is_substitute: bool = False

    @property
    def value(self) -> str:
        """As a form sends it back: the offer with the price that the page showed."""
        return f"{self.offer.pk}:{self.price_amount or 0}:{self.quantity:f}"

    def as_alternative(self) -> AlternativeInput:
        assert self.price_amount is not None
        return AlternativeInput(
            title=self.offer.title,
            quantity=self.quantity,
            price_amount=self.price_amount,
            offer_id=self.offer.pk,
            is_substitute=self.is_substitute,
            supply=self.supply,
        )


@dataclass(frozen=True, slots=True)
class Filled:
    """What would be offered for a line. `why` are codes: how the first choice came before the others."""

    line: RequestLine
    choices: list[Choice]
    why: tuple[str, ...]

    @property
    def best(self) -> Choice | None:
        return self.choices[0] if self.choices else None

    @property
    def alternatives(self) -> list[Choice]:
        """The next best that are there and have a price."""
        return [each for each in self.choices[1:] if each.price_amount and each.supply == Supply.STOCK][
            : BidAlternative.MOST
        ]

    def as_input(self) -> BidLineInput | None:
        best = self.best
        if best is None or not best.price_amount:
            return None
        return BidLineInput(
            line_id=self.line.pk,
            title=best.offer.title,
            quantity=best.quantity,
            price_amount=best.price_amount,
            offer_id=best.offer.pk,
            is_substitute=best.is_substitute,
            breaks=best.breaks,
            step=best.step,
            supply=best.supply,
            alternatives=tuple(each.as_alternative() for each in self.alternatives),
        )


def filled_lines(vendor: Vendor, lines: Sequence[RequestLine], currency: str) -> dict[int, Filled]:
    """{line: what the vendor's stored matches would offer}; lines without a match are there too, empty.

    Five statements, however many lines there are.
    """
    rates = current_rates()
    matches: dict[int, list[LineMatch]] = defaultdict(list)
    offers: dict[int, Offer] = {}
    for match in (
        LineMatch.objects.filter(line__in=[line.pk for line in lines], vendor=vendor)
        .filter(offer__withdrawn_at=None, offer__hidden_at=None)
        .select_related("offer")
        .order_by("line_id", "offer_id")
    ):
        matches[match.line_id].append(match)
        offers[match.offer_id] = match.offer
    prices = _prices(offers, rates)
    filled = {}
    for line in lines:
        choices = [
            choice
            for match in matches.get(line.pk, ())
            if (choice := _choice(line, match, prices.get(match.offer_id, ()), currency, rates)) is not None
        ]
        choices.sort(key=_rank)
        filled[line.pk] = Filled(line, choices, _why(line, choices))
    return filled


def choices_of(
    vendor: Vendor, wanted: Mapping[int, Collection[int]], lines: Sequence[RequestLine], currency: str
) -> dict[int, list[Choice]]:
    """{line: choices} of named offers of the vendor's, whether they meet the line or not; what is off sale is left out."""
    ids = {pk for offers in wanted.values() for pk in offers}
    offers = Offer.objects.on_sale().filter(vendor=vendor).in_bulk(ids) if ids else {}
    if not offers:
        return {}
    rates = current_rates()
    prices = _prices(offers, rates)
    found: dict[int, list[Choice]] = defaultdict(list)
    for line in lines:
        for pk in wanted.get(line.pk, ()):
            if pk in offers:
                match = LineMatch(line=line, offer=offers[pk], vendor=vendor, score=0.5)
                choice = _choice(line, match, prices.get(pk, ()), currency, rates)
                if choice is not None:
                    found[line.pk].append(choice)
    return found


def _prices(offers: Collection[int], rates: Rates) -> dict[int, list[Variant]]:
    """Each offer at the prices that its quantities reach, the smallest quantity first."""
    found: dict[int, list[Variant]] = defaultdict(list)
    for variant in variants(Offer.objects.filter(pk__in=list(offers)), rates=rates):
        found[variant.offer_id].append(variant)
    for each in found.values():
        each.sort(key=lambda variant: variant.min_quantity)
    return found


def _choice(
    line: RequestLine, match: LineMatch, prices: Sequence[Variant], currency: str, rates: Rates
) -> Choice | None:
    if not prices:
        return None
    first = prices[0].document
    query = StoredQuery(id=line.pk, text=required_text(line.text), unit=line.unit)
    units = units_in(query, first)
    if units is None:
        # Matched before the offer's unit changed; the next pass takes the match away.
        return None
    size = Decimal(str(units))
    packs = max(1, int((line.quantity / size).to_integral_value(rounding=ROUND_CEILING)))
    quantity = line.quantity if size <= 1 else (packs * size).quantize(_ROUND)
    at: int | None = None
    breaks: list[tuple[Decimal, int]] = []
    for variant in prices:
        price = variant.document.price
        if price is None:
            continue
        per_unit = round_half_up(Decimal(price) / size)
        start = (variant.min_quantity * size).quantize(_ROUND)
        if start <= quantity or variant.min_quantity <= 1:
            at = per_unit if at is None else min(at, per_unit)
        else:
            breaks.append((start, per_unit))
    plain = prices[0].document.price
    stock = None if first.quantity is None else (Decimal(str(first.quantity)) * size).quantize(_ROUND)
    return Choice(
        offer=match.offer,
        price_amount=to_currency(at, currency, rates),
        stock=stock,
        quantity=quantity,
        step=size.quantize(_ROUND) if size > 1 else None,
        base_amount=at,
        list_amount=None if plain is None else round_half_up(Decimal(plain) / size),
        units=size,
        closeness=_closeness(match.score),
        wished=match.wished,
        supply=_supply(match.offer, stock, quantity),
        breaks=_cheaper(breaks, at, currency, rates),
    )


def _supply(offer: Offer, stock: Decimal | None, quantity: Decimal) -> Supply:
    if stock is not None:
        return Supply.STOCK if stock >= quantity else Supply.ORDER
    return {Availability.IN_STOCK: Supply.STOCK, Availability.TO_ORDER: Supply.ORDER}.get(
        Availability(offer.availability), Supply.UNSAID
    )


def _cheaper(
    breaks: Sequence[tuple[Decimal, int]], price: int | None, currency: str, rates: Rates
) -> tuple[tuple[Decimal, int], ...]:
    """Prices for more than is asked for, each cheaper than the one before."""
    kept: list[tuple[Decimal, int]] = []
    last = to_currency(price, currency, rates)
    for start, amount in sorted(breaks):
        converted = to_currency(amount, currency, rates)
        if last is not None and converted and converted < last:
            kept.append((start, converted))
            last = converted
    return tuple(kept[:_BREAKS])


def _closeness(score: float) -> int:
    return order_of(score, None, 0)[0]


def _rank(choice: Choice) -> tuple[bool, int, int, int, bool, int, int]:
    """Best first: what is sold out goes last; then the closer title; then more of what is wished for; then what is there;
    then the cheaper.
    """
    gone = choice.offer.availability == Availability.NONE
    soon = {Supply.STOCK: 0, Supply.ORDER: 1}.get(choice.supply, 2)
    price = choice.price_amount
    return (gone, choice.closeness, -choice.wished, soon, not price, price or 0, choice.offer.pk)


def _why(line: RequestLine, choices: Sequence[Choice]) -> tuple[str, ...]:
    if not choices:
        return ()
    best, others = choices[0], choices[1:]
    said = []
    if others:
        if all(best.closeness < other.closeness for other in others):
            said.append("closest")
        elif best.wished and all(best.wished > other.wished for other in others):
            said.append("wished")
        if best.price_amount and all(
            best.price_amount <= (other.price_amount or math.inf) for other in others
        ):
            said.append("cheapest")
        elif best.supply == Supply.STOCK and any(other.supply != Supply.STOCK for other in others):
            said.append("in_stock")
    else:
        said.append("only")
    if best.quantity > line.quantity:
        said.append("packs")
    if not best.price_amount:
        said.append("no_price")
    return tuple(said)


def to_currency(price_base: int | None, currency: str, rates: Rates | None = None) -> int | None:
    """A price of the row's currency in another, None where either is not known."""
    rates = rates or current_rates()
    if price_base is None or currency == rates.base:
        return price_base
    money = rates.convert(Money.from_price(price_base, rates.base), currency)
    return money.to_price() if money else None
