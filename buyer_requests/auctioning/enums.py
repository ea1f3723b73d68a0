"""Choices of auctions."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Timing(models.TextChoices):
    AFTER = "after", _("after the deadline, among those who bid")
    ONCE = "once", _("from publishing to the deadline")


class Subject(models.TextChoices):
    TOTAL = "total", _("the whole request, delivered")
    LINES = "lines", _("each line by itself")


class Form(models.TextChoices):
    OPEN = "open", _("open price: anybody may lower at any time")
    ROUNDS = "rounds", _("rounds: vendors take turns, the dearest first")


class StepKind(models.TextChoices):
    AMOUNT = "amount", _("an amount")
    PERCENT = "percent", _("percent of the price to beat")


class AuctionState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("auction", "planned")
    RUNNING = "running", pgettext_lazy("auction", "running")
    PAUSED = "paused", pgettext_lazy("auction", "paused")
    OVER = "over", pgettext_lazy("auction", "over")
    VOID = "void", pgettext_lazy("auction", "not held")


#: Prices are hidden and nothing can be awarded as long as the auction is in one of these.
UNDECIDED = (AuctionState.PLANNED, AuctionState.RUNNING, AuctionState.PAUSED)


class EventKind(models.TextChoices):
    """What an event of the log says."""

    START = "start", pgettext_lazy("auction", "the auction starts")
    OPENING = "opening", pgettext_lazy("auction", "takes part with its bid")
    BID = "bid", pgettext_lazy("auction", "lowers its price")
    AUTO = "auto", pgettext_lazy("auction", "lowers its price by itself")
    FLOOR = "floor", pgettext_lazy("auction", "sets how far its price goes by itself")
    TURN = "turn", pgettext_lazy("auction", "the next turn")
    PROLONGED = "longer", pgettext_lazy("auction", "more time")
    PAUSE = "pause", pgettext_lazy("auction", "paused")
    RESUME = "resume", pgettext_lazy("auction", "goes on")
    ANNUL = "annul", pgettext_lazy("auction", "a move is annulled")
    CLOSE = "close", pgettext_lazy("auction", "closed")
    VOID = "void", pgettext_lazy("auction", "not held")


#: Moves that put a price in force unless they were refused (`code`) or annulled.
PRICES = (EventKind.OPENING, EventKind.BID, EventKind.AUTO)
