"""Choices of the requests' room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestState(models.TextChoices):
    DRAFT = "draft", _("draft")
    OPEN = "open", _("open for bids")
    CLOSED = "closed", _("deadline passed")
    AWARDED = "awarded", _("awarded")
    CANCELLED = "cancelled", _("cancelled")


class Audience(models.TextChoices):
    ALL = "all", _("all vendors")
    CHOSEN = "chosen", _("only the vendors I choose")


class BidState(models.TextChoices):
    DRAFT = "draft", _("draft")
    SENT = "sent", _("sent")
    WITHDRAWN = "withdrawn", _("withdrawn")


class NoticeReason(models.TextChoices):
    MATCH = "match", _("your offers fit")
    CATEGORY = "category", _("you follow the category")
    INVITED = "invited", _("the buyer chose you")
    PAST = "past", _("you sold or offered such goods before")
