"""Whether a person may be pushed now: not while all companies they work for have their quiet hours or a pause."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from buyer_requests.models import Hearing
from buyer_requests.telling.schedule import allowed
from vendors.models import Membership


def is_awake(user: User, now: dt.datetime) -> bool:
    """A person of no company is never quiet; one company that is awake, or wants urgent things at night, is enough."""
    vendors = list(Membership.objects.filter(user=user).values_list("vendor_id", flat=True))
    chosen = Hearing.objects.in_bulk(vendors)
    habits = [chosen.get(vendor) or Hearing.fresh(vendor) for vendor in vendors]
    return not habits or any(each.urgent_at_night or allowed(each, now) <= now for each in habits)
