"""All vendors' offers of one good, side by side: what compares, in which order, and which is the best and why.

Nothing of it is stored: the best offer follows from prices, stock and rates when the page is asked for.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.attributes.current import TreeRules
from catalog.attributes.reading import Fact
from catalog.attributes.reading import facts_of as typed_facts_of
from catalog.attributes.rules import NO_RULES, CategoryRules
from catalog.enums import Availability, PriceBasis
from catalog.freshness import Freshness, Rules, State
from catalog.models import Offer
from catalog.unit_prices import pieces_of, unit_prices, with_vat
from core.money import Money
from core.rates import Rates, current_rates
from price_lists.joining.selectors import short_reasons
from storefront.selectors.cards import Action, action_of
from storefront.selectors.prices import delivered
from vendors.enums import VatStatus, VendorState
from vendors.models import Vendor

#: Of one good: all that are read are compared, of those the best are shown.
MAX_READ: Final = 1_000
MAX_OTHERS: Final = 200
#: Days for which the prices of offers that left count in the graph.
YEAR: Final = 365
#: Columns that a row of the table does not show: descriptions of a thousand offers are megabytes.
_UNREAD: Final = ("search_text", "collation_key", "texts", "photos", "videos", "attributes")


class Order(enum.StrEnum):
    """How the offers of one good stand; all of them the best first."""

    PRICE = "price"
    DELIVERED = "delivered"
    STOCK = "stock"
    FRESH = "fresh"
    QUALITY = "quality"

    @classmethod
    def read(cls, text: str | None) -> Order:
        """From an address; whatever it does not know means by price."""
        return cls(text) if text in set(cls) else cls.PRICE


#: Measures that a price is told for, the first that is known.
MEASURES: Final = (PriceBasis.KG, PriceBasis.L, PriceBasis.M, PriceBasis.M2, PriceBasis.SHEET)


@dataclass(frozen=True, slots=True)
class Content:
    """What one of a good's offers tells of how much it holds: all offers of a good hold the same."""

    facts: tuple[Fact, ...]
    rules: CategoryRules


NOTHING_TOLD: Final = Content((), NO_RULES)


@dataclass(slots=True)
class OtherOffer:
    """The same good of another vendor (or this one, marked): a row of the table."""

    offer: Offer
    price: Money
    action: Action
    is_this: bool
    freshness: Freshness
    base_price: Money | None = None  # in the row's currency, VAT included; None without a rate
    piece_price: Money | None = None  # of one piece in the row's currency, where a unit holds several
    measure: PriceBasis | None = None  # a kilogram, a litre…, where it is told how much the good holds
    measure_price: Money | None = None  # of one of it
    delivered: Money | None = (
        None  # one unit with its delivery; None where the vendor does not tell what that costs
    )
    compared: Decimal | None = None  # what prices are compared by: of a piece where packs differ
    is_best: bool = False
    best_why: str = ""
    is_best_delivered: bool = False
    why: str = ""  # it is one good with the others

    @property
    def says_base(self) -> bool:
        """Whether the price in the row's currency says more than the vendor's own."""
        return self.base_price is not None and self.base_price != self.price

    @property
    def is_free_delivery(self) -> bool:
        return self.delivered is not None and self.delivered == self.base_price

    @property
    def vat_is_added(self) -> bool:
        return self.offer.vat == VatStatus.EXCLUDED


def group_of(offers: Iterable[Offer], *, most: int = MAX_READ, with_gone: bool = True) -> list[Offer]:
    """All offers of the goods that these are of, on sale or (`with_gone`) withdrawn within a year, those on sale first. Neither what
    operators hide nor what vendors have who are not shown. Without the long texts.
    """
    shown = Q(withdrawn_at__isnull=True)
    if with_gone:
        shown |= Q(withdrawn_at__gte=timezone.now() - dt.timedelta(days=YEAR))
    same = Offer.objects.in_groups_of(offers).filter(
        shown,
        hidden_at__isnull=True,
        vendor__state=VendorState.APPROVED,
    )
    same = same.exclude(vendor__in=Vendor.objects.out_of_sight())
    same = same.defer(*_UNREAD).select_related("vendor", "supply", "category")
    return list(same.order_by(F("withdrawn_at").desc(nulls_first=True), "pk")[:most])


def offers_of_good(
    group: Iterable[Offer],
    *,
    rules: Rules,
    this: Offer | None = None,
    content: Content = NOTHING_TOLD,
    order: Order = Order.PRICE,
) -> list[OtherOffer]:
    """Those of a good's offers that are on sale (`group_of`); nothing where there is only one. Of those that are past
    their days only this one is among them, last.
    """
    rates = current_rates()
    rows = [
        row_of(one, rates, rules.of(one), content=content, is_this=this is not None and one.pk == this.pk)
        for one in group
        if one.withdrawn_at is None
    ]
    rows = [row for row in rows if row.is_this or row.freshness.state != State.EXPIRED]
    if len(rows) < 2:
        return []
    ranked(rows, order)
    rows = rows[:MAX_OTHERS]
    reasons = short_reasons([row.offer.pk for row in rows if row.offer.product_id])
    for row in rows:
        row.why = reasons.get(row.offer.pk, "")
    return rows


