"""Counting buyers who go on to a listing vendor's own site: once a visitor, offer and day, and only people."""

from __future__ import annotations

import datetime as dt
from typing import Final

import structlog
from django.db import OperationalError, transaction
from django.db.models import CharField, F
from django.db.models.functions import Cast, Length
from django.utils import timezone
from django.utils.crypto import salted_hmac

from catalog.models import Offer, OutboundClick
from core.errors import TooMany
from core.limits import limit

log = structlog.get_logger(__name__)

#: More than a person who compares shops; what a program takes that says nothing of itself.
VISITOR_RATE: Final = "12/m"
KEPT_DAYS: Final = 400
_HASH_LETTERS: Final = 64
_AT_ONCE: Final = 5_000


def record_outbound_click(*, offer: Offer, visitor: str) -> None:
    """Counts a visitor once an offer and day, and no more than a person clicks. `visitor` tells visitors apart and is
    stored only as a keyed hash of the day, which is gone with it.

    A database that takes no more rows costs the count, not the way to the vendor.
    """
    day = timezone.localdate()
    digest = salted_hmac("catalog.outbound_click", f"{visitor}|{day}", algorithm="sha256").hexdigest()
    try:
        limit(f"outbound:{digest}", VISITOR_RATE)
    except TooMany:
        log.info("catalog.click_too_many", offer=offer.pk)
        return
    click = OutboundClick(offer=offer, vendor_id=offer.vendor_id, session_hash=digest, day=day)
    try:
        with transaction.atomic():
            OutboundClick.objects.bulk_create([click], ignore_conflicts=True)
    except OperationalError as error:
        log.warning("catalog.click_not_counted", error=str(error))


def forget_visitors() -> int:
    """What told visitors of past days apart becomes a number of the row, clicks that are too old go; returns how many
    rows were changed.
    """
    today = timezone.localdate()
    changed = 0
    # A hash is as long as no number is, so what is done already is told from what is not.
    known = OutboundClick.objects.annotate(letters=Length("session_hash"))
    hashed = known.filter(day__lt=today, letters=_HASH_LETTERS).order_by("pk")
    while pks := list(hashed.values_list("pk", flat=True)[:_AT_ONCE]):
        changed += OutboundClick.objects.filter(pk__in=pks).update(
            session_hash=Cast(F("pk"), CharField(max_length=_HASH_LETTERS))
        )
    old = OutboundClick.objects.filter(day__lt=today - dt.timedelta(days=KEPT_DAYS)).order_by("pk")
    while pks := list(old.values_list("pk", flat=True)[:_AT_ONCE]):
        OutboundClick.objects.filter(pk__in=pks).delete()
    return changed
