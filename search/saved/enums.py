"""Choices of saved searches and price watches."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

#: The outbox consumer, and the fact that a search was saved or switched on again.
CONSUMER: Final = "watching"
SAVED: Final = "saved"


class WatchState(models.TextChoices):
    """Whether it still looks out for anything."""

    ACTIVE = "active", _("on")
    PAUSED = "paused", _("paused")
    ENDED = "ended", _("ended")  # what it was about is no more


class Told(models.IntegerChoices):
    """How a good that a saved search finds stands to its owner."""

    KNOWN = 0, "known"  # was there when the search was saved, or is another vendor's offer of a known good
    WAITING = 1, "waiting"  # news, for the next message
    TOLD = 2, "told"


class WatchEvent(models.TextChoices):
    """Why a price watch spoke last."""

    NONE = "", _("nothing yet")
    CHEAPER = "cheaper", _("became cheaper")
    BACK = "back", _("on sale again")


class Drop(models.IntegerChoices):
    """Which fall of a price is worth a message, in percent of the price that was told last."""

    ANY = 1, _("any fall, from 1 %")
    FIVE = 5, _("a fall of at least 5 %")
    TEN = 10, _("a fall of at least 10 %")
