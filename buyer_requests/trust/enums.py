"""Choices of trust."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Rule(models.TextChoices):
    """What an early look at a request may find."""

    UNVERIFIED = "unverified", _("The e-mail address is not confirmed")
    LINKS = "links", _("Links in the text")
    CONTACTS = "contacts", _("Phone numbers or e-mail addresses in the text")
    SHOUTING = "shouting", _("Shouting")
    REPEATED = "repeated", _("The same list from other accounts")
    BUDGET = "budget", _("Price limits far below anything on the row")
    YOUNG = "young", _("A new account")
    CLOSED = "closed", _("Operators closed requests of this buyer before")


class Outcome(models.TextChoices):
    OUT = "out", _("goes out")
    CONFIRM = "confirm", _("goes out after the buyer mends or confirms it")
    MEND = "mend", _("has to be mended")
    HOLD = "hold", _("waits for an operator")


class HoldCause(models.TextChoices):
    LOOK = "look", _("the look before publishing")
    REPORTS = "reports", _("vendors' reports")


class HoldState(models.TextChoices):
    HELD = "held", _("held back")
    RELEASED = "released", _("released")
    CLOSED = "closed", _("closed")
    APPEALED = "appealed", _("the buyer appeals")
    UPHELD = "upheld", _("closed for good")


class ReportReason(models.TextChoices):
    FAKE = "fake", _("Nobody means to buy this")
    PRICES = "prices", _("It only collects prices")
    ADVERT = "advert", _("It advertises something")
    CONTACTS = "contacts", _("It leads away from the row")
    FORBIDDEN = "forbidden", _("The goods may not be sold")
    OTHER = "other", _("Something else")


class Verdict(models.TextChoices):
    """What an operator made of a report."""

    RIGHT = "right", _("right")
    WRONG = "wrong", _("rejected")


class Deed(models.TextChoices):
    """What the trace tells."""

    LOOKED = "looked", _("looked at before publishing")
    CONFIRMED = "confirmed", _("confirmed by the buyer")
    HELD = "held", _("held back")
    REPORTED = "reported", _("reported")
    RELEASED = "released", _("released")
    CLOSED = "closed", _("closed")
    APPEALED = "appealed", _("appealed against")
    UPHELD = "upheld", _("closed for good")
    DISMISSED = "dismissed", _("reports rejected")
