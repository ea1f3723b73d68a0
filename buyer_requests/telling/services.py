"""A vendor's settings of how it hears of requests: written under the lock that telling takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction

from accounts.models import User
from buyer_requests.locks import locked_hearings
from buyer_requests.models import Hearing, Parcel
from buyer_requests.telling.enums import HearingRhythm
from buyer_requests.telling.schedule import allowed, next_window
from catalog.models import Category
from core import clock
from vendors.models import Vendor

#: Columns that a vendor chooses.
CHOSEN = (
    "rhythm",
    "every_minutes",
    "first_hour",
    "second_hour",
    "most_a_day",
    "quiet_from",
    "quiet_to",
    "time_zone",
    "urgent_at_night",
    "paused_until",
    "least_lines",
    "least_amount",
    "regions",
)


def hearing_of(vendor: Vendor) -> Hearing:
    """The vendor's settings, the defaults where it never chose; for reading."""
    return Hearing.objects.filter(pk=vendor.pk).first() or Hearing.fresh(vendor.pk)


@transaction.atomic
def choose_hearing(
    *,
    vendor: Vendor,
    user: User,
    values: dict[str, Any],
    muted_ids: Collection[int] = (),
    now: dt.datetime | None = None,
) -> Hearing:
    """Stores what the vendor chose (`CHOSEN`) and when its open collection comes now. Locks the vendor's settings."""
    now = now or clock.now()
    hearing = locked_hearings([vendor.pk])[vendor.pk]
    for name in CHOSEN:
        if name in values:
            setattr(hearing, name, values[name])
    hearing.changed_at, hearing.changed_by = now, user
    hearing.save()
    hearing.muted.set(Category.objects.filter(pk__in=muted_ids))
    parcel = Parcel.objects.filter(vendor=vendor, sent_at=None).first()
    if parcel is not None and not parcel.is_last:
        # What waits comes as the vendor wants to hear from now on, and never later than it was promised.
        at_once = hearing.rhythm == HearingRhythm.AT_ONCE
        due_at = allowed(hearing, now) if at_once else next_window(hearing, now)
        parcel.due_at = max(min(parcel.due_at, due_at), allowed(hearing, now))
        parcel.save(update_fields=["due_at"])
    return hearing
