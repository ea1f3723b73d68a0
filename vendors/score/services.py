"""Measuring all vendors once a day: the only place where a score card's figures are counted."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction
from django.utils import timezone

from core import clock
from vendors.models import Vendor
from vendors.score.measures import measures
from vendors.score.models import VendorFigure

_AT_ONCE: Final = 1_000
KEPT: Final = dt.timedelta(days=400)


def measure_day() -> int:
    """Writes today's figures of each measure in place of those that were written today. Returns how many there are."""
    now, today = clock.now(), timezone.localdate()
    known = set(Vendor.objects.values_list("pk", flat=True))
    written = 0
    for measure in measures():
        found = measure.read(now - dt.timedelta(days=measure.days))
        rows = [
            VendorFigure(
                vendor_id=vendor, measure=measure.key, day=today, part=part, whole=whole, value=part / whole
            )
            for vendor, (part, whole) in found.items()
            if whole and vendor in known
        ]
        with transaction.atomic():
            VendorFigure.objects.filter(measure=measure.key, day=today).delete()
            VendorFigure.objects.bulk_create(rows, batch_size=_AT_ONCE)
        written += len(rows)
    VendorFigure.objects.filter(day__lt=today - KEPT).delete()
    return written
