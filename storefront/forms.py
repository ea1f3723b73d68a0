"""The question a search page asks, read from its address: what cannot be understood is said, never fatal."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _

from catalog.enums import Availability
from catalog.models import Category
from core.money import MAX_PRICE, Money
from core.templatetags.ui import format_money
from search.query import MAX_WORDS_LENGTH, SearchQuery, Sort
from storefront import selectors
from vendors.models import Vendor

PAGE_SIZE = 24
#: Pages past it are refused by engines anyway, and nobody reads them.
MAX_PAGE = 400
#: More values of one facet than any page offers.
MAX_CHOICES = 50
_AMOUNT = re.compile(r"\d{1,12}([.,]\d{1,4})?")
_BLANKS = re.compile(r"[\s'’_]+")


@dataclass(slots=True)
class SearchForm:
    """What the address says, understood. `errors` is by field; a value in error does not limit the search."""

    words: str = ""
    min_text: str = ""
    max_text: str = ""
    min_price: Money | None = None
    max_price: Money | None = None
    category: Category | None = None
    vendors: list[Vendor] = field(default_factory=list)
    without: list[Vendor] = field(default_factory=list)
    availability: list[str] = field(default_factory=list)
    brands: list[str] = field(default_factory=list)
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    exact: bool = False
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, data: QueryDict) -> SearchForm:
        """From a query string; asks for the vendors and the category by their slugs (a query each)."""
        form = cls(words=" ".join(data.get("q", "").split())[:MAX_WORDS_LENGTH])
        form.min_text, form.max_text = data.get("min_price", "").strip(), data.get("max_price", "").strip()
        form.min_price = form._price("min_price", form.min_text)
        form.max_price = form._price("max_price", form.max_text)
        if form.min_price and form.max_price and form.max_price < form.min_price:
            form.errors["min_price"] = _(
                "The lowest price, %(low)s, is above the highest, %(high)s, so it was left out. Swap the two or change one."
            ) % {"low": format_money(form.min_price), "high": format_money(form.max_price)}
            form.min_price = None
        form._vendors(data)
        form._category(data.get("category", ""))
        known = set(Availability.values)
        form.availability = [code for code in data.getlist("availability")[:MAX_CHOICES] if code in known]
        form.brands = [name for name in data.getlist("brand")[:MAX_CHOICES] if name]
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
            sort=self.sort,
            page=self.page,
            page_size=PAGE_SIZE,
            language=language,
            exact=self.exact,
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether the page differs from its plain address: words, limits, another order or a later page."""
        return bool(
            self.words or self.min_text or self.max_text or self.page > 1 or self.sort != Sort.RELEVANCE
        ) or bool(self.availability or self.brands)

    def _price(self, name: str, text: str) -> Money | None:
        if not text:
            return None
        plain = _BLANKS.sub("", text)
        if not _AMOUNT.fullmatch(plain):
            self.errors[name] = _(
                "“%(value)s” is not a price, so it was left out. Write a number such as 150 or 99,50."
            ) % {"value": text[:40]}
            return None
        try:
            amount = Decimal(plain.replace(",", "."))
        except InvalidOperation:  # digits that \d knows and Decimal may not
            return None
        if amount > MAX_PRICE:
            self.errors[name] = _("The price is too high to be one, so it was left out.")
            return None
        return Money(amount, settings.BASE_CURRENCY)

    def _vendors(self, data: QueryDict) -> None:
        chosen, without = data.getlist("vendor")[:MAX_CHOICES], data.getlist("without")[:MAX_CHOICES]
        chosen, without = [slug for slug in chosen if slug], [slug for slug in without if slug]
        if not chosen and not without:
            return
        known = selectors.public_vendors_by_slug([*chosen, *without])
        unknown = [slug for slug in (*chosen, *without) if slug not in known]
        if unknown:
            self.errors["vendor"] = _("There is no vendor “%(name)s” in the row, so it was left out.") % {
                "name": unknown[0][:60]
            }
        self.without = [known[slug] for slug in dict.fromkeys(without) if slug in known]
        left_out = {vendor.pk for vendor in self.without}
        self.vendors = [
            known[slug] for slug in dict.fromkeys(chosen) if slug in known and known[slug].pk not in left_out
        ]

    def _category(self, slug: str) -> None:
        if not slug:
            return
        self.category = selectors.category_by_slug(slug)
        if self.category is None:
            self.errors["category"] = _("There is no category “%(name)s”, so all were searched.") % {
                "name": slug[:60]
            }
