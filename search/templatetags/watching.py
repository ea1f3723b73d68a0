"""The values of the two buttons that other rooms' pages include: “Save this search” and “Watch the price”."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import template
from django.utils.translation import gettext as _

from catalog.models import Category, Offer
from core.templatetags.ui import format_money
from search.query import SearchQuery
from search.saved import links, selectors, wanting
from search.saved.models import PriceWatch

register = template.Library()


@register.simple_tag(takes_context=True)
def sealed_search(
    context: template.Context, query: SearchQuery, words: str = "", url: str = "", place: Any = None
) -> str:
    """The question of a page with results as its button sends it; empty for one that is too wide to be saved. `words` are
    those that were searched in the end, `place` is the category that it is limited to.
    """
    query = replace(query, words=words or query.words)
    if not wanting.keys_of(query):
        return ""
    return links.seal(query, url=url, name=_name(query, place or context.get("vendor")))


def _name(query: SearchQuery, place: Any) -> str:
    """What it is called until its owner says otherwise."""
    name = query.words or str(place or "") or ", ".join(sorted(query.brands)) or _("Saved search")
    if query.words and isinstance(place, Category):
        name = f"{name}, {place}"
    if query.max_price is not None:
        name += ", " + _("up to %(price)s") % {"price": format_money(query.max_price)}
    return name


@register.simple_tag(takes_context=True)
def own_watch(context: template.Context, offer: Offer) -> PriceWatch | None:
    """The reader's watch of the good that the offer is of."""
    user = getattr(context.get("request"), "user", None)
    if user is None or not user.is_authenticated:
        return None
    return selectors.watch_on(user, offer)
