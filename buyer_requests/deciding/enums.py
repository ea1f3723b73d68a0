"""States of awards, and what bids are judged by besides the price."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AwardState(models.TextChoices):
    """waiting → accepted | declined | expired; the last three are for good. `LIVE` ones hold their quantity."""

    WAITING = "waiting", _("waits for the vendor")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    EXPIRED = "expired", _("not answered in time")


class CriterionKind(models.TextChoices):
    """The first two are read from bids and vendors; `BY_HAND` ones the buyer scores from 0 to 10."""

    DAYS = "days", _("day of delivery")
    QUALITY = "quality", _("vendor's record in this row")
    PAYMENT = "payment", _("payment terms")
    WARRANTY = "warranty", _("warranty")
    OWN = "own", _("criterion of your own")


BY_HAND = (CriterionKind.PAYMENT, CriterionKind.WARRANTY, CriterionKind.OWN)
LIVE = (AwardState.WAITING, AwardState.ACCEPTED)
