"""Choices of the catalogue."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Availability(models.TextChoices):
    """How soon a good can be had. The index knows this state, never the quantity."""

    IN_STOCK = "in_stock", _("in stock")
    TO_ORDER = "to_order", _("to order")
    UNKNOWN = "unknown", _("ask about stock")
    NONE = "none", _("out of stock")


class Condition(models.TextChoices):
    """In what state a good is, as its vendor says it; read by `catalog.condition`."""

    NEW = "new", pgettext_lazy("condition of a good", "new")
    MARKED_DOWN = "marked_down", _("marked down: damaged box, from a display, with a flaw")
    REFURBISHED = "refurbished", _("refurbished")
    USED = "used", pgettext_lazy("condition of a good", "used")


class PriceBasis(models.TextChoices):
    """What a price is told for. Those but the first two are prices of a measure that the good holds."""

    UNIT = "unit", _("as sold")
    PIECE = "piece", _("one piece")
    KG = "kg", pgettext_lazy("unit of measure, short", "kg")
    L = "l", pgettext_lazy("unit of measure, short", "l")
    M = "m", pgettext_lazy("unit of measure, short", "m")
    M2 = "m2", pgettext_lazy("unit of measure, short", "m²")
    SHEET = "sheet", pgettext_lazy("unit of measure, short", "sheet")


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
