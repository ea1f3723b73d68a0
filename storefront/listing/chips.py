"""Active limits in words, each with the address of the list without it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from catalog.enums import Availability, Condition, PriceBasis
from core.templatetags.ui import format_money
from storefront import selectors
from storefront.forms import FactChoice, SearchForm
from storefront.forms.facts import address_value
from storefront.listing.addresses import Addresses
from vendors.regions import Region

#: More than anybody chooses by hand; each has an address with all the others, and the panel still has every one.
MOST_CHIPS = 60


@dataclass(frozen=True, slots=True)
class Chip:
    """An active limit and the address of the list without it."""

    label: str
    url: str


def chips(form: SearchForm, page: Addresses) -> list[Chip]:
    """In the order of the filters, no more than `MOST_CHIPS`."""
    found = _prices(form, page)
    if page.own_vendor is None:
        found += [Chip(one.name, page.url(drop=("vendor", one.slug))) for one in form.vendors]
        found += [
            Chip(_("without %(name)s") % {"name": one.name}, page.url(drop=("without", one.slug)))
            for one in form.without
        ]
    if form.category is not None and page.own_category is None:
        found.append(Chip(form.category.name, page.url(drop={"category"})))
    found += [Chip(name, page.url(drop=("brand", name))) for name in form.brands]
    for choice in form.facts.values():
        found += _fact(choice, page)
    coded = (
        ("availability", form.availability, dict(Availability.choices)),
        ("condition", form.condition, dict(Condition.choices)),
        ("way", form.participation, {mode: selectors.way_name(mode) for mode in form.participation}),
    )
    found += [
        Chip(str(labels[code]), page.url(drop=(name, code)))
        for name, codes, labels in coded
        for code in codes
    ]
    if form.region:
        found.append(Chip(str(Region(form.region).label), page.url(drop={"region"})))
    if form.pickup:
        found.append(Chip(_("pickup"), page.url(drop={"pickup"})))
    return found[:MOST_CHIPS]


def _prices(form: SearchForm, page: Addresses) -> list[Chip]:
    found = []
    basis = "" if form.basis is PriceBasis.UNIT else f" / {selectors.basis_name(form.basis)}"
    if form.min_price:
        price = format_money(form.min_price) + basis
        found.append(Chip(_("from %(price)s") % {"price": price}, page.url(drop={"min_price"})))
    if form.max_price:
        price = format_money(form.max_price) + basis
        found.append(Chip(_("up to %(price)s") % {"price": price}, page.url(drop={"max_price"})))
    if basis and not (form.min_price or form.max_price):
        found.append(
            Chip(_("price / %(unit)s") % {"unit": selectors.basis_name(form.basis)}, page.url(drop={"per"}))
        )
    if form.delivered:
        found.append(Chip(_("price with delivery"), page.url(drop={"delivered"})))
    return found


def _fact(choice: FactChoice, page: Addresses) -> list[Chip]:
    rule = choice.rule
    name = f"a.{rule.code}"
    found = [
        Chip(
            _named(choice, selectors.value_text(rule, value)),
            page.url(drop=(name, address_value(rule, value))),
        )
        for value in choice.values
    ]
    if choice.low is not None or choice.high is not None:
        told = selectors.range_text(rule, choice.low, choice.high)
        found.append(Chip(_named(choice, told), page.url(drop={f"{name}.min", f"{name}.max"})))
    return found


def _named(choice: FactChoice, value: str) -> str:
    return _("%(name)s: %(value)s") % {"name": selectors.name_of(choice.rule), "value": value}
