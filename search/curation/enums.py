"""Choices of what operators do about single queries."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Match(models.TextChoices):
    """Which queries are meant."""

    EXACT = "exact", _("exactly these words, in any form and order")
    WORDS = "words", _("every query that has all these words")


class PlaceKind(models.TextChoices):
    PIN = "pin", _("pinned")
    BURY = "bury", _("buried")


class Language(models.TextChoices):
    """Of the pages on which one searches."""

    ALL = "", _("all languages")
    UK = "uk", _("Ukrainian")
    RU = "ru", _("Russian")
    EN = "en", _("English")


class RouteKind(models.TextChoices):
    CATEGORY = "category", _("a category")
    VENDOR = "vendor", _("a vendor")
    PAGE = "page", _("a page of this site")


class HandledBy(models.TextChoices):
    """What was done about a query."""

    SYNONYM = "synonym", _("synonym")
    PLACE = "place", _("place in the results")
    ROUTE = "route", _("leads to a page")
    ASKED = "asked", _("vendors were asked")
    FINE = "fine", _("fine as it is")
    SPAM = "spam", _("not a search of buyers")
