"""What price lists put on a vendor's score card: errors in its files."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.utils.translation import gettext_lazy as _

from price_lists.enums import RunState
from price_lists.models import ImportRun
from vendors.score.measures import Measure


def wrong_rows(since: dt.datetime) -> dict[int, tuple[float, float]]:
    """Rows with errors of all rows in lists that were taken over."""
    rows: dict[int, list[float]] = defaultdict(lambda: [0, 0])
    runs = ImportRun.objects.filter(state=RunState.APPLIED, created_at__gte=since)
    for vendor, counts in runs.values_list("vendor", "counts").iterator(chunk_size=500):
        errors, offers = counts.get("errors", 0), counts.get("offers", 0)
        rows[vendor][0] += errors
        rows[vendor][1] += errors + offers
    return {vendor: (errors, every) for vendor, (errors, every) in rows.items() if every}


MEASURES = (
    Measure(
        "errors",
        _("Errors in files"),
        _("%(part)s of %(whole)s rows of its price lists in 90 days had errors."),
        wrong_rows,
        fine=0.01,
        poor=0.05,
    ),
)
