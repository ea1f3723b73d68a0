"""Choices of bids."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Origin(models.TextChoices):
    """What made a revision of a bid."""

    PERSON = "person", _("by hand")
    RULE = "rule", _("by the vendor's rule")
    COUNTER = "counter", _("by a counter-offer that was accepted")
    AUCTION = "auction", _("by the auction")


class Supply(models.TextChoices):
    """How soon a bidder has what it offers."""

    STOCK = "stock", _("in stock")
    ORDER = "order", _("to order")
    UNSAID = "", _("not said")


class Side(models.TextChoices):
    BUYER = "buyer", _("the buyer")
    VENDOR = "vendor", _("the vendor")


class CounterState(models.TextChoices):
    OPEN = "open", pgettext_lazy("counter-offer", "waits for an answer")
    ACCEPTED = "accepted", pgettext_lazy("counter-offer", "accepted")
    DECLINED = "declined", pgettext_lazy("counter-offer", "declined")
    COUNTERED = "countered", pgettext_lazy("counter-offer", "answered with another")
    EXPIRED = "expired", pgettext_lazy("counter-offer", "expired")
    VOID = "void", pgettext_lazy("counter-offer", "void: the bid changed")


class RuleState(models.TextChoices):
    DRAFT = "draft", _("not tried yet")
    LIVE = "live", _("bids by itself")
    PAUSED = "paused", _("paused")


class Outcome(models.TextChoices):
    """What a rule did with a request."""

    SENT = "sent", _("bid sent")
    REFUSED = "refused", _("no bid")
    WAITS = "waits", _("waits")
