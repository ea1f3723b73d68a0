"""What price lists say of how a vendor works: how many of their rows are wrong."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from price_lists.enums import RunState
from price_lists.models import ImportRun
from vendors.quality import Evidence, Kind

LOOKED_BACK = dt.timedelta(days=90)
#: A fifth of wrong rows is as bad as it gets.
_STRICTNESS = 5


def right_rows(vendor_id: int | None) -> dict[int, Evidence]:
    """How few rows of the lists that were taken over could not be read; a case is a day with a list. Lists that were not
    taken over count nothing: their vendor looked at them and mended them.
    """
    runs = ImportRun.objects.filter(state=RunState.APPLIED, created_at__gte=timezone.now() - LOOKED_BACK)
    if vendor_id is not None:
        runs = runs.filter(vendor=vendor_id)
    days: dict[int, set[dt.date]] = defaultdict(set)
    rows: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for vendor, created_at, counts in runs.values_list("vendor", "created_at", "counts").iterator(
        chunk_size=500
    ):
        errors, offers = counts.get("errors", 0), counts.get("offers", 0)
        if errors + offers:
            days[vendor].add(timezone.localdate(created_at))
            rows[vendor][0] += errors
            rows[vendor][1] += errors + offers
    return {
        vendor: Evidence(max(0.0, 1 - _STRICTNESS * errors / every), len(days[vendor]))
        for vendor, (errors, every) in rows.items()
    }


KIND = Kind(
    "rows",
    _("Price lists without errors"),
    _("How few rows of the lists that you took over in 90 days had errors; a fifth of them is as bad as it gets. Each day with a list is a case."),
    right_rows,
)  # fmt: skip
