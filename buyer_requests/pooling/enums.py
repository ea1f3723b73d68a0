"""Choices of pooled requests."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reach(models.TextChoices):
    LISTED = "listed", _("anybody who finds it on the row")
    LINK = "link", _("only those to whom I give the link")


class AwardRule(models.TextChoices):
    WHOLE = "whole", _("one vendor for everything")
    LINES = "lines", _("each line to the best vendor for it")


class DeliveryRule(models.TextChoices):
    EACH = "each", _("each pays the vendor's delivery to his own place")
    SHARED = "shared", _("one delivery price, shared in proportion to the goods")


class MemberState(models.TextChoices):
    JOINED = "joined", _("takes part")
    LEFT = "left", _("left")
    PUT_OUT = "out", _("put out by the organiser")


class PartState(models.TextChoices):
    GIVEN = "given", _("given")
    FELL_AWAY = "fell_away", _("fell away")
