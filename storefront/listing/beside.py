"""What misses one limit, by that limit: a heading, one press that drops the limit, and the cards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.enums import PriceBasis
from core.templatetags.ui import format_money
from search.query import Alternative, Limit
from storefront import selectors
from storefront.forms import SearchForm
from storefront.forms.facts import parameters_of
from storefront.listing.addresses import Addresses
from storefront.selectors import Card
from vendors.regions import Region


@dataclass(frozen=True, slots=True)
class Beside:
    """Cards that miss one and the same limit. `url` is the list without it, "" for those that lack words."""

    title: str
    drop: str
    url: str
    cards: tuple[Card, ...]


_PARAMETERS = {
    Limit.MAX_PRICE: "max_price",
    Limit.MIN_PRICE: "min_price",
    Limit.VENDORS_IN: "vendor",
    Limit.VENDORS_OUT: "without",
    Limit.CATEGORY: "category",
    Limit.AVAILABILITY: "availability",
    Limit.BRAND: "brand",
    Limit.DELIVERED: "delivered",
    Limit.REGION: "region",
    Limit.PICKUP: "pickup",
    Limit.PARTICIPATION: "way",
    Limit.CONDITION: "condition",
}


def beside(
    alternatives: Sequence[Alternative], cards: Sequence[Card], form: SearchForm, page: Addresses
) -> list[Beside]:
    """`cards` are those of the alternatives, in their order; some may have gone off sale."""
    limits = {each.hit.offer_id: (each.limit, each.code) for each in alternatives}
    groups: dict[tuple[Limit, str], list[Card]] = {}
    for card in cards:
        groups.setdefault(limits[card.offer.pk], []).append(card)
    found = []
    for (limit, code), members in groups.items():
        title, drop = _words(limit, code, form)
        parameters = parameters_of(code) if limit is Limit.FACT else frozenset([_PARAMETERS[limit]])
        found.append(Beside(title, drop, page.url(drop=parameters), tuple(members)))
    return found


def similar(cards: Sequence[Card]) -> list[Beside]:
    """What is like it, within all limits: it has only some of the words, or other words for the same."""
    return [Beside(_("Similar: not all of your words"), "", "", tuple(cards))] if cards else []


def _words(limit: Limit, code: str, form: SearchForm) -> tuple[str, str]:
    """The heading, and what the button says."""
    if limit is Limit.FACT:
        name = selectors.name_of(form.facts[code].rule) if code in form.facts else code
        return (
            _("Not as asked: %(name)s") % {"name": name},
            _("Show any: %(name)s") % {"name": name},
        )
    basis = "" if form.basis is PriceBasis.UNIT else f" / {selectors.basis_name(form.basis)}"
    told = {
        "ceiling": format_money(form.max_price) + basis if form.max_price else "",
        "floor": format_money(form.min_price) + basis if form.min_price else "",
        "region": str(Region(form.region).label) if form.region else "",
    }
    title, drop = {
        Limit.MAX_PRICE: (_("Over %(ceiling)s"), _("Show without the ceiling")),
        Limit.MIN_PRICE: (_("Below %(floor)s"), _("Show without the lowest price")),
        Limit.DELIVERED: (_("Over your ceiling with delivery"), _("Show by the price without delivery")),
        Limit.VENDORS_IN: (_("From other vendors"), _("Show of all vendors")),
        Limit.VENDORS_OUT: (_("From vendors you excluded"), _("Show of these vendors, too")),
        Limit.CATEGORY: (_("In other categories"), _("Show of all categories")),
        Limit.BRAND: (_("Of other brands"), _("Show of all brands")),
        Limit.AVAILABILITY: (_("Not so soon, or to be asked about"), _("Show whatever the stock")),
        Limit.CONDITION: (_("In another condition"), _("Show in any condition")),
        Limit.PARTICIPATION: (_("To be bought otherwise"), _("Show however it is bought")),
        Limit.REGION: (_("Not delivered to: %(region)s"), _("Show wherever it is delivered")),
        Limit.PICKUP: (_("Without pickup"), _("Show without pickup, too")),
    }[limit]
    return title % told, drop


def said_above(alternatives: Sequence[Alternative]) -> list[str]:
    """How many there are, for the line above the results."""
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
