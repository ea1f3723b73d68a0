"""The table of one good's vendors as a page draws it: its rows, the ways to order them, and how to see all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import pgettext

from storefront.selectors import Good
from storefront.selectors.offers import Order, OtherOffer

#: Rows shown at once; all of them are one press away.
OPEN_ROWS: Final = 20
_ALL: Final = "all"


@dataclass(frozen=True, slots=True)
class Way:
    """A way to order the rows: `value` is the code of the column, `url` leads there."""

    value: str
    name: str
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class OffersTable:
    """What `_offers.html` draws."""

    rows: list[OtherOffer]
    total: int
    ways: list[Way]
    order: Order
    all_url: str  # empty while all rows are shown
    has_packs: bool  # units of some hold several pieces

    @property
    def left(self) -> int:
        """Rows that are not shown yet."""
        return self.total - len(self.rows)


def offers_table(found: Good, asked: QueryDict, *, path: str) -> OffersTable:
    """`path` is the page's own address."""
    show_all = asked.get("offers") == _ALL
    rows = found.offers if show_all else found.offers[:OPEN_ROWS]
    ways = [
        Way(str(order), name, _address(path, order, show_all=show_all), is_chosen=order == found.order)
        for order, name in _names().items()
    ]
    return OffersTable(
        rows=rows,
        total=len(found.offers),
        ways=ways,
        order=found.order,
        all_url="" if len(rows) == len(found.offers) else _address(path, found.order, show_all=True),
        has_packs=any(row.offer.pack_count > 1 for row in found.offers),
    )


def _address(path: str, order: Order, *, show_all: bool) -> str:
    pairs = [("sort", str(order))] if order != Order.PRICE else []
    if show_all:
        pairs.append(("offers", _ALL))
    return f"{path}?{urlencode(pairs)}" if pairs else path


def _names() -> dict[Order, str]:
    return {
        Order.PRICE: pgettext("order of offers", "price"),
        Order.DELIVERED: pgettext("order of offers", "price with delivery"),
        Order.STOCK: pgettext("order of offers", "in stock first"),
        Order.FRESH: pgettext("order of offers", "confirmed last"),
        Order.QUALITY: pgettext("order of offers", "trusted vendors"),
    }
