"""How far what was understood of a sheet agrees with what is in it, field by field."""

from __future__ import annotations

from collections import Counter
from typing import Any

from price_lists.rows import OfferRow
from tests.price_lists.mapping.composing import Composed
from tests.price_lists.mapping.sheets import understood

FIELDS = (
    "price",
    "currency",
    "unit",
    "article",
    "brand",
    "gtin",
    "path",
    "tiers",
    "old",
    "stock",
    "available",
)


def fact(offer: OfferRow, name: str) -> Any:
    if name == "path":
        return offer.category_path
    if name == "old":
        return offer.old_price
    if name == "available":
        return str(offer.availability)
    if name == "tiers":
        return sorted((tier.amount, tier.currency, tier.min_quantity) for tier in offer.tiers)
    return getattr(offer, name)


def measure(made: Composed, counted: Counter[str]) -> list[str]:
    """What differs; `counted` gets "field" and "field right" for each fact, "offers", "missed" and "false"."""
    offers, issues, _tables = understood(made.rows)
    wrong: list[str] = []
    by_title = {offer.title: offer for offer in offers}
    told = {offer["title"] for offer in made.offers}
    for offer in offers:
        if offer.title not in told:
            counted["false"] += 1
            wrong.append(f"no such good: {offer.title!r} at {offer.price} in row {offer.row}")
    for true in made.offers:
        counted["offers"] += 1
        found = by_title.get(true["title"])
        if found is None:
            counted["missed"] += 1
            wrong.append(f"missed: {true['title']!r}")
            continue
        for name in FIELDS:
            if name in true:
                counted[name] += 1
                said = fact(found, name)
                if said == true[name]:
                    counted[f"{name} right"] += 1
                else:
                    wrong.append(f"{name}: {said!r}, truly {true[name]!r}")
    for row in made.asked:
        counted["asked"] += 1
        if any(issue.row == row and issue.code == "price_by_agreement" for issue in issues):
            counted["asked right"] += 1
        else:
            wrong.append(f"row {row} asks for its price: {[i.code for i in issues if i.row == row]}")
    return wrong
