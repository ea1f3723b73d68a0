"""Who rates whom, and what becomes of what was said."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Side(models.TextChoices):
    """Who speaks."""

    BUYER = "buyer", _("the buyer rates the vendor")
    VENDOR = "vendor", _("the vendor rates the buyer")


class ReviewState(models.TextChoices):
    """waiting → shown → removed | withdrawn; the last two are for good."""

    WAITING = "waiting", _("waits for the other side's word")
    SHOWN = "shown", _("shown")
    REMOVED = "removed", _("removed by an operator")
    WITHDRAWN = "withdrawn", _("taken back")
