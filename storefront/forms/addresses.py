"""A question as its one address: parameters in one order, each limit in one form. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from django.conf import settings

from catalog.enums import PriceBasis
from search.query import Sort
from storefront.forms.amounts import amount_text

if TYPE_CHECKING:
    from storefront.forms.search import SearchForm

Pairs = list[tuple[str, str]]
_ORDER: Final = (
    *("q", "category", "min_price", "max_price", "per", "delivered", "vendor", "without", "brand", "a"),
    *("availability", "condition", "region", "pickup", "way", "sort", "exact", "page"),
)


def canonical(pairs: Iterable[tuple[str, str]]) -> Pairs:
    """Each pair once, in the one order in which addresses have them."""
    return sorted(dict.fromkeys(pairs), key=_place)


def _place(pair: tuple[str, str]) -> tuple[int, str, str]:
    name, value = pair
    # Of a range the lowest comes first.
    return _ORDER.index(name.partition(".")[0]), name.replace(".min", ".low").replace(".max", ".up"), value


def pairs_of(form: SearchForm, *, own_category: bool = False, own_vendor: bool = False) -> Pairs:
    """What was understood of the question, but for the page's number. A category's or a vendor's own page has that limit
    in its path.
    """
    pairs: Pairs = [("q", form.words)] if form.words else []
    for name, price in (("min_price", form.min_price), ("max_price", form.max_price)):
        if price is not None:
            money = amount_text(price.amount)
            pairs.append(
                (name, money if price.currency == settings.BASE_CURRENCY else f"{money} {price.currency}")
            )
    if form.basis is not PriceBasis.UNIT:
        pairs.append(("per", form.basis.value))
    if form.category is not None and not own_category:
        pairs.append(("category", form.category.slug))
    if not own_vendor:
        pairs += [("vendor", one.slug) for one in form.vendors]
        pairs += [("without", one.slug) for one in form.without]
    chosen = (
        ("availability", form.availability),
        ("brand", form.brands),
        ("condition", form.condition),
        ("way", form.participation),
    )
    pairs += [(name, value) for name, values in chosen for value in values]
    pairs += [pair for choice in form.facts.values() for pair in choice.pairs]
    if form.region:
        pairs.append(("region", form.region))
    flags = (("delivered", form.delivered), ("pickup", form.pickup), ("exact", form.exact))
    pairs += [(name, "1") for name, is_set in flags if is_set]
    if form.sort != Sort.RELEVANCE:
        pairs.append(("sort", str(form.sort)))
    return canonical(pairs)
