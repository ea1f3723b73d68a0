"""Choices of sealed requests."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reveals(models.TextChoices):
    """What bidders learn of each other's bids after the opening."""

    OWN = "own", _("only its own bid, and the log")
    ALL = "all", _("what everybody bid, without names of companies")


class Kind(models.TextChoices):
    """What a record of the log is about."""

    PUBLISHED = "published", _("the request was published")
    SENT = "sent", _("a bid was sent")
    REVISED = "revised", _("a bid was revised")
    WITHDRAWN = "withdrawn", _("a bid was withdrawn")
    DEADLINE = "deadline", _("the deadline moved to a later time")
    CHANGED = "changed", _("the buyer changed the wording")
    WEIGHTS = "weights", _("what bids are judged by was changed")
    ANCHOR = "anchor", _("the log moved on before letters were sent")
    OPENED = "opened", _("the bids were opened")
    CANCELLED = "cancelled", _("the request was cancelled; no bid was opened")


#: Records that a bidder made.
OF_BIDDERS = (Kind.SENT, Kind.REVISED, Kind.WITHDRAWN)


class Fault(models.TextChoices):
    """Why a bid of the log could not be opened as it was sent."""

    NONE = "", _("none")
    UNREADABLE = "unreadable", _("it cannot be decrypted")
    DIFFERS = "differs", _("it is not what the log committed to")
    MISSING = "missing", _("it is in the log, and nothing of it is stored")
    UNUSABLE = "unusable", _("it is what was sent, but can no longer be stored as a bid")
