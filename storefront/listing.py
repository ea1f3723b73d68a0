"""A list of offers with its filters, as a page draws it: from a form and the engine's answer to plain values."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from catalog.enums import Availability
from catalog.models import Category
from core.money import Money
from core.templatetags.ui import format_money
from search import metrics
from search import services as search_services
from search.query import Alternative, Facets, Limit, SearchQuery, SearchResults, Sort, Step, StepCode
from storefront import selectors
from storefront.forms import MAX_PAGE, SearchForm
from storefront.selectors import Card
from vendors.models import Vendor

#: Options of a facet shown at once; the rest is one click away.
OPEN_OPTIONS = 8
MAX_OPTIONS = 40
MAX_ALTERNATIVES = 12

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a facet. `without` says that it is excluded (vendors only)."""

    value: str
    name: str
    count: int | None
    selected: bool = False
    without: bool = False
    url: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Chip:
    """An active limit and the address of the list without it."""

    label: str
    url: str


@dataclass(slots=True)
class Listing:
    """What a page with results needs. `path` is its address without the question."""

    form: SearchForm
    query: SearchQuery
    results: SearchResults
    category_path: list[Category]
    path: str
    cards: list[Card]
    alternatives: list[Card]
    vendors: list[Option] = field(default_factory=list)
    categories: list[Option] = field(default_factory=list)
    brands: list[Option] = field(default_factory=list)
    availability: list[Option] = field(default_factory=list)
    sorts: list[Option] = field(default_factory=list)
    chips: list[Chip] = field(default_factory=list)
    understood: list[str] = field(default_factory=list)
    exact_url: str = ""
    price_low: Money | None = None
    price_high: Money | None = None
    clear_url: str = ""
    url: str = ""
    request_url: str = ""

    @property
    def last_page(self) -> int:
        return min(self.results.pages, MAX_PAGE)

    @property
    def open_options(self) -> int:
        return OPEN_OPTIONS


def listing(
    form: SearchForm, *, path: str, category: Category | None = None, vendor: Vendor | None = None
) -> Listing:
    """Runs the search. `category` or `vendor`: the page is theirs, so that limit is not the reader's to drop."""
    if vendor is not None:
        form.vendors, form.without = [vendor], []
    if category is not None:
        form.category = category
    query = form.query(get_language() or settings.LANGUAGE_CODE)
    results = search_services.search(query)
    words = results.words or form.words
    page = _Addresses(form, path, category, vendor)
    alternatives = _worth_showing(results, category, vendor)
    with metrics.stage("names"):
        cards = selectors.cards(results.hits, words=words)
        alternative_cards = selectors.alternative_cards(alternatives, words=words)
    found = Listing(
        form=form,
        query=query,
        results=results,
        category_path=selectors.category_path(form.category),
        path=path,
        cards=cards,
        alternatives=alternative_cards,
        url=page.url(page=form.page),
        clear_url=page.cleared(),
        request_url=request_url(form.words or (category.name if category else "")),
    )
    _fill_facets(found, results.facets, page)
    found.sorts = [
        Option(str(sort), name, None, selected=sort == form.sort) for sort, name in _sort_names().items()
    ]
    found.chips = _chips(form, page)
    found.understood = _understood(results.steps) + _alternatives_in_words(alternatives)
    if any(step.code in _CORRECTIONS for step in results.steps):
        found.exact_url = page.url(exact="1")
    return found


def request_url(words: str) -> str:
    """The form for a new request, filled with what was searched for."""
    base = reverse("requests:new")
    return f"{base}?{urlencode({'lines': words})}" if words else base


_CORRECTIONS = {StepCode.LAYOUT, StepCode.TRANSLITERATED, StepCode.SPELLING}


