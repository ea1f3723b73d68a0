"""Choices of the catalogue."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Availability(models.TextChoices):
    """How soon a good can be had. The index knows this state, never the quantity."""

    IN_STOCK = "in_stock", _("in stock")
    TO_ORDER = "to_order", _("to order")
    UNKNOWN = "unknown", _("ask about stock")
    NONE = "none", _("out of stock")


class PriceKind(models.TextChoices):
    RETAIL = "retail", _("retail")
    WHOLESALE = "wholesale", _("wholesale")
    OTHER = "other", _("other")


#: Labels of further prices that price lists' headings are known by; any other label is the vendor's own word.
TOLD_PRICES = {
    "no_vat": _("Price without VAT"),
    "recommended": _("Recommended price"),
}


class EditRank(models.IntegerChoices):
    """Whose word about a field wins over the price list; the higher one."""

    VENDOR = 1, _("vendor")
    OPERATOR = 2, _("operator")
