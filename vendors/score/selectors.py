"""Reading score cards: figures that are written already, never counted in a page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from vendors.models import Vendor
from vendors.score.measures import Measure, get, measures
from vendors.score.models import VendorFigure

#: With what a figure is compared.
_AGO: Final = dt.timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a card. `trend` is "better", "worse", "same", or "" where there is nothing to compare with."""

    measure: Measure
    shown: str
    sentence: str
    grade: str
    trend: str
    before: str
    day: dt.date | None


def card_of(vendor: Vendor) -> list[Figure]:
    """All measures in their order; one without figures says so. Two queries."""
    newest = VendorFigure.objects.filter(vendor=vendor).aggregate(day=Max("day"))["day"]
    rows = VendorFigure.objects.filter(vendor=vendor, day__gte=newest - _AGO) if newest else []
    by_key: dict[str, list[VendorFigure]] = {}
    for row in sorted(rows, key=lambda row: row.day):
        by_key.setdefault(row.measure, []).append(row)
    return [_line(measure, by_key.get(measure.key, []), newest) for measure in measures()]


def _line(measure: Measure, rows: list[VendorFigure], newest: dt.date | None) -> Figure:
    if not rows or rows[-1].day != newest:
        return Figure(measure, "–", _("Nothing is known yet."), "", "", "", None)
    last, first = rows[-1], rows[0]
    sentence = str(measure.sentence) % {
        "part": number_format(round(last.part, 1) if last.part % 1 else int(last.part)),
        "whole": number_format(round(last.whole, 1) if last.whole % 1 else int(last.whole)),
        "value": shown(measure, last.value),
    }
    grade = measure.grade(last.value, last.whole)
    if not grade:
        sentence = f"{sentence} {_('Too little to judge by.')}"
    trend = ""
    if first.day != last.day and first.whole >= measure.least:
        moved = (last.value - first.value) * (1 if measure.more_is_better else -1)
        close = abs(moved) <= 0.02 * max(abs(first.value), abs(last.value))
        trend = "same" if close else "better" if moved > 0 else "worse"
    return Figure(
        measure=measure,
        shown=shown(measure, last.value),
        sentence=sentence,
        grade=grade,
        trend=trend,
        before=shown(measure, first.value) if trend else "",
        day=last.day,
    )


def shown(measure: Measure, value: float) -> str:
    """As people read it: per cent, hours or stars."""
    if measure.unit == "share":
        return f"{number_format(round(value * 100, 1), decimal_pos=1)} %"
    if measure.unit == "hours":
        return _("%(hours)s h") % {"hours": number_format(round(value, 1), decimal_pos=1)}
    return number_format(round(value, 2), decimal_pos=2)


def with_value(vendors: QuerySet[Vendor], key: str) -> QuerySet[Vendor]:
    """Each with `score`, the measure's newest value: to sort a list by."""
    if get(key) is None:
        return vendors
    newest = VendorFigure.objects.filter(measure=key).aggregate(day=Max("day"))["day"]
    value = VendorFigure.objects.filter(vendor=OuterRef("pk"), measure=key, day=newest).values("value")[:1]
    return vendors.annotate(score=Subquery(value))


def newest_of(vendor_ids: list[int]) -> dict[int, dict[str, VendorFigure]]:
    """Of the vendors on a page: {vendor: {measure: its newest figure}}. Two queries."""
    newest = VendorFigure.objects.aggregate(day=Max("day"))["day"]
    found: dict[int, dict[str, VendorFigure]] = {}
    for row in VendorFigure.objects.filter(vendor__in=vendor_ids, day=newest):
        found.setdefault(row.vendor_id, {})[row.measure] = row
    return found
