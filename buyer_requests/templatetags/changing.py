"""What changed in a request, in words; and what its pages say of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import template
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext

from buyer_requests.bidding.labels import NO, YES
from buyer_requests.changing import reading, services
from buyer_requests.changing.content import Change, Difference
from buyer_requests.changing.labels import FIELDS
from buyer_requests.models import Bid, BuyerRequest
from buyer_requests.sealing.holding import OwnBid
from catalog.models import Category
from core.templatetags.ui import money_text, number, unit
from vendors.regions import Region

register = template.Library()
#: Of long notes: who wants them whole reads the request.
_SHOWN = 400


@register.simple_tag
def request_change(change: Change, currency: str) -> SafeString:
    """The name of what changed, what it was and is."""
    return format_html(
        "{}: <del>{}</del> → <ins>{}</ins>",
        FIELDS[change.name],
        _shown(change.name, change.before, currency),
        _shown(change.name, change.after, currency),
    )


def _shown(name: str, value: Any, currency: str) -> str:
    if isinstance(value, bool):
        return str(YES if value else NO)
    if value is None or value in ("", []):
        return "—"
    if name == "ceiling":
        return money_text(value, currency)
    return _TOLD.get(name, str)(value)


def _day(value: str) -> str:
    return formats.date_format(dt.date.fromisoformat(value), "SHORT_DATE_FORMAT")


def _region(value: str) -> str:
    return str(Region(value).label) if value in Region.values else value


def _category(value: int) -> str:
    found = Category.objects.filter(pk=value).first()
    return found.name if found else "—"


def _wants(value: list[tuple[str, bool]]) -> str:
    return "; ".join(text if must else gettext("wished: %(text)s") % {"text": text} for text, must in value)


_TOLD: dict[str, Callable[[Any], str]] = {
    "notes": lambda value: Truncator(value).chars(_SHOWN),
    "needed_by": _day,
    "quantity": lambda value: number(Decimal(value)),
    "unit": unit,
    "region": _region,
    "category": _category,
    "wants": _wants,
}


@register.filter
def in_short(changes: Difference) -> str:
    """How many lines changed in what: "2 lines added; 3 lines changed: quantity"."""
    said = []
    for name, n in changes.counts():
        if name == "added":
            said.append(ngettext("%(n)s line added", "%(n)s lines added", n) % {"n": n})
        elif name == "removed":
            said.append(ngettext("%(n)s line taken out", "%(n)s lines taken out", n) % {"n": n})
        else:
            text = ngettext("%(n)s line changed: %(what)s", "%(n)s lines changed: %(what)s", n)
            said.append(text % {"n": n, "what": str(FIELDS[name]).lower()})
    said += [str(FIELDS[change.name]) for change in changes.terms]
    if changes.moved:
        said.append(gettext("order of the lines"))
    return "; ".join(said)


@register.inclusion_tag("requests/_changes_buyer.html")
def buyer_changes(buyer_request: BuyerRequest) -> dict[str, Any]:
    """On the buyer's page: the version, the way to change it or why there is none, bids that wait for their vendors."""
    return {
        "buyer_request": buyer_request,
        "unconfirmed": reading.unconfirmed_bids(buyer_request),
        "refused": services.refusal(buyer_request) if buyer_request.takes_bids else None,
    }


@register.simple_tag
def vendor_changes(
    buyer_request: BuyerRequest, bid: Bid | None, sealed: OwnBid | None = None
) -> reading.ToConfirm | None:
    """On the vendor's page: what changed since its bid, None for nothing."""
    return reading.to_confirm(buyer_request, bid, sealed)
