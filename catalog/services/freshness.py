"""Confirming that offers still hold, days by category, and telling the matcher which offers are past them.

Lists and searches ask the age of a source each time. The matcher of open requests keeps what it found, so it alone is
told when offers of a source go past their days and when they are back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from catalog.freshness import LONGEST, Rules, forget_expired_offers
from catalog.models import Category, Offer, Supply
from catalog.services.categories import Report
from catalog.services.changes import CHUNK, WATCHING, announce
from core.jobs.services import start_job
from vendors.models import Vendor

#: Sources looked at in one sweep: the rest is for the next one.
AT_ONCE = 500
FOLLOW_DAYS = "catalog.follow_days"


def confirm_supplies(*, vendor: Vendor, ids: Collection[int]) -> int:
    """The vendor says that what these sources brought still holds. Returns how many sources are the vendor's own."""
    return confirm(Supply.objects.filter(vendor=vendor, pk__in=ids), now=timezone.now())


def confirm(supplies: QuerySet[Supply], *, now: dt.datetime) -> int:
    """Sets when these sources were confirmed. One row each: no offer is touched. Of those that were past the shortest
    days the next sweep tells the matcher.
    """
    shortest = now - dt.timedelta(days=Rules.now().every_days[0])
    told = Case(
        When(confirmed_at__lt=shortest, then=Value(LONGEST)),
        default=F("expired_days"),
        output_field=IntegerField(),
    )
    confirmed = supplies.update(confirmed_at=now, expired_days=told)
    forget_expired_offers()
    return confirmed


def set_fresh_days(*, category: Category, days: int | None, owner: str = "") -> None:
    """Days of a category; None: as above it. A worker tells the matcher of the offers that this brings back or takes
    away, as a job of `owner` ("user:7").
    """
    with transaction.atomic():
        old, now = Rules.now().days(category.path), timezone.now()
        Category.objects.filter(pk=category.pk).update(fresh_days=days)
        category.fresh_days = days
        forget_expired_offers()
        new = Rules.now().days(category.path)
        low, high = sorted((old, new))
        if low == high or not _between(category, low, high, now).exists():
            return
        start_job(
            kind=FOLLOW_DAYS,
            task=FOLLOW_DAYS,
            kwargs={"category_id": category.pk, "low": low, "high": high, "at": now.isoformat()},
            queue="index",
            owner=owner,
            subject=f"category:{category.pk}",
        )


def follow_days(
    *, category_id: int, low: int, high: int, at: dt.datetime, report: Report | None = None
) -> int:
    """Tells the matcher of the offers below a category that were between `low` and `high` days old `at` that moment;
    returns how many. Repeating it changes nothing.
    """
    category = Category.objects.filter(pk=category_id).first()
    return 0 if category is None else _tell_matcher(_between(category, low, high, at), report=report)


def _between(category: Category, low: int, high: int, at: dt.datetime) -> QuerySet[Offer]:
    return Offer.objects.filter(
        category__path__startswith=category.path,
        supply__confirmed_at__gte=at - dt.timedelta(days=high),
        supply__confirmed_at__lt=at - dt.timedelta(days=low),
    )


def sweep_expired() -> int:
    """Tells the matcher of offers that went past their days, or came back, since it was last told. Returns of how many
    sources. Repeating it tells nothing twice.
    """
    rules, now = Rules.now(), timezone.now()
    changed = Q(expired_days__gt=0, confirmed_at__gte=now - dt.timedelta(days=rules.every_days[0]))
    for days in rules.every_days:
        # Past these days and not told so; or told of these days although not past them.
        moment = now - dt.timedelta(days=days)
        changed |= Q(confirmed_at__lt=moment, expired_days__lt=days)
        changed |= Q(confirmed_at__gte=moment, expired_days__gte=days)
    supplies = list(Supply.objects.filter(changed).order_by("pk")[:AT_ONCE])
    for supply in supplies:
        past = max(
            (days for days in rules.every_days if now - supply.confirmed_at > dt.timedelta(days=days)),
            default=0,
        )
        _turn(supply, past, rules)
    return len(supplies)


def _turn(supply: Supply, past: int, rules: Rules) -> None:
    """Offers whose days lie between what was told and what holds now are announced; then it counts as told. Should
    the process die between the two, they are announced again, which changes nothing.
    """
    low, high = sorted((supply.expired_days, past))
    wanted = {pk for pk, path in Category.objects.values_list("pk", "path") if low < rules.days(path) <= high}
    within = Q(category_id__in=wanted)
    if low < rules.days(None) <= high:
        within |= Q(category__isnull=True)
    # By the vendor, whose offers an index holds together.
    _tell_matcher(Offer.objects.filter(within, vendor_id=supply.vendor_id, supply=supply))
    Supply.objects.filter(pk=supply.pk, confirmed_at=supply.confirmed_at).update(expired_days=past)


def _tell_matcher(offers: QuerySet[Offer], *, report: Report | None = None) -> int:
    """Each chunk is a transaction of its own: to be called outside any. Returns of how many it told."""
    ids = list(offers.filter(withdrawn_at__isnull=True).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        if report is not None:
            report(start, len(ids))
        with transaction.atomic():
            announce(ids[start : start + CHUNK], consumers=("requests", WATCHING))
    return len(ids)
