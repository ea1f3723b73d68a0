"""Letters before and after offers expire: once per source and window, however often the sweep runs."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from catalog.freshness import Rules
from notifications import kinds
from notifications.services import notify
from price_lists.freshness.links import link_for
from price_lists.freshness.reads import Holding, holdings
from price_lists.models import Source
from price_lists.sources.enums import Role
from vendors.enums import VendorState
from vendors.selectors import people_to_tell

EXPIRING = "price_lists.expiring"
EXPIRED = "price_lists.expired"
#: A tenth of the days, at least one, before they end.
_SHARE = 10
#: Expired longer ago than that is told no more: a site that was off for a month does not write of old things.
_WORTH_TELLING = dt.timedelta(days=3)
_AT_ONCE = 200


def register() -> None:
    kinds.register(
        EXPIRING,
        label=_("My offers will soon expire"),
        subject=_("Still in stock? “%(source)s”"),
        body=ngettext_lazy(
            "%(offers)d offer leaves the lists on %(expires_at)s: nobody has confirmed it since %(confirmed_at)s.\nIf prices and stock still hold, one press is enough. If not, send a new price list.",
            "%(offers)d offers leave the lists on %(expires_at)s: nobody has confirmed them since %(confirmed_at)s.\nIf prices and stock still hold, one press is enough. If not, send a new price list.",
            "offers",
        ),
        icon="clock",
        action=_("Still in stock"),
    )
    kinds.register(
        EXPIRED,
        label=_("My offers have expired"),
        subject=_("Offers of “%(source)s” have expired"),
        body=ngettext_lazy(
            "Lists and searches leave out %(offers)d offer: nobody has confirmed it since %(confirmed_at)s.\nIt comes back as soon as you say that it holds, or send a new price list.",
            "Lists and searches leave out %(offers)d offers: nobody has confirmed them since %(confirmed_at)s.\nThey come back as soon as you say that they hold, or send a new price list.",
            "offers",
        ),
        icon="alert-triangle",
        action=_("Bring them back"),
    )


def lead(days: int) -> dt.timedelta:
    """How long before the end of so many days people are reminded."""
    return dt.timedelta(days=max(1, days // _SHARE)) if days > 1 else dt.timedelta(hours=6)


def remind() -> int:
    """Tells the people of each vendor whose offers expire soon or just have; returns how many messages are new."""
    now, rules = timezone.now(), Rules.now()
    due = Q()
    for days in rules.every_days:
        end = now - dt.timedelta(days=days)
        due |= Q(supply__confirmed_at__lte=end + lead(days), supply__confirmed_at__gte=end - _WORTH_TELLING)
    sources = (
        Source.objects.filter(due, role=Role.FULL, vendor__state=VendorState.APPROVED)
        .select_related("vendor", "supply", "feed")
        .order_by("pk")
    )
    told, last = 0, 0
    while some := list(sources.filter(pk__gt=last)[:_AT_ONCE]):
        last = some[-1].pk
        found = holdings(sources.filter(pk__in=[source.pk for source in some]), rules=rules, now=now)
        told += sum(_tell(each, now) for each in found)
    return told


def _tell(holding: Holding, now: dt.datetime) -> int:
    told = 0
    source, confirmed_at = holding.source, holding.confirmed_at.isoformat()
    window = f"fresh:{source.supply_id}:{confirmed_at}"
    if holding.expires_at is not None and holding.expires_at - now <= lead(holding.days):
        told += notify(
            users=people_to_tell(source.vendor),
            kind=EXPIRING,
            params={
                "source": source.name,
                "offers": holding.going,
                "expires_at": holding.expires_at.isoformat(),
                "confirmed_at": confirmed_at,
            },
            url=link_for(source),
            key=f"{window}:{holding.days}:soon",
        )
    gone_at = holding.confirmed_at + dt.timedelta(days=holding.expired_days)
    if holding.expired and now - gone_at <= _WORTH_TELLING:
        told += notify(
            users=people_to_tell(source.vendor),
            kind=EXPIRED,
            params={"source": source.name, "offers": holding.expired, "confirmed_at": confirmed_at},
            url=reverse("desk:home", args=[source.vendor.slug]),
            key=f"{window}:{holding.expired_days}:gone",
        )
    return told
