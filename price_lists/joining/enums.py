"""Choices of product identity: why an offer is of a product, what became of a pair, why a barcode joins nothing."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class JoinKind(models.TextChoices):
    """The short reason, as vendors read it."""

    GTIN = "gtin", _("same barcode")
    BRAND_MPN = "brand_mpn", _("same brand and maker's number")
    TEXT = "text", _("same name, numbers and packing")
    PERSON = "person", _("compared by an operator")


class PairState(models.TextChoices):
    OPEN = "open", _("to be decided")
    SAME = "same", _("one good")
    DIFFERENT = "different", _("different goods")


class ConflictReason(models.TextChoices):
    GOODS_DIFFER = "goods", _("on plainly different goods")
    REUSED = "reused", _("one vendor uses it for many goods")
    RESTRICTED = "restricted", _("a number for use inside a shop")


class ConflictState(models.TextChoices):
    """Only `TRUSTED` lets the barcode join."""

    OPEN = "open", _("to be decided")
    CONFIRMED = "confirmed", _("joins nothing")
    TRUSTED = "trusted", _("trusted")
