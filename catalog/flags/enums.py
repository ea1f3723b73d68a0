"""Choices of reports about offers."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FlagReason(models.TextChoices):
    WRONG_PHOTO = "photo", _("The photo shows something else")
    STOLEN_PHOTO = "stolen", _("The photo is mine or somebody else's")
    FAKE_PRICE = "price", _("The price is not the real one")
    WRONG_CATEGORY = "category", _("It is in the wrong category")
    FORBIDDEN = "forbidden", _("It may not be sold")
    OTHER = "other", _("Something else")


class Verdict(models.TextChoices):
    """What an operator made of a case."""

    HIDDEN = "hidden", _("the offer was hidden")
    PHOTO = "photo", _("the photo was taken down")
    MOVED = "moved", _("the offer was put into another category")
    DISMISSED = "dismissed", _("the offer stays as it is")
