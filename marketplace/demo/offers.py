"""What each demo vendor asks for which good: assortments, prices, stock and vendors' own category paths."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cache

from marketplace.demo.catalogue import Good, chance, goods, table

#: UAH for one USD at which the electronics vendor recalculates its dollar prices.
USD = Decimal("43.20")


class Shop(StrEnum):
    """The letters of the catalogue's `vendors` column."""

    KANC = "K"
    OFIS = "O"
    TECHNO = "T"
    DIM = "D"


@dataclass(frozen=True, slots=True)
class Item:
    """A row of a vendor's list. `stock` is None for "to order"."""

    good: Good
    code: str
    price: Decimal
    old_price: Decimal | None
    stock: int | None
    path: tuple[str, ...]


# How dear each vendor is against the catalogue's price, and what its prices end with.
_LEVEL = {
    Shop.KANC: (0.93, 1.05),
    Shop.OFIS: (0.90, 1.12),
    Shop.TECHNO: (0.94, 1.06),
    Shop.DIM: (0.95, 1.10),
}
_CARRIED = {Shop.KANC: 0.90, Shop.OFIS: 0.80, Shop.TECHNO: 0.95, Shop.DIM: 0.90}
_SEPARATOR = {Shop.KANC: " > ", Shop.OFIS: "/", Shop.TECHNO: "/", Shop.DIM: " > "}


@cache
def assortment(shop: Shop) -> tuple[Item, ...]:
    """The vendor's list as of today, in the order of the catalogue."""
    return tuple(_item(shop, good) for good in goods() if shop in good.vendors and _carries(shop, good))


@cache
def passed_over(shop: Shop) -> tuple[Item, ...]:
    """Goods that the vendor could carry and does not yet: novelties of its next list."""
    return tuple(_item(shop, good) for good in goods() if shop in good.vendors and not _carries(shop, good))


@cache
def paths() -> dict[tuple[Shop, str], tuple[str, ...]]:
    """The vendor's own category path for each category of the row that it sells in."""
    return {
        (shop, row["category"]): tuple(row[shop].split(_SEPARATOR[shop]))
        for row in table("vendor_categories")
        for shop in Shop
        if row[shop]
    }


def later_kanc() -> tuple[Item, ...]:
    """The stationer's next list: about a tenth of the prices changed, three goods gone, five new."""
    now = assortment(Shop.KANC)
    gone = {item.code for item in sorted(now, key=lambda item: chance(item.code, "gone"))[:3]}
    changed = [
        replace(item, price=_rounded(Shop.KANC, item.price * Decimal("1.06")))
        if chance(item.code, "next") < 0.1
        else item
        for item in now
        if item.code not in gone
    ]
    return (*changed, *passed_over(Shop.KANC)[:5])


def suspicious_ofis() -> tuple[Item, ...]:
    """A broken export: three fifths of the goods are missing and prices lost their decimal mark."""
    return tuple(
        replace(item, price=item.price * 10)
        for item in assortment(Shop.OFIS)
        if chance(item.code, "lost") >= 0.6
    )


def _carries(shop: Shop, good: Good) -> bool:
    if chance(good.key, shop, "carried") < _CARRIED[shop]:
        return True
    # A good that everybody passed over stays with the first who could carry it.
    return shop == good.vendors[0] and all(
        chance(good.key, other, "carried") >= _CARRIED[Shop(other)] for other in good.vendors
    )


def _item(shop: Shop, good: Good) -> Item:
    low, high = _LEVEL[shop]
    price = _rounded(
        shop, good.price * Decimal(f"{low + (high - low) * chance(good.key, shop, 'price'):.4f}")
    )
    reduced = chance(good.key, shop, "reduced") < 0.12
    luck = chance(good.key, shop, "stock")
    return Item(
        good=good,
        code=f"{10_000 + int(chance(shop, good.key) * 89_999):05d}",
        price=price,
        old_price=_rounded(shop, price * Decimal("1.18")) if reduced else None,
        stock=None if luck < 0.07 else 0 if luck < 0.12 else 1 + int((luck - 0.12) ** 2 * 240),
        path=paths()[shop, good.category],
    )


def _rounded(shop: Shop, price: Decimal) -> Decimal:
    """The vendor's habit: round tens of kopecks, halves, whole hryvnias, or ninety kopecks at the end."""
    if shop == Shop.KANC or price < 10:
        step = Decimal("0.10")
    elif shop == Shop.OFIS:
        step = Decimal("0.50")
    else:
        step = Decimal(1)
    rounded = (price / step).quantize(Decimal(1), ROUND_HALF_UP) * step
    if shop == Shop.DIM and rounded >= 10:
        rounded -= Decimal("0.10")
    if shop == Shop.TECHNO and rounded >= 500:
        rounded = (rounded / 10).quantize(Decimal(1), ROUND_HALF_UP) * 10 - 1
    return rounded.quantize(Decimal("0.01"))
