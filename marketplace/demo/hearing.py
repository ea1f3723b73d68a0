"""How two demo vendors hear of requests: one has had a collection of several, the other's waits for its morning."""

from __future__ import annotations

from typing import Final

from accounts.models import User
from buyer_requests.models import Hearing, Parcel
from buyer_requests.telling import parcels
from buyer_requests.telling.enums import HearingRhythm
from buyer_requests.telling.services import choose_hearing
from core import clock
from vendors.models import Vendor

#: The shop with collections through the day, and the one with a collection each morning.
OFTEN: Final = "O"
DAILY: Final = "D"
_COLLECTS: Final = {"rhythm": HearingRhythm.EVERY, "every_minutes": 60, "most_a_day": 8}
_NIGHT: Final = {"quiet_from": 20, "quiet_to": 8}


def choose(often: Vendor, often_owner: User, daily: Vendor, daily_owner: User) -> None:
    """Before the requests are published; a second load leaves what is there, however it was changed."""
    if Hearing.objects.filter(vendor__in=(often, daily), changed_at__isnull=False).exists():
        return
    # No night yet: the demo is loaded at any hour, and its first collection is to be there to look at.
    choose_hearing(vendor=often, user=often_owner, values=_COLLECTS | {"quiet_from": 0, "quiet_to": 0})
    choose_hearing(
        vendor=daily, user=daily_owner, values={"rhythm": HearingRhythm.DAILY, "first_hour": 9, **_NIGHT}
    )


def collect(often: Vendor, often_owner: User) -> None:
    """The first collection's hour is over."""
    if Parcel.objects.filter(vendor=often, sent_at__isnull=False).exists():
        return
    now = clock.now()
    Parcel.objects.filter(vendor=often).update(due_at=now)
    parcels.send_due(now=now)
    choose_hearing(vendor=often, user=often_owner, values=_COLLECTS | _NIGHT)
