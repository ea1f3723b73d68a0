"""What the frame of every page shows of operators' making: menus, and help beside what was not found."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language

from cms.selectors import help as helping
from cms.selectors import menus

register = template.Library()


@register.simple_tag(takes_context=True)
def site_menus(context: template.Context) -> dict[str, Any]:
    """By place: "header", "footer_1" …; a place without a menu is not in it, and the row's own links stand there."""
    request = context.get("request")
    kept: dict[str, Any] | None = getattr(request, "site_menus", None)
    if kept is None:
        kept = menus.menus()
        if request is not None:
            request.site_menus = kept  # three parts of a page ask
    return kept


@register.simple_tag
def help_on(words: str, count: int = 3) -> list[helping.Article]:
    """Articles on what somebody looked for in vain."""
    return helping.found_articles(words or "", language=get_language() or "uk", count=count)
