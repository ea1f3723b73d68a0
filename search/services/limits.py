"""What a question limits, in the engine's terms: ids, prices in the base currency, who is out of sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.enums import PriceBasis
from catalog.freshness import known_expired_offers
from core.rates import current_rates
from search.engines.base import Filters
from search.query import SearchQuery
from search.selectors import NO_VENDORS, vendor_states
from vendors.delivery import paid_deliveries, vendors_serving, vendors_with_pickup

if TYPE_CHECKING:
    from core.money import Money


def filters_of(query: SearchQuery, hidden_vendors: frozenset[int] | None) -> Filters:
    """The limits as they are now; `hidden_vendors` as in `search`."""
    states = vendor_states() if hidden_vendors is None else NO_VENDORS
    ceiling = _base_price(query.max_price)
    with_delivery = query.delivered and ceiling is not None
    return Filters(
        min_price=_base_price(query.min_price),
        max_price=ceiling,
        vendors_in=query.vendors_in,
        vendors_out=query.vendors_out,
        hidden_vendors=states.hidden if hidden_vendors is None else hidden_vendors,
        expired=known_expired_offers() if hidden_vendors is None else (),
        category=query.category_id,
        availability=query.availability,
        brands=query.brands,
        facts=tuple(each for each in query.facts if each),
        basis=PriceBasis.UNIT if query.delivered else query.basis,
        deliveries=paid_deliveries() if with_delivery else None,
        serving=vendors_serving(query.region) if query.region else None,
        pickup=vendors_with_pickup(query.region) if query.pickup else None,
        participation=query.participation,
        modes=states.modes,
        condition=query.condition,
    )


def _base_price(money: Money | None) -> int | None:
    """A limit in 1/10,000 of the base currency; without a rate it cannot be compared and does not apply."""
    if money is None:
        return None
    base = current_rates().to_base(money)
    return None if base is None else base.to_price()
