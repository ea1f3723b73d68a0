"""Choices about sources."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a source tells. All but `full` name goods of the vendor's full sources and never add or withdraw any."""

    FULL = "full", _("goods with everything about them")
    PRICES = "prices", _("only prices")
    STOCK = "stock", _("only stock")
    BOTH = "both", _("only prices and stock")


class Precedence(models.IntegerChoices):
    """What holds where two sources say different things of one offer. People's words stand above all of them."""

    LOW = 1, _("the other source wins")
    NORMAL = 2, _("the newer change wins")
    HIGH = 3, _("this source wins")


class Every(models.IntegerChoices):
    """Minutes between two looks at a link."""

    HOUR = 60, _("every hour")
    THREE_HOURS = 180, _("every 3 hours")
    SIX_HOURS = 360, _("every 6 hours")
    TWELVE_HOURS = 720, _("every 12 hours")
    DAY = 1440, _("once a day")


class Outcome(models.TextChoices):
    """What came of one look at a link."""

    TAKEN = "taken", _("a new file")
    CONFIRMED = "confirmed", _("nothing new")
    FAILED = "failed", _("not fetched")
    REFUSED = "refused", _("no price list")
