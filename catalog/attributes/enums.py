"""Choices of typed attributes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AttributeKind(models.TextChoices):
    """What a value is."""

    NUMBER = "number", _("number, with a unit or counted")
    CHOICE = "choice", _("one of a list")
    YES_NO = "yes_no", _("yes or no")
    SIZE = "size", _("length × width")
    TEXT = "text", _("text")


class NameRule(models.TextChoices):
    """Where in an offer's name a value is looked for. The vendor's columns are read in any case."""

    ANYWHERE = "anywhere", _("anywhere in the name")
    BESIDE = "beside", _("only beside one of its words")
    NEVER = "never", _("not in the name")


class Source(models.TextChoices):
    """What said a value."""

    COLUMN = "column", _("a column or parameter of the price list")
    NAME = "name", _("the name")
    PACK = "pack", _("the pack that is sold")
    PERSON = "person", _("a person of the row")
