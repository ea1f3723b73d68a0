"""States and periods of standing requests."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StandingState(models.TextChoices):
    ACTIVE = "active", _("active")
    PAUSED = "paused", _("paused")
    ENDED = "ended", _("ended")


class Period(models.TextChoices):
    """How often a round closes: the quantities of the lines are for one."""

    WEEK = "week", _("each week")
    MONTH = "month", _("each month")
    QUARTER = "quarter", _("each quarter")


class NewsEvery(models.IntegerChoices):
    """Days between two letters about new and cheaper offers."""

    DAY = 1, _("once a day")
    WEEK = 7, _("once a week")
