"""What stood on the page when the buyer decided: kept with the decision, for a protocol that can be shown later."""

from __future__ import annotations

from typing import Any

from buyer_requests.deciding.plans import Plan
from buyer_requests.selectors.cells import Way
from buyer_requests.selectors.comparison import Comparison
from buyer_requests.selectors.proposals import Shown

#: Bids named in a record, in the order of the page; the rest is a number.
NAMED = 50


def grounds_of(comparison: Comparison, plan: Plan, way: Way, shown: Shown | None) -> dict[str, Any]:
    """Amounts in minor units of the request's currency. `proof` is told where the choice is the proposed one."""
    is_proposed = shown is not None and shown.way.choice == way.choice
    cheapest = (
        next((note.way.total for note in shown.ways if note.kind == "cheapest"), None) if shown else None
    )
    return {
        "currency": comparison.request.currency,
        "total": way.total,
        "goods": way.goods,
        "delivery": way.delivery,
        "vendors": way.vendors,
        "lines": way.covered,
        "of_lines": comparison.line_count,
        "is_proposed": is_proposed,
        "way": shown.kind if shown and is_proposed else "",
        "proof": shown.proof.value if shown and is_proposed else "",
        "gap": str(shown.gap) if shown and is_proposed else "",
        "cheapest": cheapest,
        "criteria": [
            {"label": each.label, "kind": each.kind, "weight": each.weight} for each in plan.criteria
        ],
        "is_stated": plan.is_stated,
        "bids": [
            {
                "vendor": column.bid.vendor.name,
                "total": column.total,
                "lines": column.covered,
                "days": column.days,
                "scores": list(plan.scores_of(column.bid)),
            }
            for column in comparison.columns[:NAMED]
        ],
        "bid_count": len(comparison.columns) + len(comparison.unpriced),
        "below_least": [column.bid.vendor.name for column, _missing in way.lacking],
    }
