"""Tags that need the catalogue: categories for the header's search field, drawings that stand for photos."""

from __future__ import annotations

from typing import Any

from django import template

from storefront import selectors

register = template.Library()


@register.simple_tag
def header_categories() -> list[dict[str, Any]]:
    """Top categories as `{"slug", "name"}` in the reader's language."""
    return selectors.top_categories()


@register.filter
def placeholder(category: Any) -> str:
    """Address of the drawing of an offer's category, empty where none is drawn."""
    return selectors.placeholder_url(getattr(category, "icon", "") or "")
