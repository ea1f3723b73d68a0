"""Whether a person may be pushed now: not while all companies they work for have their quiet hours or a pause."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from buyer_requests.models import Hearing
from buyer_requests.telling.schedule import allowed, is_quiet
from vendors.models import Membership


def is_awake(user: User, now: dt.datetime, is_urgent: bool = False) -> bool:
    """A person of no company is never quiet; one company that is awake, or wants urgent things at night, is enough.

    What has to be decided within a day passes a pause, which is for new requests; not the hours of the night.
    """
    vendors = list(Membership.objects.filter(user=user).values_list("vendor_id", flat=True))
    chosen = Hearing.objects.in_bulk(vendors)
    habits = [chosen.get(vendor) or Hearing.fresh(vendor) for vendor in vendors]
    return not habits or any(
        each.urgent_at_night or allowed(each, now) <= now or (is_urgent and not is_quiet(each, now))
        for each in habits
    )
