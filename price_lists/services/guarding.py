"""When a diff looks so unlike a price list's usual change that the vendor is asked before it is applied."""

from __future__ import annotations

import math
from typing import Any

from django.db import connection

from price_lists.mapping.model import Mapping
from price_lists.models import ImportRun
from price_lists.services.columns import UNSURE, confidence

#: (share of the offers before, at least so many of them): a short list may lose a few, a long one a few hundred.
VANISHED = ((0.5, 5), (0.3, 100))
#: A median price ratio from here on is a slipped decimal mark, another currency or another column.
JUMP = 4.0
_JUMP_ROWS = 3
_OUTLIER, _OUTLIER_SHARE, _OUTLIER_ROWS = 9.0, 0.05, 5
_CURRENCY_SHARE = 0.1
_ERROR_SHARE, _ERROR_ROWS = 0.5, 3
_DUPLICATE_SHARE, _DUPLICATE_ROWS = 0.2, 10


def guard_run(*, run: ImportRun) -> list[dict[str, Any]]:
    """Why to ask, as [{code, …figures}]; empty where the diff may be applied. Stored with the run."""
    counts = run.counts
    reasons = [*_layout(run), *_vanished(counts), *_prices(run), *_rows(counts)]
    run.guard = reasons
    ImportRun.objects.filter(pk=run.pk).update(guard=reasons)
    return reasons


def _layout(run: ImportRun) -> list[dict[str, Any]]:
    inspection = run.inspection or {}
    if inspection.get("confirmed") or inspection.get("remembered"):
        return []  # a person has said what the columns mean
    drift = inspection.get("drift")
    if drift:
        return [{"code": "layout_changed", **drift}]
    sure = confidence(Mapping.from_json(run.mapping or {}))
    return [{"code": "columns_unsure", "percent": round(sure * 100)}] if sure < UNSURE else []


def _vanished(counts: dict[str, int]) -> list[dict[str, Any]]:
    gone, before = counts.get("vanished", 0), counts.get("before", 0)
    if any(gone >= least and gone > share * before for share, least in VANISHED):
        return [
            {
                "code": "many_vanished",
                "vanished": gone,
                "before": before,
                "percent": round(100 * gone / before),
            }
        ]
    return []


def _prices(run: ImportRun) -> list[dict[str, Any]]:
    """Prices of the same goods before and after, compared in the database."""
    compared = run.counts.get("changed", 0) + run.counts.get("unchanged", 0) + run.counts.get("returned", 0)
    if not compared:
        return []
    reasons: list[dict[str, Any]] = []
    with connection.cursor() as cursor:
        # The bigger of the two ways to divide tells how far a price jumped, whichever the direction.
        cursor.execute(
            "SELECT COUNT(*), SUM(CASE WHEN s.price_currency <> o.price_currency THEN 1 ELSE 0 END)"
            + _FROM_PRICES,
            [run.pk],
        )
        changed, other_currency = cursor.fetchone()
        other_currency = other_currency or 0
        if other_currency >= _JUMP_ROWS and other_currency > _CURRENCY_SHARE * compared:
            cursor.execute(
                "SELECT o.price_currency, s.price_currency, COUNT(*)"
                + _FROM_PRICES
                + " AND s.price_currency <> o.price_currency GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 1",
                [run.pk],
            )
            before, after, _number = cursor.fetchone()
            reasons.append(
                {"code": "currency_changed", "offers": other_currency, "before": before, "after": after}
            )
        same = changed - other_currency
        if same >= _JUMP_ROWS:
            cursor.execute(
                "SELECT 1.0 * s.price_amount / o.price_amount"
                + _FROM_PRICES
                + " AND s.price_currency = o.price_currency AND o.price_amount > 0 AND s.price_amount > 0"
                " ORDER BY 1 LIMIT 1 OFFSET %s",
                [run.pk, same // 2],
            )
            row = cursor.fetchone()
            median = float(row[0]) if row else 1.0
            if same > 0.2 * compared and (median >= JUMP or median <= 1 / JUMP):
                return [*reasons, _jump(median, same)]
            cursor.execute(
                "SELECT COUNT(*)"
                + _FROM_PRICES
                + " AND s.price_currency = o.price_currency AND o.price_amount > 0"
                " AND (s.price_amount >= o.price_amount * %s OR s.price_amount * %s <= o.price_amount)",
                [run.pk, _OUTLIER, _OUTLIER],
            )
            (wild,) = cursor.fetchone()
            if wild >= _OUTLIER_ROWS and wild > _OUTLIER_SHARE * compared:
                reasons.append({"code": "wild_prices", "offers": wild})
    return reasons


_FROM_PRICES = """
 FROM price_lists_stagedrow s JOIN catalog_offer o ON o.id = s.offer_id
 WHERE s.run_id = %s AND s.data IS NOT NULL
    AND (s.price_amount <> o.price_amount OR s.price_currency <> o.price_currency)
"""


def _jump(median: float, offers: int) -> dict[str, Any]:
    """Says "10 times" where the ratio is about a power of ten, else the ratio as it is."""
    factor = median if median >= 1 else 1 / median
    power = round(math.log10(factor))
    if power and abs(math.log10(factor) - power) < 0.15:
        factor = 10**power
    return {
        "code": "prices_up" if median >= 1 else "prices_down",
        "factor": round(factor, 1),
        "offers": offers,
    }


def _rows(counts: dict[str, int]) -> list[dict[str, Any]]:
    reasons: list[dict[str, Any]] = []
    errors, offers, duplicates = counts.get("errors", 0), counts["offers"], counts.get("duplicates", 0)
    if errors >= _ERROR_ROWS and errors > _ERROR_SHARE * (errors + offers):
        reasons.append({"code": "many_errors", "errors": errors, "rows": errors + offers})
    if duplicates >= _DUPLICATE_ROWS and duplicates > _DUPLICATE_SHARE * (offers + duplicates):
        reasons.append({"code": "many_duplicates", "duplicates": duplicates, "rows": offers + duplicates})
    return reasons