class _Addresses:
    """Addresses of this list with something added or dropped; the page number never survives a change."""

    def __init__(self, form: SearchForm, path: str, category: Category | None, vendor: Vendor | None) -> None:
        self.path = path
        self.own_category, self.own_vendor = category, vendor
        self.words = form.words
        self.pairs: Pairs = [("q", form.words)] if form.words else []
        self.pairs += [
            (name, text)
            for name, text in (("min_price", form.min_text), ("max_price", form.max_text))
            if text
        ]
        if form.category is not None and category is None:
            self.pairs.append(("category", form.category.slug))
        if vendor is None:
            self.pairs += [("vendor", one.slug) for one in form.vendors]
            self.pairs += [("without", one.slug) for one in form.without]
        self.pairs += [("availability", code) for code in form.availability]
        self.pairs += [("brand", name) for name in form.brands]
        if form.sort != Sort.RELEVANCE:
            self.pairs.append(("sort", str(form.sort)))
        if form.exact:
            self.pairs.append(("exact", "1"))

    def url(self, *, drop: tuple[str, str] | str = "", page: int = 1, path: str = "", **add: str) -> str:
        """`drop`: a pair, or the name of a parameter."""
        pairs = [pair for pair in self.pairs if pair != drop and pair[0] != drop and pair[0] not in add]
        pairs += [(name, value) for name, value in add.items() if value]
        if page > 1:
            pairs.append(("page", str(page)))
        return f"{path or self.path}?{urlencode(pairs)}" if pairs else (path or self.path)

    def cleared(self) -> str:
        kept = [pair for pair in self.pairs if pair[0] in {"q", "sort"}]
        return f"{self.path}?{urlencode(kept)}" if kept else self.path

    def of_category(self, category: Category | None) -> str:
        """The list in another category: another page where the page is a category's own."""
        if self.own_category is None:
            return self.url(category=category.slug) if category else self.url(drop="category")
        if category is None:
            return reverse("storefront:search") + self.url().removeprefix(self.path)
        return self.url(path=reverse("storefront:category", args=[category.slug]))


def _fill_facets(found: Listing, facets: Facets, page: _Addresses) -> None:
    form = found.form
    if page.own_vendor is None:
        found.vendors = _vendor_options(form, facets)
    found.categories = _category_options(found.category_path, facets, page)
    counts = {str(value.value): value.count for value in facets.brands}
    brands = [*form.brands, *(name for name in counts if name not in form.brands)][:MAX_OPTIONS]
    found.brands = [Option(name, name, counts.get(name, 0), selected=name in form.brands) for name in brands]
    counts = {str(value.value): value.count for value in facets.availability}
    found.availability = [
        Option(code, str(label), counts.get(code, 0), selected=code in form.availability)
        for code, label in Availability.choices
        if counts.get(code) or code in form.availability
    ]
    if facets.price is not None:
        found.price_low = Money.from_price(facets.price.low, settings.BASE_CURRENCY)
        found.price_high = Money.from_price(facets.price.high, settings.BASE_CURRENCY)


def _vendor_options(form: SearchForm, facets: Facets) -> list[Option]:
    counts = {int(value.value): value.count for value in facets.vendors[:MAX_OPTIONS]}
    known = {vendor.pk: vendor for vendor in (*form.vendors, *form.without)}
    known |= selectors.vendor_names([pk for pk in counts if pk not in known])
    chosen, without = {one.pk for one in form.vendors}, {one.pk for one in form.without}
    order = [*chosen, *without, *(pk for pk in counts if pk not in chosen | without)]
    return [
        Option(
            known[pk].slug, known[pk].name, counts.get(pk, 0), selected=pk in chosen, without=pk in without
        )
        for pk in order
        if pk in known
    ]


