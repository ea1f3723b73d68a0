"""The question a search page asks, read from its address: what cannot be understood is said, never fatal."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import TextChoices
from django.http import QueryDict
from django.utils.translation import gettext as _

from catalog.enums import Availability, Condition, PriceBasis
from catalog.models import Category
from core.money import MAX_PRICE, Money
from core.rates import current_rates
from core.templatetags.ui import format_money
from search.query import MAX_WORDS_LENGTH, SearchQuery, Sort
from storefront import selectors
from storefront.forms.amounts import price_of
from storefront.forms.facts import FactChoice, read_facts
from vendors.enums import Participation
from vendors.models import Vendor
from vendors.regions import Region

PAGE_SIZE = 24
#: Pages past it are refused by engines anyway, and nobody reads them.
MAX_PAGE = 400
#: More values of one facet than any page offers.
MAX_CHOICES = 50
#: Of brands as vendors write them; and of all that are asked for together, for each is a chip and each chip an address with
#: all the others.
_LONGEST_BRAND, _BRAND_LETTERS = 120, 1_200


@dataclass(slots=True)
class SearchForm:
    """What the address says, understood. `errors` is by parameter; a value in error does not limit the search."""

    words: str = ""
    min_text: str = ""
    max_text: str = ""
    min_price: Money | None = None
    max_price: Money | None = None
    basis: PriceBasis = PriceBasis.UNIT
    delivered: bool = False
    category: Category | None = None
    vendors: list[Vendor] = field(default_factory=list)
    without: list[Vendor] = field(default_factory=list)
    availability: list[str] = field(default_factory=list)
    condition: list[str] = field(default_factory=list)
    participation: list[str] = field(default_factory=list)
    brands: list[str] = field(default_factory=list)
    facts: dict[str, FactChoice] = field(default_factory=dict)
    region: str = ""
    pickup: bool = False
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    exact: bool = False
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, data: QueryDict, *, category: Category | None = None) -> SearchForm:
        """From a query string; asks for the vendors and the category by their slugs (a query each). `category`: the page
        is its own, and the address says no other.
        """
        form = cls(words=" ".join(data.get("q", "").split())[:MAX_WORDS_LENGTH])
        form._prices(data)
        form._vendors(data)
        form.category = category
        if category is None:
            form._category(data.get("category", ""))
        form.availability = form._choices(data, "availability", Availability, _("Availability"))
        form.condition = form._choices(data, "condition", Condition, _("Condition"))
        form.participation = form._choices(data, "way", Participation, _("How to buy"))
        form._brands(data)
        form.facts, wrong = read_facts(
            data, lambda codes: selectors.attributes_within(form.category, frozenset(codes))
        )
        form.errors |= wrong
        form.region = next(iter(form._choices(data, "region", Region, _("Delivery and pickup"))[:1]), "")
        form.pickup = data.get("pickup") == "1"
        if data.get("sort") in set(Sort):
            form.sort = Sort(data["sort"])
        page = data.get("page", "")
        form.page = min(max(int(page), 1), MAX_PAGE) if re.fullmatch(r"[0-9]{1,6}", page) else 1
        form.exact = data.get("exact") == "1"
        return form

    def query(self, language: str) -> SearchQuery:
        """The same question for the engine."""
        return SearchQuery(
            words=self.words,
            min_price=self.min_price,
            max_price=self.max_price,
            vendors_in=frozenset(vendor.pk for vendor in self.vendors),
            vendors_out=frozenset(vendor.pk for vendor in self.without),
            category_id=self.category.pk if self.category else None,
            availability=frozenset(self.availability),
            brands=frozenset(self.brands),
            facts=tuple(choice.limit for _code, choice in sorted(self.facts.items()) if choice.limit),
            basis=self.basis,
            delivered=self.delivered,
            region=self.region,
            pickup=self.pickup,
            participation=frozenset(self.participation),
            condition=frozenset(self.condition),
            sort=self.sort,
            page=self.page,
            page_size=PAGE_SIZE,
            language=language,
            exact=self.exact,
        )

    @property
    def left_out(self) -> list[str]:
        """What could not be understood, in words."""
        return list(dict.fromkeys(self.errors.values()))

    # Reading ----------------------------------------------------------------------------------------------

    def _prices(self, data: QueryDict) -> None:
        self.min_text, self.max_text = data.get("min_price", "").strip(), data.get("max_price", "").strip()
        self.min_price = self._price("min_price", self.min_text)
        self.max_price = self._price("max_price", self.max_text)
        if self.min_price and self.max_price and _in_base(self.max_price) < _in_base(self.min_price):
            self.errors["min_price"] = _(
                "The lowest price, %(low)s, is above the highest, %(high)s, so it was left out. Swap the two or change one."
            ) % {"low": format_money(self.min_price), "high": format_money(self.max_price)}
            self.min_price = None
        self.delivered = data.get("delivered") == "1"
        basis = next(iter(self._choices(data, "per", PriceBasis, _("Price"))[:1]), "")
        self.basis = PriceBasis(basis) if basis else PriceBasis.UNIT
        if self.delivered and self.basis is not PriceBasis.UNIT:
            self.errors["per"] = _(
                "Delivery is paid for goods as sold, so the price for “%(basis)s” was left out. Choose one of the two."
            ) % {"basis": self.basis.label}
            self.basis = PriceBasis.UNIT

    def _price(self, name: str, text: str) -> Money | None:
        if not text:
            return None
        told = price_of(text)
        if told is None:
            self.errors[name] = _(
                "“%(value)s” is not a price, so it was left out. Write a number such as 150 or 99,50."
            ) % {"value": text[:40]}
            return None
        amount, currency = told
        if currency and not current_rates().knows(currency):
            self.errors[name] = _(
                "The row has no rate of %(currency)s, so “%(value)s” was left out. Write the price in %(base)s."
            ) % {"currency": currency, "value": text[:40], "base": settings.BASE_CURRENCY}
            return None
        if amount > MAX_PRICE:
            self.errors[name] = _("The price is too high to be one, so it was left out.")
            return None
        return Money(amount, currency or settings.BASE_CURRENCY)

    def _choices(self, data: QueryDict, name: str, choices: type[TextChoices], title: str) -> list[str]:
        """The codes that there are, in the order of the choices."""
        told = _once(data.getlist(name))
        known = set(choices.values)
        unknown = [code for code in told if code not in known]
        if unknown:
            self.errors[name] = _(
                "“%(value)s” is no choice of “%(name)s”, so it was left out. Choose among the filters."
            ) % {"value": unknown[0][:40], "name": title}
        return [code for code in choices.values if code in told]

    def _brands(self, data: QueryDict) -> None:
        told = _once(name[:_LONGEST_BRAND] for name in data.getlist("brand") if name.strip())
        room = _BRAND_LETTERS
        for name in told:
            room -= len(name)
            if room < 0:
                self.errors["brand"] = _("These are too many brands at once: some were left out.")
                break
            self.brands.append(name)

    def _vendors(self, data: QueryDict) -> None:
        chosen, without = _once(data.getlist("vendor")), _once(data.getlist("without"))
        if not chosen and not without:
            return
        known = selectors.public_vendors_by_slug([*chosen, *without])
        unknown = [slug for slug in (*chosen, *without) if slug not in known]
        if unknown:
            self.errors["vendor"] = _("There is no vendor “%(name)s” in the row, so it was left out.") % {
                "name": unknown[0][:60]
            }
        self.without = [known[slug] for slug in without if slug in known]
        left_out = {vendor.pk for vendor in self.without}
        self.vendors = [known[slug] for slug in chosen if slug in known and known[slug].pk not in left_out]

    def _category(self, slug: str) -> None:
        if not slug:
            return
        self.category = selectors.category_by_slug(slug)
        if self.category is None:
            self.errors["category"] = _("There is no category “%(name)s”, so all were searched.") % {
                "name": slug[:60]
            }


def _in_base(money: Money) -> Money:
    """To compare two prices; each was taken because its currency has a rate."""
    return current_rates().to_base(money) or money


def _once(values: Iterable[str]) -> list[str]:
    """Each value once, no more than any page offers, nothing empty."""
    return list(dict.fromkeys(value for value in values if value))[:MAX_CHOICES]
