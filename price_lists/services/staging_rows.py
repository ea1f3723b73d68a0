"""A row on its way into staging: which good it is of, and what becomes of two rows of one good. No database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from price_lists.enums import Change
from price_lists.messages import issue
from price_lists.models import RowProblem
from price_lists.rows import RowIssue, Severity, is_by_name, repeated_key
from price_lists.services.drafting import StagedDraft, digest, merged

STAGED_COLUMNS = (
    "run_id", "row", "sheet", "key", "raw_hash", "price_hash", "stock_hash", "text_hash", "price_amount",
    "price_currency", "data", "link_id", "change", "kinds", "offer_id",
)  # fmt: skip
ON_CONFLICT = "ON CONFLICT (run_id, key) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in STAGED_COLUMNS if name not in {"run_id", "key"}
)


class NeedsWholeReading(Exception):
    """A known row meets another row of the same good in another currency: both must be understood."""


@dataclass(slots=True)
class Row:
    """A row on its way into staging; without `draft` it is known by its raw hash, with `item` it need not be staged."""

    number: int
    sheet: str
    key: str
    raw_hash: bytes
    draft: StagedDraft | None
    path: tuple[str, ...] = ()
    link_id: int | None = None
    currency: str = ""
    item: int = 0

    def values(self, run_id: int) -> tuple[Any, ...]:
        draft = self.draft
        if draft is None:
            parts: tuple[Any, ...] = (None, None, None, None, "", None)
        else:
            price = draft.draft.price
            parts = (
                draft.price_hash,
                draft.stock_hash,
                draft.text_hash,
                price["amount"],
                price["currency"],
                draft.json,
            )
        return (
            run_id, self.number, self.sheet[:80], self.key, self.raw_hash, *parts, self.link_id,
            Change.NEW.value, 0, None,
        )  # fmt: skip


def own_key(row: Row, names: dict[str, list[Any]]) -> str:
    """The row's key; of rows that only their name tells the second and further ones get a number.

    In another currency such a row is a further price of the first.
    """
    if not is_by_name(row.key):
        return row.key
    first = names.setdefault(row.key, [row.currency, 0])
    if first[0] and row.currency and first[0] != row.currency:
        return row.key
    first[1] += 1
    return repeated_key(row.key, first[1])


def one_of_two(first: Row, later: Row, issues: list[RowIssue]) -> Row:
    """Two rows of one good: the later wins; in another currency it is a further price of the same offer."""
    if first.draft is None or later.draft is None:
        if first.currency != later.currency:
            raise NeedsWholeReading
        _note("duplicate_article", first, later, issues)
        return later
    draft, main, is_of_both = merged(first.draft, later.draft)
    if not is_of_both:
        _note("duplicate_article", first, later, issues)
        return later
    if later.currency == first.currency:
        _note("duplicate_article", first, later, issues)
    else:
        _note("merged_price", later, first, issues)
    whole = later if main is later.draft else first
    # No single row has this hash, so the next reading understands both rows again and merges them.
    return replace(whole, draft=draft, raw_hash=digest(first.raw_hash + later.raw_hash))


def _note(code: str, at: Row, other: Row, issues: list[RowIssue]) -> None:
    issues.append(
        issue(code, row=at.number, sheet=at.sheet, value=str(other.number), severity=Severity.WARNING)
    )


def severity(said: RowIssue) -> str:
    return {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.SKIPPED: "skipped"}[
        said.severity
    ]


def problem(run_id: int, said: RowIssue) -> RowProblem:
    return RowProblem(
        run_id=run_id,
        row=max(said.row, 0),
        sheet=said.sheet[:80],
        column=said.column[:120],
        value=said.value[:500],
        code=said.code,
        message=said.message,
        severity=said.severity.value,
    )
