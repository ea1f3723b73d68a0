"""Prices of an offer beside the one it is sold for: for a measure of it, and with delivery."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from catalog.attributes.current import TreeRules
from catalog.attributes.reading import Fact
from catalog.enums import PriceBasis
from catalog.models import Offer
from catalog.unit_prices import unit_prices, with_vat
from core.money import Money
from core.rates import Rates
from core.units import PIECE, unit_name
from vendors.delivery import Delivery
from vendors.models import Vendor

#: Which of several is told where none is asked for.
_TOLD_FIRST: Final = (
    PriceBasis.KG,
    PriceBasis.L,
    PriceBasis.M2,
    PriceBasis.M,
    PriceBasis.SHEET,
    PriceBasis.PIECE,
)


@dataclass(frozen=True, slots=True)
class AskedPrice:
    """Which price the reader goes by."""

    basis: PriceBasis = PriceBasis.UNIT
    delivered: bool = False


AS_SOLD: Final = AskedPrice()


@dataclass(frozen=True, slots=True)
class SidePrices:
    """`unit` is the price for `unit_name`; `is_asked`: the reader goes by it, and None says that it is not known.
    `delivered` is one unit with its delivery, told only where it is asked for; None where that is by agreement.
    """

    unit: Money | None = None
    unit_name: str = ""
    is_asked: bool = False
    delivered: Money | None = None
    is_free: bool = False


def basis_name(basis: PriceBasis) -> str:
    """As it stands after a stroke: "/ pc", "/ kg"."""
    return unit_name(PIECE) if basis is PriceBasis.PIECE else str(basis.label)


def side_prices(
    offer: Offer, facts: Iterable[Fact], tree: TreeRules, rates: Rates, asked: AskedPrice = AS_SOLD
) -> SidePrices:
    """Of an offer read with its vendor; `facts` are its typed values."""
    amount = with_vat(offer.price_amount, offer.vat, offer.vat_percent)
    base = rates.price_to_base(amount, offer.price_currency)
    basis = asked.basis
    price = None
    if base is not None:
        known = dict(
            unit_prices(
                base,
                unit=offer.unit,
                pack_count=offer.pack_count,
                facts=facts,
                rules=tree.of(offer.category_id),
                titles=(offer.title,),
            )
        )
        if basis is PriceBasis.UNIT:
            basis = next((each for each in _TOLD_FIRST if known.get(each, base) != base), basis)
        price = known.get(basis)
    total = delivered(offer.vendor, base, rates.base) if asked.delivered and base is not None else None
    return SidePrices(
        unit=None if price is None else Money.from_price(price, rates.base),
        unit_name="" if basis is PriceBasis.UNIT else basis_name(basis),
        is_asked=asked.basis is not PriceBasis.UNIT,
        delivered=total,
        is_free=total is not None and total.to_price() == base,
    )


def delivered(vendor: Vendor, price: int, currency: str) -> Money | None:
    """One unit at a price, VAT included, with the vendor's flat delivery; None where the vendor tells neither a cost nor
    from what sum it is free: that is "by agreement", not free.
    """
    if not vendor.delivery_price and vendor.free_delivery_from is None:
        return None
    terms = Delivery(frozenset([vendor.pk]), vendor.delivery_price, vendor.free_delivery_from)
    return Money.from_price(price + terms.of(price), currency)
