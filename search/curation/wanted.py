"""Asking vendors for goods that are searched for in vain: those that sell in the category, once a window.

Only queries that enough different people asked are told, and only words that tell nothing about anybody: a vendor learns
no more than from the page of unmet demand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Category, Offer
from catalog.selectors import categories_below
from core import clock
from core.audit.services import record
from core.jobs.services import start_job
from core.models import Job
from notifications import kinds
from notifications.services import Message, notify_many
from search.curation import handling
from search.curation.enums import HandledBy
from search.curation.errors import AlreadyAsked, NotForVendors
from search.curation.models import QueryHandling
from search.learning.guessing import guessed_categories
from search.learning.telling import may_be_told
from search.locks import lock_tuning
from search.models import CommonQuery
from search.tuning import trail
from vendors.enums import VendorState
from vendors.models import Membership

KIND: Final = "search.wanted"
JOB: Final = "search.ask_vendors"
#: Days in which vendors are asked for the same at most once.
WINDOW: Final = 14
#: Vendors that are told at most.
MOST_VENDORS: Final = 500
_AT_ONCE: Final = 100


def register() -> None:
    """Called once when the application starts."""
    kinds.register(
        KIND,
        label=gettext_lazy("Buyers look for goods of my categories in vain"),
        subject=gettext_lazy("Wanted: “%(words)s”"),
        body=gettext_lazy(
            "Many buyers searched for it and found nothing fitting. If you have it, add it to your price list."
        ),
        icon="search",
        action=gettext_lazy("See what is searched for"),
    )


def ask_vendors(*, key: int, words: str, category: Category | None, actor: str) -> Job:
    """In a job. Without a category, by what was learnt from price lists. Raises AlreadyAsked and NotForVendors."""
    if category is None:
        [guess] = guessed_categories([words])
        category = Category.objects.filter(pk=guess).first() if guess else None
    if category is None:
        said = _("Nobody knows in which category it belongs: choose one.")
        raise NotForVendors("no_category", said)
    if not CommonQuery.objects.filter(key=key).exists() or words not in may_be_told([words]):
        said = _(
            "Too few people asked it, or its words may tell something about somebody: vendors are not told."
        )
        raise NotForVendors("not_told", said)
    with transaction.atomic():
        lock_tuning()
        now = clock.now()
        asked = QueryHandling.objects.filter(
            key=key, handled_by=HandledBy.ASKED, at__gt=now - dt.timedelta(days=WINDOW)
        ).first()
        if asked is not None:
            day = date_format(timezone.localdate(asked.at), "SHORT_DATE_FORMAT")
            raise AlreadyAsked("already_asked", day=day, days=WINDOW)
        row = handling.note(
            key=key,
            words=words,
            handled_by=HandledBy.ASKED,
            subject=f"category:{category.pk}",
            actor=actor,
            note=category.name,
        )
        record(
            actor=actor,
            action=trail.ASKED,
            subject=f"query:{key}",
            subject_name=words,
            details={"category": category.pk},
        )
        return start_job(
            kind=JOB,
            task="search.ask_vendors",
            kwargs={"handling_id": row.pk, "category_id": category.pk},
            owner=actor,
            subject=f"query:{key}",
        )


def tell_vendors(
    *, handling_id: int, category_id: int, report: Callable[[int, int], None] = lambda _done, _total: None
) -> int:
    """What `ask_vendors` asked for; repeating it tells nobody twice. Returns how many people were told."""
    row = QueryHandling.objects.filter(pk=handling_id).first()
    if row is None:
        return 0
    vendors = _vendors_of(category_id)
    told = 0
    for start in range(0, len(vendors), _AT_ONCE):
        part = vendors[start : start + _AT_ONCE]
        report(start, len(vendors))
        people: dict[int, list[int]] = {}
        slugs: dict[int, str] = {}
        members = Membership.objects.filter(vendor__in=part, vendor__state=VendorState.APPROVED)
        for vendor, slug, user in members.values_list("vendor", "vendor__slug", "user"):
            people.setdefault(vendor, []).append(user)
            slugs[vendor] = slug
        told += notify_many(
            [
                Message(
                    users=users,
                    kind=KIND,
                    params={"words": row.words},
                    url=reverse("learning:demand", args=[slugs[vendor]]),
                    key=f"wanted:{row.pk}:{vendor}",
                )
                for vendor, users in sorted(people.items())
            ]
        )
    report(len(vendors), len(vendors))
    return told


def _vendors_of(category_id: int) -> list[int]:
    """Vendors that sell in the category or below it."""
    below = categories_below({category_id})
    # Without a join: an index has vendor and category of what is on sale.
    offers = Offer.objects.filter(withdrawn_at__isnull=True, hidden_at__isnull=True, category__in=below)
    vendors = offers.order_by("vendor_id").values_list("vendor_id", flat=True).distinct()
    return list(vendors[:MOST_VENDORS])