def content_of(offer: Offer, tree: TreeRules) -> Content:
    """Of an offer that was read with its attributes and texts."""
    return Content(typed_facts_of(offer, tree), tree.of(offer.category_id))


def row_of(
    offer: Offer,
    rates: Rates,
    freshness: Freshness,
    *,
    content: Content = NOTHING_TOLD,
    is_this: bool = False,
) -> OtherOffer:
    """Of an offer that was read with its vendor, supply and category. `content` is that of its good."""
    # VAT first, as searches compare: of the sum that a buyer pays, and rounded as theirs.
    amount = with_vat(offer.price_amount, offer.vat, offer.vat_percent)
    stored = rates.price_to_base(amount, offer.price_currency)
    row = OtherOffer(
        offer=offer,
        price=offer.price,
        action=action_of(offer),
        is_this=is_this,
        freshness=freshness,
    )
    if stored is None:
        return row
    row.base_price = Money.from_price(stored, rates.base)
    told = dict(
        unit_prices(
            stored,
            unit=offer.unit,
            pack_count=offer.pack_count,
            facts=content.facts,
            rules=content.rules,
            titles=(offer.title,),
        )
    )
    # What costs the same is sold by that measure, or holds one of it.
    told = {basis: price for basis, price in told.items() if price != stored}
    if PriceBasis.PIECE in told:
        row.piece_price = Money.from_price(told[PriceBasis.PIECE], rates.base)
    for basis in MEASURES:
        if basis in told:
            row.measure, row.measure_price = basis, Money.from_price(told[basis], rates.base)
            break
    row.delivered = delivered(offer.vendor, stored, rates.base)
    return row


def ranked(rows: list[OtherOffer], order: Order) -> None:
    """Puts the rows in order and marks the best."""
    packs = {pieces_of(row.offer.unit, row.offer.pack_count) for row in rows}
    for row in rows:
        told = (row.piece_price or row.base_price) if len(packs) > 1 else row.base_price
        row.compared = told.amount if told else None
    _mark(rows)
    rows.sort(key=lambda row: (row.freshness.state == State.EXPIRED, *_KEYS[order](row), *_by_price(row)))


def _by_price(row: OtherOffer) -> tuple[bool, Decimal, int]:
    # What has no rate cannot be compared and stands last.
    return row.compared is None, row.compared or Decimal(0), row.offer.pk


def _by_delivered(row: OtherOffer) -> tuple[bool, Decimal]:
    # "By agreement" adds nothing, as where searches have a ceiling: what is not known is no reason to be last.
    told = row.delivered or row.base_price
    return told is None, told.amount if told else Decimal(0)


_STOCK = {Availability.IN_STOCK: 0, Availability.TO_ORDER: 1, Availability.UNKNOWN: 2, Availability.NONE: 3}


def _stock_rank(row: OtherOffer) -> int:
    return _STOCK.get(row.offer.availability, 2)


_KEYS = {
    Order.PRICE: lambda _row: (),
    Order.DELIVERED: _by_delivered,
    Order.STOCK: lambda row: (_stock_rank(row),),
    Order.FRESH: lambda row: (-row.freshness.confirmed_at.timestamp(),),
    Order.QUALITY: lambda row: (-row.offer.vendor.quality,),
}


def _mark(rows: list[OtherOffer]) -> None:
    """The best: the lowest price of what can be had soonest; and apart from it the lowest with delivery."""
    known = [row for row in rows if row.compared is not None and row.freshness.state != State.EXPIRED]
    if not known:
        return
    soonest = min(_stock_rank(row) for row in known)
    # Nobody in stock: to order and to ask about are alike, for neither is known to be there.
    reach = 0 if soonest == 0 else max(2, soonest)
    ready = [row for row in known if _stock_rank(row) <= reach]
    best = min(
        ready,
        key=lambda row: (
            row.compared,
            row.freshness.state != State.FRESH,
            -row.offer.vendor.quality,
            row.offer.pk,
        ),
    )
    best.is_best = True
    if all(row.compared >= best.compared for row in known if row.compared is not None):
        best.best_why = _("lowest price")
    elif soonest == 0:
        best.best_why = _("cheapest in stock")
    else:
        best.best_why = _("cheapest that can be ordered")
    told = [row for row in ready if row.delivered is not None]
    if len(told) < 2 or len({pieces_of(row.offer.unit, row.offer.pack_count) for row in told}) > 1:
        return
    nearest = min(told, key=lambda row: (row.delivered.amount, row is not best, row.offer.pk))
    nearest.is_best_delivered = True