def _category_options(path: list[Category], facets: Facets, page: _Addresses) -> list[Option]:
    """The way down to the chosen category, then its children; without one, the top ones that were found."""
    counts = {int(value.value): value.count for value in facets.categories}
    known = selectors.category_names([pk for pk in counts if pk not in {one.pk for one in path}])
    depth = path[-1].depth if path else 0
    below = [
        one
        for one in known.values()
        if one.depth == depth + 1 and (not path or one.path.startswith(path[-1].path))
    ]
    options = [
        Option(
            one.slug,
            one.name,
            counts.get(one.pk),
            one is path[-1],
            url=page.of_category(one),
            depth=one.depth,
        )
        for one in path
    ]
    if path:
        options.insert(0, Option("", _("All categories"), None, url=page.of_category(None)))
    below.sort(key=lambda one: (-counts.get(one.pk, 0), one.path))
    options += [
        Option(one.slug, one.name, counts.get(one.pk, 0), url=page.of_category(one), depth=depth + 1)
        for one in below[:MAX_OPTIONS]
    ]
    return options


def _chips(form: SearchForm, page: _Addresses) -> list[Chip]:
    chips = []
    if form.min_price:
        chips.append(
            Chip(_("from %(price)s") % {"price": format_money(form.min_price)}, page.url(drop="min_price"))
        )
    if form.max_price:
        chips.append(
            Chip(_("up to %(price)s") % {"price": format_money(form.max_price)}, page.url(drop="max_price"))
        )
    if page.own_vendor is None:
        chips += [Chip(one.name, page.url(drop=("vendor", one.slug))) for one in form.vendors]
        chips += [
            Chip(_("without %(name)s") % {"name": one.name}, page.url(drop=("without", one.slug)))
            for one in form.without
        ]
    if form.category is not None and page.own_category is None:
        chips.append(Chip(form.category.name, page.url(drop="category")))
    labels: dict[str, Any] = dict(Availability.choices)
    chips += [Chip(str(labels[code]), page.url(drop=("availability", code))) for code in form.availability]
    chips += [Chip(name, page.url(drop=("brand", name))) for name in form.brands]
    return chips


def _understood(steps: tuple[Step, ...]) -> list[str]:
    """What the search did with the words, said to the reader."""
    texts = {
        StepCode.LAYOUT: _("Read with another keyboard layout: “%(to)s” instead of “%(from)s”."),
        StepCode.TRANSLITERATED: _("Read in the other alphabet: “%(to)s” instead of “%(from)s”."),
        StepCode.SPELLING: _("Corrected: “%(to)s” instead of “%(from)s”."),
        StepCode.SYNONYMS: _("No offer has these very words; these have other words for the same."),
        StepCode.PARTIAL: _("No offer has all the words; not every one below has: %(missing)s."),
    }
    return [
        texts[step.code] % {"from": "", "to": "", "missing": "", **step.params}
        for step in steps
        if step.code in texts
    ]


def _worth_showing(
    results: SearchResults, category: Category | None, vendor: Vendor | None
) -> tuple[Alternative, ...]:
    """On a category's or a vendor's own page, goods of another one are no alternative."""
    beside = {limit for limit, owner in ((Limit.CATEGORY, category), (Limit.VENDORS_IN, vendor)) if owner}
    return tuple(one for one in results.alternatives if one.limit not in beside)[:MAX_ALTERNATIVES]


def _alternatives_in_words(alternatives: tuple[Alternative, ...]) -> list[str]:
    counts = Counter(alternative.limit for alternative in alternatives)
    lines = []
    if over := counts.pop(Limit.MAX_PRICE, 0):
        lines.append(
            ngettext(
                "%(count)d more over your ceiling is below.",
                "%(count)d more over your ceiling are below.",
                over,
            )
            % {"count": over}
        )
    if rest := sum(counts.values()):
        lines.append(
            ngettext(
                "%(count)d more that misses one limit is below.",
                "%(count)d more that miss one limit are below.",
                rest,
            )
            % {"count": rest}
        )
    return lines


def _sort_names() -> dict[Sort, str]:
    return {
        Sort.RELEVANCE: _("best match"),
        Sort.PRICE_ASC: _("cheapest first"),
        Sort.PRICE_DESC: _("dearest first"),
        Sort.NEWEST: _("newest first"),
    }
