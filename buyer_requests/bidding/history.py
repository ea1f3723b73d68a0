"""A bid as a revision keeps it, and what changed from one revision to the next."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from buyer_requests.models import Bid, BidLine, BidRevision
from core.money import line_total

#: What holds for the whole bid, in the order in which a page tells it.
TERMS = (
    "currency",
    "delivery_price",
    "free_delivery_from",
    "minimum_order",
    "delivery_days",
    "valid_until",
    "terms",
)
#: What a line says, likewise.
FACTS = (
    "title",
    "quantity",
    "price",
    "breaks",
    "divisible",
    "step",
    "supply",
    "delivery_on",
    "substitute",
    "note",
    "alternatives",
)


def content_of(bid: Bid) -> dict[str, Any]:
    """The bid as plain values, for a revision: two contents are equal when the bids say the same."""
    lines = bid.lines.order_by("line__position").prefetch_related("alternatives")
    return {
        "currency": bid.currency,
        "delivery_price": bid.delivery_price,
        "free_delivery_from": bid.free_delivery_from,
        "minimum_order": bid.minimum_order,
        "delivery_days": bid.delivery_days,
        "valid_until": bid.valid_until.isoformat() if bid.valid_until else None,
        "terms": bid.terms,
        "files": [list(each) for each in bid.files.order_by("id").values_list("name", "sha256")],
        "lines": [_line(line) for line in lines],
    }


def _line(line: BidLine) -> dict[str, Any]:
    return {
        "line": line.line_id,
        "offer": line.offer_id,
        "title": line.title,
        "quantity": f"{line.quantity:.3f}",
        "price": line.price_amount,
        "breaks": line.breaks,
        "divisible": line.is_divisible,
        "step": f"{line.step:.3f}" if line.step is not None else None,
        "supply": line.supply,
        "delivery_on": line.delivery_on.isoformat() if line.delivery_on else None,
        "substitute": line.is_substitute,
        "note": line.note,
        "alternatives": [
            {
                "offer": other.offer_id,
                "title": other.title,
                "quantity": f"{other.quantity:.3f}",
                "price": other.price_amount,
                "substitute": other.is_substitute,
                "supply": other.supply,
                "delivery_on": other.delivery_on.isoformat() if other.delivery_on else None,
            }
            for other in line.alternatives.all()
        ],
    }


def goods_total(content: dict[str, Any]) -> int:
    """Minor units of all goods of a kept revision, at the price that each quantity reaches."""
    total = 0
    for line in content["lines"]:
        quantity, price = Decimal(line["quantity"]), int(line["price"])
        for least, amount in line.get("breaks") or ():
            if quantity >= Decimal(least):
                price = amount
        total += line_total(price, quantity)
    return total


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs. `name` is one of TERMS or FACTS; values as they are kept."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line that came ("added"), went ("removed") or says something else ("changed")."""

    line_id: int
    title: str
    kind: str
    changes: list[Change] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Difference:
    """A revision held against the one before it; totals are minor units of each one's currency."""

    revision: BidRevision
    before: BidRevision | None
    terms: list[Change]
    lines: list[LineChange]
    total: int
    total_before: int | None

    @property
    def currency(self) -> str:
        return str(self.revision.content["currency"])

    @property
    def files_changed(self) -> bool:
        return self.before is not None and (
            (self.before.content.get("files") or []) != (self.revision.content.get("files") or [])
        )


def differences(revisions: list[BidRevision]) -> list[Difference]:
    """Each revision against its forerunner, newest first; `revisions` are in ascending order."""
    found: list[Difference] = []
    before: BidRevision | None = None
    for revision in revisions:
        found.append(_difference(before, revision))
        before = revision
    return found[::-1]


def _difference(before: BidRevision | None, revision: BidRevision) -> Difference:
    total = goods_total(revision.content)
    if before is None:
        return Difference(revision, None, [], [], total, None)
    old, new = before.content, revision.content
    terms = _changes(TERMS, old, new)
    old_lines = {line["line"]: line for line in old["lines"]}
    new_lines = {line["line"]: line for line in new["lines"]}
    lines = [
        LineChange(number, line["title"], "removed")
        for number, line in old_lines.items()
        if number not in new_lines
    ]
    for number, line in new_lines.items():
        if number not in old_lines:
            lines.append(LineChange(number, line["title"], "added"))
        elif changes := _changes(FACTS, old_lines[number], line):
            lines.append(LineChange(number, line["title"], "changed", changes))
    return Difference(revision, before, terms, lines, total, goods_total(old))


def _changes(names: tuple[str, ...], old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Values that were not kept by earlier versions of the row count as empty."""
    return [
        Change(name, old.get(name), new.get(name))
        for name in names
        if (old.get(name) or None) != (new.get(name) or None)
    ]
