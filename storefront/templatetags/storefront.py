"""Tags that need the catalogue: categories for the header's search field, drawings that stand for photos."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from core.templatetags import ui
from storefront import selectors
from vendors.regions import Region

register = template.Library()

#: Quality from which a vendor bears the mark.
TRUSTED = 0.8


@register.simple_tag
def header_categories() -> list[dict[str, Any]]:
    """Top categories as `{"slug", "name"}` in the reader's language."""
    return selectors.top_categories()


@register.simple_tag
def vendor_link(vendor: Any) -> SafeString:
    """A vendor's name with its initials, leading to its page; a mark where its quality is proven."""
    return format_html(
        '<a class="vendor" href="{}"><span class="vendor-mark" aria-hidden="true">{}</span>{}{}</a>',
        reverse("storefront:vendor", args=[vendor.slug]),
        ui.initials(vendor.name),
        vendor.name,
        ui.icon("rosette-discount-check", label=gettext("trusted vendor"))
        if vendor.quality >= TRUSTED
        else "",
    )


@register.filter
def region_names(codes: list[str]) -> str:
    """Regions by their ISO 3166-2 codes, as people call them; an unknown code stands for itself."""
    names = dict(Region.choices)
    return ", ".join(str(names.get(code, code)) for code in codes)


@register.filter
def placeholder(category: Any) -> str:
    """Address of the drawing of an offer's category, empty where none is drawn."""
    return selectors.placeholder_url(getattr(category, "icon", "") or "")
