"""Choices of what operators set about searching."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TuningState(models.TextChoices):
    """Of a set of points, and of a synonym."""

    DRAFT = "draft", _("draft")
    LIVE = "live", _("live")
    PAST = "past", _("earlier")


class Subject(models.TextChoices):
    """What a replay tried."""

    WEIGHTS = "weights", _("points beside relevance")
    SYNONYMS = "synonyms", _("synonyms")
    STOPS = "stops", _("words left out")
