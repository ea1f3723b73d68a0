"""Choices of telling."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class HearingRhythm(models.TextChoices):
    """How often a vendor wants letters and push about requests. The inbox has each of them at once."""

    AT_ONCE = "at_once", _("At once, one for each request")
    EVERY = "every", _("Collected, every so many minutes")
    TWICE = "twice", _("Twice a day")
    DAILY = "daily", _("Once a day")


class NoticeState(models.TextChoices):
    """What became of a notice."""

    NEW = "new", "noted, not told yet"
    TOLD = "told", "told by all ways, alone or in a collection"
    COLLECTED = "collected", "in the inbox; letter and push come with a collection"
    INBOX = "inbox", "in the inbox alone: it would be over before anything else may come"
    SPARED = "spared", "not told, by the vendor's own settings"


class Cause(models.TextChoices):
    """Why something comes later than at once."""

    WINDOW = "window", _("your rhythm")
    CAP = "cap", _("enough messages for the day")
    QUIET = "quiet", _("quiet hours")
    PAUSE = "pause", _("your pause")
