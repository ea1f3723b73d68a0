"""Template tags of sealed bids: the moments of records as people read them."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def recorded(at: str) -> SafeString:
    """A record's moment to the second; the whole of it, which the hash covers, is in its attribute."""
    local = timezone.localtime(dt.datetime.fromisoformat(at))
    day = formats.date_format(local, "SHORT_DATE_FORMAT")
    return format_html(
        '<time datetime="{}" title="{}">{} {}</time>', at, at, day, local.strftime("%H:%M:%S %Z")
    )
