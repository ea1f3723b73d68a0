"""A partial source's file beside the offers as they are: what would change is staged, the rest is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.db.models import Count

from catalog.enums import Availability
from core.bulk import insert_rows, json_text
from core.jobs.work import Work
from price_lists.enums import Change, Kind, RunState
from price_lists.errors import NoGoodsFound
from price_lists.mapping.model import Mapping
from price_lists.messages import issue
from price_lists.models import ImportRun, RowProblem, Source, StagedRow
from price_lists.rows import RowIssue, Severity
from price_lists.services.columns import inspection_to_json, save_run, terms_of
from price_lists.services.guarding import LEFT_SHARE, guard_run
from price_lists.services.staged import forget_staged
from price_lists.services.staging import MAX_PROBLEMS
from price_lists.sources.enums import Precedence
from price_lists.sources.partial_facts import Facts, Now, facts_of
from price_lists.sources.partial_layout import PartialLayout, find_layout, is_complete
from price_lists.sources.partial_matching import Matcher, targets_of
from price_lists.sources.partial_reading import Part, parts
from price_lists.sources.precedence import Above, Said

#: Rows matched and compared with a handful of statements.
BATCH: Final = 2_000
#: Rows whose key no list has that wait for one walk over the vendor's offers: some 50 MB.
LATER: Final = 50 * BATCH
#: So many rows name no good of the vendor's: the file is most likely another one.
UNMATCHED_SHARE, UNMATCHED_ROWS = 0.5, 5
_COLUMNS = (
    "run_id", "row", "sheet", "key", "raw_hash", "price_amount", "price_currency", "data", "change", "kinds",
    "offer_id",
)  # fmt: skip
_ON_CONFLICT = "ON CONFLICT (run_id, key) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in _COLUMNS if name not in {"run_id", "key"}
)


def inspect_partial(*, run: ImportRun) -> ImportRun:
    """Looks at the file and settles its columns, as `inspect_run` does for whole price lists. Raises Refusal."""
    layout = find_layout(Path(run.price_list.file.path), run.price_list.original_name)
    confirmed = Mapping.from_json(run.source.mapping) if run.source.mapping else None
    same = confirmed is not None and confirmed.signature == layout.mapping.signature
    mapping = _as_confirmed(confirmed, layout.mapping) if same and confirmed is not None else layout.mapping
    if not is_complete(mapping, run.source.role):
        raise NoGoodsFound("no_parts_found")
    goes_on = same or layout.is_sure
    run.inspection = _inspection(layout, path_of=run) | {"remembered": same, "confirmed": layout.is_sure}
    run.mapping = mapping.to_json()
    run.state = RunState.READING if goes_on else RunState.MAPPING
    save_run(run, [RunState.UPLOADED])
    return run


def stage_partial(*, run: ImportRun, work: Work) -> list[dict[str, Any]]:
    """Reads the file from its beginning, stages what differs, and returns why to ask. Raises Refusal, JobCancelled."""
    forget_staged(run=run, problems=True)
    staging = _Staging(run, work)
    staging.read()
    counts = staging.finished()
    run.counts, run.staged_rows = counts, staging.rows
    ImportRun.objects.filter(pk=run.pk).update(counts=counts, staged_rows=staging.rows)
    if not counts["offers"]:
        raise NoGoodsFound("no_parts_matched", detail=str(counts["unmatched"] + counts.get("errors", 0)))
    return _guard(run)


def _guard(run: ImportRun) -> list[dict[str, Any]]:
    counts = run.counts
    reasons = guard_run(run=run)
    if counts["in_stock"] > LEFT_SHARE * counts["offers"]:
        # The guard sees only what is staged; unchanged rows with stock are not.
        reasons = [reason for reason in reasons if reason["code"] != "stock_gone"]
    unmatched, rows = counts["unmatched"], counts["unmatched"] + counts["offers"]
    if unmatched >= UNMATCHED_ROWS and unmatched > UNMATCHED_SHARE * rows:
        reasons = [*reasons, {"code": "many_unmatched", "unmatched": unmatched, "rows": rows}]
    run.guard = reasons
    ImportRun.objects.filter(pk=run.pk).update(guard=reasons)
    return reasons


class _Staging:
    def __init__(self, run: ImportRun, work: Work) -> None:
        self.run = run
        self.work = work
        self.source: Source = run.source
        self.matcher = Matcher(run.source)
        self.above = Above(run.source)
        self.gives_way = _gives_way(run.source)
        self.counts: Counter[str] = Counter()
        self.seen: set[int] = set()
        self.later: list[Part] = []
        self.rows = 0

    def read(self) -> None:
        mapping = Mapping.from_json(self.run.mapping or {})
        currency = terms_of(self.run, mapping).currency
        rows = parts(Path(self.run.price_list.file.path), mapping, role=self.source.role, currency=currency)
        for batch in _batches(rows):
            self.rows += len(batch)
            issues = [each for each in batch if isinstance(each, RowIssue)]
            said = [each for each in batch if not isinstance(each, RowIssue)]
            matched = self.matcher.by_key(said)
            self.later += [part for part, offers in zip(said, matched, strict=True) if not offers]
            self._stage(
                [(part, offers) for part, offers in zip(said, matched, strict=True) if offers], issues
            )
            self.work.progress(self.rows)
            if len(self.later) >= LATER:
                self._stage_later()
        self._stage_later()

    def _stage_later(self) -> None:
        later, self.later = self.later, []
        found = list(zip(later, self.matcher.by_code(later), strict=True))
        for start in range(0, len(found), BATCH):
            issues = []
            matched = []
            for part, offers in found[start : start + BATCH]:
                if offers:
                    matched.append((part, offers))
                    continue
                self.counts["unmatched"] += 1
                code = "code_of_several" if offers is None else "unknown_code"
                named = " · ".join(code for _field, code in part.codes)
                issues.append(
                    issue(code, row=part.number, value=named, sheet=part.sheet, severity=Severity.SKIPPED)
                )
            self._stage(matched, issues)

    def _stage(self, matched: Sequence[tuple[Part, list[int]]], issues: list[RowIssue]) -> None:
        ids = {offer_id for _part, offers in matched for offer_id in offers}
        facts = facts_of(ids, source=self.source, above=self.above)
        rows: dict[int, tuple[Any, ...] | None] = {}
        for part, offers in matched:
            for offer_id in offers:
                if offer_id not in facts.now:
                    continue
                if offer_id in self.seen:
                    self.counts["duplicates"] += 1
                    issues.append(_duplicate(part))
                else:
                    self.seen.add(offer_id)
                    self.counts["offers"] += 1
                self.counts["in_stock"] += part.state in {Availability.IN_STOCK, Availability.TO_ORDER}
                rows[offer_id] = self._row(part, offer_id, facts)
        with transaction.atomic():
            self.work.check_cancelled()
            insert_rows(StagedRow, _COLUMNS, [row for row in rows.values() if row is not None], _ON_CONFLICT)
            back = [f"offer:{offer_id}" for offer_id, row in rows.items() if row is None]
            if self.counts["duplicates"] and back:
                StagedRow.objects.filter(run=self.run, key__in=back).delete()
            self._keep_problems(issues)

    def _row(self, part: Part, offer_id: int, facts: Facts) -> tuple[Any, ...] | None:
        """The staged row; None where the offer stays and the source says what it said before."""
        now, above, known = facts.now[offer_id], facts.above.get(offer_id), facts.known.get(offer_id)
        said_price = None if part.amount is None else (part.amount, part.currency, part.old)
        said_stock = (part.state, part.quantity, part.days) if part.state else None
        price, stock = said_price, said_stock
        now_price, now_stock = (now.amount, now.currency, now.old), (now.state, now.quantity, now.days)
        if price is not None and (offer_id in facts.edited or (above and above.price) or self.gives_way):
            price = None
        if stock is not None and ((above and above.stock) or (self.gives_way and not _is_ours(now, known))):
            stock = None
        self.counts["kept"] += said_price not in {price, now_price} or said_stock not in {stock, now_stock}
        kinds = (Kind.PRICE if price not in {None, now_price} else 0) | (
            Kind.STOCK if stock not in {None, now_stock} else 0
        )
        is_new_word = said_price not in {None, known and known.price} or said_stock not in {
            None,
            known and known.stock,
        }
        if not kinds and not is_new_word:
            return None
        amount, currency, old = price or now_price
        state, quantity, days = stock or now_stock
        data = {
            "text": {"title": now.title, "brand": now.brand, "unit": now.unit},
            "price": {"amount": amount, "currency": currency, "old": old, "tiers": []},
            "stock": {"state": state, "quantity": quantity, "days": days},
            "puts": [price is not None, stock is not None],
            "says": [said_price, said_stock],
        }
        change = Change.CHANGED if kinds else Change.UNCHANGED
        return (
            self.run.pk, part.number, part.sheet[:80], f"offer:{offer_id}", b"", amount, currency,
            json_text(data), change.value, int(kinds), offer_id,
        )  # fmt: skip

    def _keep_problems(self, issues: Sequence[RowIssue]) -> None:
        kept = self.counts["problems_kept"]
        for each in issues:
            self.counts[_COUNTED[Severity(each.severity)]] += 1
        shown = issues[: max(0, MAX_PROBLEMS - kept)]
        self.counts["problems_kept"] += len(shown)
        RowProblem.objects.bulk_create(
            [
                RowProblem(
                    run=self.run,
                    row=each.row,
                    sheet=each.sheet[:80],
                    column=each.column[:120],
                    value=each.value[:500],
                    code=each.code,
                    message=each.message,
                    severity=str(each.severity),
                )
                for each in shown
            ],
            batch_size=500,
        )

    def finished(self) -> dict[str, Any]:
        changed = dict.fromkeys(
            ("new", "changed", "unchanged", "price", "stock", "text", "returned", "vanished"), 0
        )
        staged = StagedRow.objects.filter(run=self.run, change=Change.CHANGED).order_by()
        for kinds, number in staged.values_list("kinds").annotate(number=Count("pk")):
            changed["changed"] += number
            changed["price"] += number * bool(kinds & Kind.PRICE)
            changed["stock"] += number * bool(kinds & Kind.STOCK)
        counts = dict(self.counts)
        changed["unchanged"] = counts.get("offers", 0) - changed["changed"]
        filled = dict.fromkeys(
            ("offers", "unmatched", "in_stock", "errors", "duplicates", "kept", "skipped"), 0
        )
        return {**filled, **counts, **changed, "before": counts.get("offers", 0)}


def _is_ours(now: Now, known: Said | None) -> bool:
    """Whether a source that gives way to the list may speak about stock: nobody else does."""
    return now.state == Availability.UNKNOWN or (
        known is not None and known.stock is not None and known.stock[0] == now.state
    )


_COUNTED = {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.SKIPPED: "skipped"}


def _duplicate(part: Part) -> RowIssue:
    named = part.codes[0][1] if part.codes else ""
    return issue(
        "duplicate_article", row=part.number, value=named, sheet=part.sheet, severity=Severity.WARNING
    )


def _gives_way(source: Source) -> bool:
    """Whether the lists whose goods it tells about stand above it."""
    if source.precedence > Precedence.LOW:
        return targets_of(source).filter(precedence__gt=source.precedence).exists()
    return True


def _batches(rows: Iterator[Part | RowIssue]) -> Iterator[list[Part | RowIssue]]:
    batch: list[Part | RowIssue] = []
    for row in rows:
        batch.append(row)
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _as_confirmed(confirmed: Mapping, found: Mapping) -> Mapping:
    """What was chosen for the last file of this layout, at the places where this file has it."""
    tables = tuple(
        replace(
            new,
            columns=tuple(
                replace(column, field=old.columns[place].field) if place < len(old.columns) else column
                for place, column in enumerate(new.columns)
            ),
            currency=old.currency or new.currency,
        )
        for old, new in zip(confirmed.tables, found.tables, strict=False)
    )
    return replace(found, tables=tables or found.tables, currency=confirmed.currency)


def _inspection(layout: PartialLayout, *, path_of: ImportRun) -> dict[str, Any]:
    from price_lists.reading import Inspection, SheetPreview

    listed = {table.sheet for table in layout.mapping.tables}
    shown = Inspection(
        layout.mapping.format,
        layout.mapping.encoding,
        layout.mapping.delimiter,
        tuple(
            SheetPreview(sheet.name, tuple(sheet.rows[:60]), sheet.name in listed, sheet.row_count)
            for sheet in layout.preview
        ),
        layout.mapping,
        details={"original_name": path_of.price_list.original_name} | (layout.details or {}),
    )
    return inspection_to_json(shown) | {"drift": None, "partial": str(layout.role)}
