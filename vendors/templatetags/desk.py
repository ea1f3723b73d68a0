"""What the shell of the vendor desk draws."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from vendors import desk

register = template.Library()


@register.simple_tag(takes_context=True)
def desk_navigation(context: dict[str, Any], active: str = "") -> list[desk.Link]:
    """The side navigation for `request.vendor`; empty where the page has none."""
    request = context["request"]
    return desk.navigation(request, active) if hasattr(request, "membership") else []


@register.simple_tag(takes_context=True)
def desk_panels(context: dict[str, Any]) -> list[SafeString]:
    """The parts of "Today" that the rooms registered."""
    return desk.today(context["request"])
