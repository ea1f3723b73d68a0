"""The values of each filter with their counts, in an order that no choice changes, so that nothing jumps under a finger."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import blake2s
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from catalog.attributes.enums import AttributeKind
from catalog.attributes.rules import AttributeRule
from catalog.attributes.units import asked_in, unit_text
from catalog.enums import Availability, Condition, PriceBasis
from catalog.models import Category
from core.templatetags.ui import number
from search.query import Facets, FacetValue, FactFacet, SearchResults
from storefront import selectors
from storefront.forms import FactChoice, SearchForm
from storefront.forms.amounts import measure_text
from storefront.forms.facts import address_value
from storefront.listing.addresses import Addresses
from vendors.enums import Participation
from vendors.models import Vendor
from vendors.regions import Region

#: Options of a facet shown at once; the rest is one click away.
OPEN_OPTIONS = 8
MAX_OPTIONS = 40
#: Numbers with more values than that are asked for by a range alone.
MAX_NUMBERS = 8
#: Attributes that are unfolded without anything being chosen of them.
OPEN_FACTS = 3
MAX_FACTS = 14
#: Colours that the stylesheet draws; `assorted` and whatever operators add have no sample.
SWATCHES = frozenset(
    (
        *("black", "white", "grey", "silver", "blue", "light-blue", "turquoise", "green", "yellow", "gold"),
        *("orange", "red", "burgundy", "pink", "magenta", "purple", "brown", "beige", "transparent"),
    )
)
#: Units that are what the attribute is called.
_COUNTED = frozenset(("", "pc", "sheet", "page"))
_PLAIN = re.compile(r"[A-Za-z0-9_.-]{1,40}")


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
    swatch: str = ""

    @property
    def key(self) -> str:
        """What an id in the page may hold; the same as long as the value is."""
        if _PLAIN.fullmatch(self.value):
            return self.value
        return blake2s(self.value.encode(), digest_size=5).hexdigest()


@dataclass(frozen=True, slots=True)
class Group:
    """One facet: its options, of which those past `OPEN_OPTIONS` are folded."""

    name: str  # of the parameter
    title: str
    options: tuple[Option, ...]
    more: str = ""  # what opens the folded ones

    @property
    def shown(self) -> tuple[Option, ...]:
        return self.options[:OPEN_OPTIONS]

    @property
    def folded(self) -> tuple[Option, ...]:
        return self.options[OPEN_OPTIONS:]

    @property
    def is_unfolded(self) -> bool:
        """One of the folded is chosen."""
        return any(each.selected or each.without for each in self.folded)

    def __bool__(self) -> bool:
        return bool(self.options)


@dataclass(frozen=True, slots=True)
class FactGroup(Group):
    """The facet of one attribute. A number has a range in `unit`: what is typed, and what was found, as text."""

    code: str = ""
    unit: str = ""
    has_range: bool = False
    low: str = ""
    high: str = ""
    lowest: str = ""
    highest: str = ""
    error: str = ""
    is_low_wrong: bool = False
    is_high_wrong: bool = False
    is_open: bool = False

    def __bool__(self) -> bool:
        return bool(self.options) or self.has_range


@dataclass(slots=True)
class Panel:
    """Everything one can choose beside words and prices."""

    bases: tuple[Option, ...] = ()
    vendors: Group | None = None
    categories: tuple[Option, ...] = ()
    brands: Group | None = None
    facts: list[FactGroup] = field(default_factory=list)
    rest: list[Group] = field(default_factory=list)  # availability, condition, ways of buying
    regions: tuple[Option, ...] = ()
    meant: Option | None = None  # the category that the words mean


def panel(form: SearchForm, results: SearchResults, path: list[Category], page: Addresses) -> Panel:
    facets = results.facets
    above = {one.pk for one in path}
    known = selectors.category_names(
        [int(each.value) for each in facets.categories if each.value not in above]
    )
    return Panel(
        bases=_bases(form, facets),
        vendors=_vendors(form, facets) if page.own_vendor is None else None,
        categories=_categories(path, facets, page, known),
        brands=_brands(form, facets),
        facts=_facts(form, facets),
        rest=_rest(form, facets),
        regions=tuple(
            Option(code, str(label), None, selected=code == form.region) for code, label in Region.choices
        ),
        meant=_meant(results, page, known),
    )


def _bases(form: SearchForm, facets: Facets) -> tuple[Option, ...]:
    """What a price can be for. Without a category only what is chosen is known to be there."""
    met = {str(value.value): value.count for value in facets.bases}
    options = [
        Option(basis.value, str(basis.label), met.get(basis.value), selected=basis is form.basis)
        for basis in PriceBasis
        if basis in {PriceBasis.UNIT, form.basis} or basis.value in met
    ]
    return tuple(options) if len(options) > 1 else ()


def _vendors(form: SearchForm, facets: Facets) -> Group:
    chosen, without = {one.pk for one in form.vendors}, {one.pk for one in form.without}
    values = _kept(facets.vendors, chosen | without)
    known: dict[int, Vendor] = {vendor.pk: vendor for vendor in (*form.vendors, *form.without)}
    known |= selectors.vendor_names([int(pk) for pk, _count in values if pk not in known])
    return Group(
        "vendor",
        _("Vendors"),
        tuple(
            Option(known[pk].slug, known[pk].name, count, selected=pk in chosen, without=pk in without)
            for pk, count in values
            if pk in known
        ),
        _("More vendors"),
    )


def _brands(form: SearchForm, facets: Facets) -> Group:
    options = tuple(
        Option(str(name), str(name), count, selected=name in form.brands)
        for name, count in _kept(facets.brands, form.brands)
        if name
    )
    return Group("brand", _("Brand"), options, _("More brands"))


def _kept(values: Sequence[FacetValue], chosen: Iterable[Any]) -> list[tuple[Any, int]]:
    """The most frequent, and behind them what is chosen of the rest."""
    counts = {value.value: value.count for value in values}
    shown = list(counts)[:MAX_OPTIONS]
    rest = [value for value in chosen if value not in shown]
    return [(value, counts.get(value, 0)) for value in (*shown, *rest)]


def _rest(form: SearchForm, facets: Facets) -> list[Group]:
    groups = [
        _coded(
            "availability",
            _("Availability"),
            dict(Availability.choices),
            facets.availability,
            form.availability,
        ),
        _coded("condition", _("Condition"), dict(Condition.choices), facets.condition, form.condition),
        _coded(
            "way",
            _("How to buy"),
            {mode: selectors.way_name(mode) for mode in Participation.values},
            facets.participation,
            form.participation,
        ),
    ]
    # One way of buying, and goods that are all new, are no choice.
    return [
        group
        for group in groups
        if len(group.options) > (0 if group.name == "availability" else 1)
        or any(option.selected for option in group.options)
    ]


def _coded(
    name: str,
    title: str,
    labels: Mapping[str, object],
    values: Sequence[FacetValue],
    chosen: Sequence[str],
) -> Group:
    counts = {str(value.value): value.count for value in values}
    options = tuple(
        Option(code, str(capfirst(str(label))), counts.get(code, 0), selected=code in chosen)
        for code, label in labels.items()
        if counts.get(code) or code in chosen
    )
    return Group(name, title, options)


# Attributes -------------------------------------------------------------------------------------------------


def _facts(form: SearchForm, facets: Facets) -> list[FactGroup]:
    if not facets.facts and not form.facts:
        return []
    rules = selectors.attributes_by_code()
    found = {each.code: each for each in facets.facts}
    order = [*found, *(code for code in form.facts if code not in found)]
    groups: list[FactGroup] = []
    for code in order:
        rule, choice = rules.get(code), form.facts.get(code)
        if rule is None or (choice is None and len(groups) >= MAX_FACTS):
            continue
        error = form.errors.get(f"a.{code}", "")
        is_open = len(groups) < OPEN_FACTS or choice is not None or bool(error)
        if group := fact_group(rule, found.get(code), choice, error=error, is_open=is_open):
            groups.append(group)
    return groups


def fact_group(
    rule: AttributeRule,
    facet: FactFacet | None,
    choice: FactChoice | None,
    *,
    error: str = "",
    is_open: bool = True,
) -> FactGroup:
    """Pure. A single value that all have, and that is not chosen, is no choice: the group is empty."""
    chosen = choice.values if choice else []
    values = _kept(facet.values if facet else (), chosen)
    unit, one = asked_in(rule.unit, rule.lowest)
    low, high = (facet.low, facet.high) if facet else (None, None)
    is_limited = choice is not None
    has_range = rule.kind is AttributeKind.NUMBER and (
        bool(choice and (choice.low_text or choice.high_text)) or (low is not None and low != high)
    )
    if rule.kind is AttributeKind.NUMBER:
        values = values if len(values) <= MAX_NUMBERS else [pair for pair in values if pair[0] in chosen]
        values.sort(key=lambda pair: float(pair[0]))
    if len(values) < 2 and not has_range and not is_limited:
        values = []
    return FactGroup(
        name=f"a.{rule.code}",
        title=selectors.name_of(rule),
        options=tuple(
            Option(
                address_value(rule, value),
                selectors.value_text(rule, value),
                count,
                selected=value in chosen,
                swatch=value if rule.code == "colour" and value in SWATCHES else "",
            )
            for value, count in values
        ),
        more=_("More"),
        code=rule.code,
        unit="" if unit in _COUNTED else unit_text(unit),
        has_range=has_range,
        low=choice.low_text if choice else "",
        high=choice.high_text if choice else "",
        lowest="" if low is None else number(Decimal(measure_text(low, one))),
        highest="" if high is None else number(Decimal(measure_text(high, one))),
        error=error,
        is_low_wrong=bool(choice and choice.low_text and choice.low is None),
        is_high_wrong=bool(choice and choice.high_text and choice.high is None),
        is_open=is_open,
    )


# Categories -------------------------------------------------------------------------------------------------


def _meant(results: SearchResults, page: Addresses, known: Mapping[int, Category]) -> Option | None:
    """The category that the words mean, where it is not all that was found and not chosen already."""
    category = known.get(results.meant_category or 0)
    values = results.facets.categories
    count = next((value.count for value in values if category and value.value == category.pk), 0)
    if category is None or not 0 < count < results.total:
        return None
    return Option(category.slug, category.name, count, url=page.of_category(category))


def _categories(
    path: list[Category], facets: Facets, page: Addresses, known: Mapping[int, Category]
) -> tuple[Option, ...]:
    """The way down to the chosen category, then its children; without one, the top ones that were found."""
    counts = {int(value.value): value.count for value in facets.categories}
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
    return tuple(options)
