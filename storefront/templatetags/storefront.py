"""Tags that need the catalogue: categories for the header's search field, drawings that stand for photos, the choice of
goods to compare, and what machines read.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext

from core.templatetags import ui
from storefront import comparing, selectors, structured
from vendors.regions import Region

register = template.Library()

#: Quality from which a vendor bears the mark.
TRUSTED = 0.8


@register.filter
def barcode(gtin: str | None) -> str:
    """As it is printed: stored with 14 figures, it stands on the box with 13, or 8."""
    bare = (gtin or "").lstrip("0")
    return bare.rjust(8 if len(bare) <= 8 else 13, "0") if bare else ""


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


# Filters: tags, because a panel has a hundred lines -----------------------------------------------------------


@register.simple_tag
def tick_lines(options: Iterable[Any], name: str, prefix: str) -> SafeString:
    """Values of the parameter `name` to tick, with their counts; ids begin with `prefix`."""
    return format_html_join(
        "",
        '<li class="option"><label for="{0}-{1}"><input type="checkbox" id="{0}-{1}" name="{2}" value="{3}"{4}>{5}'
        '<span class="name">{6}</span><span class="tally">{7}</span></label></li>',
        (
            (
                prefix,
                option.key,
                name,
                option.value,
                mark_safe(" checked" if option.selected else ""),  # noqa: S308 - constants
                format_html('<span class="swatch swatch-{}" aria-hidden="true"></span>', option.swatch)
                if option.swatch
                else "",
                option.name,
                ui.number(option.count),
            )
            for option in options
        ),
    )


@register.simple_tag
def vendor_lines(options: Iterable[Any]) -> SafeString:
    """Vendors to tick, each with a second box that leaves it out."""
    ban, without = ui.icon("ban"), gettext("Without %(name)s")
    return format_html_join(
        "",
        '<li class="option"><label for="f-v-{0}"><input type="checkbox" id="f-v-{0}" name="vendor" value="{0}"{1}>'
        '<span class="name">{2}</span><span class="tally">{3}</span></label>'
        '<label class="without" title="{4}"><input type="checkbox" id="f-w-{0}" name="without" value="{0}"'
        ' aria-label="{4}"{5}>{6}</label></li>',
        (
            (
                option.value,
                mark_safe(" checked" if option.selected else ""),  # noqa: S308 - constants
                option.name,
                ui.number(option.count),
                without % {"name": option.name},
                mark_safe(" checked" if option.without else ""),  # noqa: S308 - constants
                ban,
            )
            for option in options
        ),
    )


@register.simple_tag
def select_lines(options: Iterable[Any]) -> SafeString:
    """Options of a select."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (
                option.value,
                mark_safe(" selected" if option.selected else ""),  # noqa: S308 - constants
                option.name,
            )
            for option in options
        ),
    )


# Comparing --------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def compared_goods(context: template.Context) -> dict[str, Any]:
    """The chosen goods: `{"ids", "url"}`."""
    ids = comparing.chosen(getattr(context, "request", None))
    return {"ids": ids, "url": comparing.address(ids)}


@register.simple_tag(takes_context=True)
def compare_button(context: template.Context, pk: int, *, oob: bool = False) -> SafeString:
    """A button that chooses the good of this offer, or takes it out again. Needs `_compare_tray.html` on the page."""
    is_chosen = pk in comparing.chosen(getattr(context, "request", None))
    return format_html(
        '<button type="submit" class="compare-button{}" id="compare-{}" form="compare-form" name="{}" value="{}"{}>'
        "{}<span>{}</span></button>",
        " is-chosen" if is_chosen else "",
        pk,
        "drop" if is_chosen else "add",
        pk,
        mark_safe(' hx-swap-oob="true"') if oob else "",
        ui.icon("check" if is_chosen else "scale"),
        gettext("In comparison") if is_chosen else pgettext("goods side by side", "Compare"),
    )


# For machines -----------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def site_json_ld(context: template.Context, home: str) -> SafeString:
    """The row itself, on its front page alone."""
    request = context.get("request")
    if request is None or request.path != home:
        return mark_safe("")
    return structured.as_script(
        structured.site(_absolute(context), home=home, search=reverse("storefront:search"))
    )


@register.simple_tag(takes_context=True)
def breadcrumbs_json_ld(
    context: template.Context,
    first_name: str = "",
    first_url: str = "",
    trail: Any = None,
    here: str = "",
) -> SafeString:
    """The same way as the reader sees; parameters as of `components/breadcrumbs.html`."""
    absolute = _absolute(context)
    steps = [(first_name, absolute(first_url))] if first_name else []
    steps += [(name, absolute(address)) for name, address in trail or ()]
    if here:
        steps.append((here, ""))
    node = structured.breadcrumbs(steps)
    return structured.as_script(node) if node else mark_safe("")


@register.simple_tag(takes_context=True)
def item_list_json_ld(context: template.Context, cards: Any) -> SafeString:
    """Goods of a list by their addresses."""
    absolute = _absolute(context)
    node = structured.item_list([absolute(card.url) for card in cards])
    return structured.as_script(node) if node else mark_safe("")


@register.simple_tag(takes_context=True)
def vendor_json_ld(context: template.Context, vendor: Any, logo: Any = None) -> SafeString:
    absolute = _absolute(context)
    url = absolute(reverse("storefront:vendor", args=[vendor.slug]))
    return structured.as_script(
        structured.organization(vendor, url=url, logo=absolute(logo.large) if logo else "")
    )


@register.simple_tag(takes_context=True)
def good_json_ld(context: template.Context, good: selectors.Good, product: Any = None) -> SafeString:
    """A good with its vendors' offers, as its page shows them. `product`: the page is the good's own."""
    absolute, offer = _absolute(context), good.offer
    told = {
        "title": good.title,
        "brand": offer.brand,
        "sku": offer.article,
        "mpn": offer.mpn,
        "gtin": offer.gtin,
    }
    if product is not None:
        told = {
            "title": context.get("product_title") or product.title,
            "brand": product.brand,
            "mpn": product.mpn,
            "gtin": product.gtin or "",
        }
    node = structured.product(
        url=absolute(
            reverse("storefront:product", args=[product.pk])
            if product
            else reverse("storefront:offer", args=[offer.pk])
        ),
        absolute=absolute,
        offers=good.offers or [good.own],
        offer_url=lambda row: reverse("storefront:offer", args=[row.offer.pk]),
        description=good.description,
        images=[photo.large for photo in good.photos],
        category=[one.name for one in good.path],
        facts=good.facts,
        maker=offer.maker,
        **told,
    )
    return structured.as_script(node)


@register.inclusion_tag("storefront/_social.html", takes_context=True)
def social(
    context: template.Context,
    title: str = "",
    description: str = "",
    photos: Any = None,
    kind: str = "website",
) -> dict[str, Any]:
    """Open Graph and Twitter cards. Drawings (SVG) are none that other sites show."""
    absolute = _absolute(context)
    photo = next((each for each in photos or () if not str(each.large).endswith(".svg")), None)
    return {
        "title": title,
        # What was put together for a page is escaped already, and would be once more.
        "description": " ".join(_plain(description).split())[:300],
        "kind": kind,
        "url": absolute(""),
        "image": absolute(photo.large) if photo else "",
        "side": photo.side if photo else 0,
        "site_name": context.get("site_name"),
        "request": context.get("request"),
    }


def _plain(text: Any) -> str:
    return html.unescape(text) if isinstance(text, SafeString) else str(text)


def _absolute(context: template.Context) -> structured.Absolute:
    return lambda path: ui.absolute(context, path)
