"""Bringing a partial source's prices and stock into the catalogue, chunk by chunk with a checkpoint."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from catalog.services.parts import Part, PartWritten, write_parts
from core.bulk import insert_rows
from core.jobs.work import Work
from price_lists import reports
from price_lists.enums import Change, Kind, RunState
from price_lists.errors import RunNotPossible
from price_lists.models import ImportRun, PartialValue, StagedRow
from price_lists.services.applying import CHUNK, finish
from price_lists.sources.precedence import Above, Said

_COLUMNS = (
    "source_id", "offer_id", "price_amount", "price_currency", "old_price_amount", "stock_state", "quantity",
    "order_days",
)  # fmt: skip
#: What a row does not tell stays as it was told before.
_ON_CONFLICT = """ON CONFLICT (source_id, offer_id) DO UPDATE SET
    price_amount = COALESCE(excluded.price_amount, price_lists_partialvalue.price_amount),
    price_currency = CASE WHEN excluded.price_amount IS NULL THEN price_lists_partialvalue.price_currency
        ELSE excluded.price_currency END,
    old_price_amount = CASE WHEN excluded.price_amount IS NULL THEN price_lists_partialvalue.old_price_amount
        ELSE excluded.old_price_amount END,
    stock_state = CASE WHEN excluded.stock_state = '' THEN price_lists_partialvalue.stock_state
        ELSE excluded.stock_state END,
    quantity = CASE WHEN excluded.stock_state = '' THEN price_lists_partialvalue.quantity ELSE excluded.quantity END,
    order_days = CASE WHEN excluded.stock_state = '' THEN price_lists_partialvalue.order_days
        ELSE excluded.order_days END
"""


def apply_partial(*, run: ImportRun, work: Work) -> ImportRun:
    """Applies from the checkpoint on. The run must be `applying`. Raises JobCancelled, JobTakenOver."""
    if run.state != RunState.APPLYING:
        raise RunNotPossible("run_moved_on")
    staged = StagedRow.objects.filter(run=run).order_by("pk")
    total = staged.count()
    done = staged.filter(pk__lte=run.applied_id).count()
    work.progress(done, total)
    while rows := list(staged.filter(pk__gt=run.applied_id)[:CHUNK]):
        _apply(run, rows, work)
        done += len(rows)
        work.progress(done, total)
    finish(run=run)
    return run


def _apply(run: ImportRun, rows: list[StagedRow], work: Work) -> None:
    with transaction.atomic():
        work.check_cancelled()
        # Asked again: since the rows were staged another source may have spoken, or risen.
        above = Above(run.source).of([row.offer_id for row in rows if row.offer_id])
        for row in rows:
            if said := above.get(row.offer_id or 0):
                _give_way(row, said)
        parts = [_part(row) for row in rows]
        written = {each.offer_id: each for each in write_parts(parts=parts, now=timezone.now())}
        there = [row for row in rows if row.offer_id in written]
        insert_rows(PartialValue, _COLUMNS, [_value(run, row) for row in there], _ON_CONFLICT)
        ImportRun.objects.filter(pk=run.pk).update(applied_id=rows[-1].pk)
        lines = [_line(row, written[row.offer_id or 0]) for row in there if row.change == Change.CHANGED]
        reports.write_part(run, rows[0].pk, lines)
    run.applied_id = rows[-1].pk


def _give_way(row: StagedRow, said: Said) -> None:
    """What stands above stays on sale; what the row says is kept all the same."""
    data: dict[str, Any] = row.data or {}
    puts_price, puts_stock = data["puts"]
    if said.price is not None:
        amount, currency, old = said.price
        data["price"] = {**data["price"], "amount": amount, "currency": currency, "old": old}
        puts_price, row.kinds = False, row.kinds & ~Kind.PRICE
    if said.stock is not None:
        puts_stock, row.kinds = False, row.kinds & ~Kind.STOCK
    data["puts"] = [puts_price, puts_stock]
    if not row.kinds:
        row.change = Change.UNCHANGED


def _part(row: StagedRow) -> Part:
    data: dict[str, Any] = row.data or {}
    price, stock = data["price"], data["stock"]
    puts_price, puts_stock = data["puts"]
    return Part(
        row.offer_id or 0,
        (price["amount"], price["currency"], price["old"]) if puts_price else None,
        (stock["state"], stock["quantity"], stock["days"]) if puts_stock and row.kinds & Kind.STOCK else None,
    )


def _value(run: ImportRun, row: StagedRow) -> tuple[Any, ...]:
    data: dict[str, Any] = row.data or {}
    price, stock = data["says"]
    return run.source_id, row.offer_id, *(price or (None, "", None)), *(stock or ("", None, None))


def _line(row: StagedRow, written: PartWritten) -> reports.Line:
    data: dict[str, Any] = row.data or {}
    return reports.Line(
        change=Change.CHANGED.value,
        row=row.row,
        sheet=row.sheet,
        key=row.key,
        offer_id=row.offer_id or 0,
        title=data["text"]["title"],
        kinds=row.kinds,
        old_amount=written.old_amount,
        old_currency=written.old_currency,
        amount=data["price"]["amount"],
        currency=data["price"]["currency"],
    )
