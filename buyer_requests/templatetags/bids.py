"""How a change from one revision of a bid to the next reads."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import template
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString

from buyer_requests.bidding.enums import Supply
from buyer_requests.bidding.history import Change
from buyer_requests.bidding.labels import FIELDS, NO, UNTOLD, YES
from core.templatetags.ui import money_text, number

register = template.Library()
_PRICES = frozenset({"price", "delivery_price", "free_delivery_from", "minimum_order"})
_DAYS = frozenset({"valid_until", "delivery_on"})


@register.simple_tag
def bid_change(change: Change, currency: str) -> SafeString:
    """The name of what changed, and where it is short what it was and is."""
    label = FIELDS[change.name]
    if change.name in UNTOLD:
        return format_html("{}", label)
    return format_html(
        "{}: <s>{}</s> → <b>{}</b>",
        label,
        _shown(change.name, change.before, currency),
        _shown(change.name, change.after, currency),
    )


def _shown(name: str, value: Any, currency: str) -> str:
    if isinstance(value, bool):
        return str(YES if value else NO)
    if value is None or value == "":
        return "—"
    if name in _PRICES:
        return money_text(value, currency)
    if name in _DAYS:
        return formats.date_format(dt.date.fromisoformat(value), "SHORT_DATE_FORMAT")
    named = {"quantity": _count, "step": _count, "supply": _supply}
    return named.get(name, str)(value)


def _count(value: str) -> str:
    return number(Decimal(value))


def _supply(value: str) -> str:
    return str(Supply(value).label)
