"""Which offers of a category go into which new subcategory: rules in the operators' order, the first that fits wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import QuerySet

from catalog.models import Category, Offer
from catalog.tree.errors import RulesMissing
from core.money import PRICE_SCALE
from core.rates import Rates, current_rates
from core.text import fold, search_text

#: Offers that a preview looks at; of a larger category the newest ones.
LOOKED_AT = 5_000
SAMPLES = 5
COLUMNS = ("pk", "search_text", "brand", "vendor_id", "price_amount", "price_currency", "attributes")


@dataclass(frozen=True, slots=True)
class Rule:
    """One new subcategory and what its offers have. All conditions that are given must hold. Prices in whole units of
    the row's currency.
    """

    names: Mapping[str, str]
    words: str = ""
    brand: str = ""
    vendor: int | None = None
    attribute: str = ""
    value: str = ""
    lowest: str = ""
    highest: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "names": dict(self.names), "words": self.words, "brand": self.brand, "vendor": self.vendor,
            "attribute": self.attribute, "value": self.value, "lowest": self.lowest, "highest": self.highest,
        }  # fmt: skip


@dataclass(frozen=True)
class Ready:
    """A rule worked out once for many offers."""

    terms: tuple[str, ...]
    brand: str
    vendor: int | None
    attribute: str
    value: str
    lowest: int | None
    highest: int | None

    def fits(self, row: Sequence[Any], rates: Rates) -> bool:
        _pk, words, brand, vendor, amount, currency, attributes = row
        if self.vendor is not None and vendor != self.vendor:
            return False
        if self.brand and fold(brand) != self.brand:
            return False
        if not all(term in words for term in self.terms):
            return False
        if self.lowest is not None or self.highest is not None:
            price = rates.price_to_base(amount, currency)
            if price is None or price < (self.lowest or 0):
                return False
            if self.highest is not None and price > self.highest:
                return False
        return not self.attribute or any(
            fold(str(name)) == self.attribute and (not self.value or fold(str(said)) == self.value)
            for name, said in (attributes or {}).items()
        )


def ready(rules: Sequence[Rule]) -> list[Ready]:
    """Raises RulesMissing without rules, or where one has no name or no condition."""
    if not rules:
        raise RulesMissing(field="rules")
    found = []
    for rule in rules:
        terms = tuple(f" {term} " for term in search_text(rule.words).split())
        one = Ready(
            terms,
            fold(rule.brand),
            rule.vendor,
            fold(rule.attribute),
            fold(rule.value),
            _amount(rule.lowest),
            _amount(rule.highest),
        )
        named = any(name.strip() for name in rule.names.values())
        given = (one.terms, one.brand, one.vendor, one.attribute, one.lowest, one.highest)
        if not named or all(each in {None, "", ()} for each in given):
            raise RulesMissing(field="rules")
        found.append(one)
    return found


def _amount(said: str) -> int | None:
    try:
        return int(Decimal(said.replace(",", ".").replace(" ", "")) * PRICE_SCALE) if said.strip() else None
    except InvalidOperation as error:
        raise RulesMissing(field="rules") from error


def place_of(row: Sequence[Any], rules: Sequence[Ready], rates: Rates) -> int | None:
    """The number of the first rule that the offer fits."""
    return next((number for number, rule in enumerate(rules) if rule.fits(row, rates)), None)


@dataclass(slots=True)
class Share:
    """What one rule takes: how many of those looked at, and a few of their titles."""

    rule: Rule
    number: int = 0
    titles: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Trial:
    """What a split would do. `whole`: every offer of the category was looked at."""

    shares: list[Share]
    rest: Share
    looked_at: int
    whole: bool


def try_rules(category: Category, rules: Sequence[Rule]) -> Trial:
    """Raises RulesMissing."""
    worked = ready(rules)
    rates = current_rates()
    shares, rest = [Share(rule) for rule in rules], Share(Rule({}))
    rows = own_offers(category.pk).order_by("-pk").values_list(*COLUMNS, "title")[: LOOKED_AT + 1]
    looked_at = 0
    for *row, title in rows[:LOOKED_AT]:
        looked_at += 1
        place = place_of(row, worked, rates)
        share = rest if place is None else shares[place]
        share.number += 1
        if len(share.titles) < SAMPLES:
            share.titles.append(title)
    whole = looked_at < LOOKED_AT or own_offers(category.pk)[LOOKED_AT : LOOKED_AT + 1].count() == 0
    return Trial(shares, rest, looked_at, whole)


def own_offers(category_id: int) -> QuerySet[Offer]:
    return Offer.objects.filter(category=category_id)
