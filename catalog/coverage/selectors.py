"""What pages read of coverage: indexed rows, never offers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet, Sum
from django.utils import timezone

from catalog.coverage.models import Coverage, CoverageDay, CoverageMark
from catalog.selectors import categories_below
from vendors.models import Vendor

#: What "since last week" compares with.
BEFORE: Final = dt.timedelta(days=7)


def percent(known: int, offers: int) -> int:
    """Never 100 while one is missing, nor 0 while one is known."""
    if not offers or not known:
        return 0
    return 100 if known == offers else min(max(round(100 * known / offers), 1), 99)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report. `trend` is in percentage points since last week, None where it was not counted then."""

    coverage: Coverage
    percent: int
    trend: int | None

    @property
    def missing(self) -> int:
        return self.coverage.offers - self.coverage.known


@dataclass(frozen=True, slots=True)
class OfVendor:
    vendor: Vendor
    offers: int
    known: int

    @property
    def percent(self) -> int:
        return percent(self.known, self.offers)

    @property
    def missing(self) -> int:
        return self.offers - self.known


def report(*, category: int | None = None, attribute: int | None = None) -> QuerySet[Coverage]:
    """All vendors' sums, those first that buyers filter by most, then where most offers are. With a category: it and those
    below it.
    """
    rows = Coverage.objects.filter(vendor__isnull=True).select_related("category", "attribute")
    if category is not None:
        rows = rows.filter(category__in=categories_below({category}))
    if attribute is not None:
        rows = rows.filter(attribute=attribute)
    return rows.order_by("-asked", "-offers", "pk")


def with_trend(rows: Sequence[Coverage], *, today: dt.date | None = None) -> list[Row]:
    """One statement for all of a page."""
    until = (today or timezone.localdate()) - BEFORE
    past = CoverageDay.objects.filter(
        category__in={row.category_id for row in rows},
        attribute__in={row.attribute_id for row in rows},
        day__lte=until,
    ).order_by("day")
    before = {(day.category_id, day.attribute_id): percent(day.known, day.offers) for day in past}
    out = []
    for row in rows:
        now = percent(row.known, row.offers)
        then = before.get((row.category_id, row.attribute_id))
        out.append(Row(row, now, None if then is None else now - then))
    return out


def by_vendor(*, category: int, attribute: int) -> list[OfVendor]:
    """Of one attribute in a category and below it, the vendor with most gaps first."""
    rows = Coverage.objects.filter(
        vendor__isnull=False, attribute=attribute, category__in=categories_below({category})
    ).order_by()
    sums = list(rows.values_list("vendor").annotate(all_offers=Sum("offers"), all_known=Sum("known")))
    vendors = Vendor.objects.in_bulk([pk for pk, _offers, _known in sums])
    found = [OfVendor(vendors[pk], offers, known) for pk, offers, known in sums if pk in vendors]
    return sorted(found, key=lambda each: (-each.missing, each.vendor.name))


def counted_at() -> dt.datetime | None:
    """When something was counted last."""
    return CoverageMark.objects.order_by("-counted_at").values_list("counted_at", flat=True).first()
