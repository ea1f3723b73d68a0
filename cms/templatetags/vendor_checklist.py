"""The checklist of a vendor, for pages of the operators' desk."""

from __future__ import annotations

from typing import Any

from django import template

from cms.operators.checklist import points_of
from vendors.models import Vendor

register = template.Library()


@register.inclusion_tag("cms/operators/_checklist.html", takes_context=True)
def vendor_checklist(context: dict[str, Any], vendor: Vendor) -> dict[str, Any]:
    """Draws it with its forms; they lead back to the page that includes it."""
    request = context["request"]
    return {"vendor": vendor, "points": points_of(vendor), "request": request, "back": request.path}
