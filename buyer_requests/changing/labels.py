"""What values of a request that may change are called on pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

FIELDS = {
    "notes": _("Notes for vendors"),
    "place": _("Place of delivery"),
    "region": _("Region of delivery"),
    "needed_by": _("Needed by"),
    "text": _("What is needed"),
    "details": _("Details"),
    "quantity": _("Quantity"),
    "unit": _("Unit"),
    "ceiling": _("At most per unit"),
    "wants": _("Attributes"),
    "substitutes": _("Substitutes are welcome"),
    "gtin": "GTIN",
    "mpn": _("Maker's number"),
    "category": _("Category"),
}
