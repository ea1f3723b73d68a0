"""Bringing a run's diff into the catalogue, chunk by chunk; each chunk is one short transaction with its checkpoint."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from catalog.models import Offer, StockLevel
from catalog.services.bulk import (
    Proposal,
    Written,
    confirm_supply,
    withdraw_offers,
    write_offers,
)
from core.bulk import insert_rows
from core.databases import refresh_statistics
from core.jobs.work import Work
from price_lists import metrics, reports
from price_lists.enums import Change, Kind, RunState
from price_lists.errors import RowsGone, RunNotPossible
from price_lists.mapping.model import Mapping
from price_lists.models import ImportRun, Source, SourceItem, StagedRow
from price_lists.services.categories import categories_of, links_by_goods
from price_lists.services.diffing import MANY, dropped_by_chunk, pending, vanished
from price_lists.services.drafting import from_json
from price_lists.services.placing import start_placing
from price_lists.services.staged import check_rows_kept, forget_staged, has_rows
from price_lists.signals import import_moved
from price_lists.sources.precedence import Above
from price_lists.sources.shared_applying import Sharing
from price_lists.title_rules.holding import hold_names
from price_lists.title_rules.services import count_hidden

#: Offers in one transaction and outbox entry: some 0.2 s of the write lock on SQLite.
CHUNK = 1_000
_ITEM_COLUMNS = (
    "source_id", "key", "raw_hash", "price_hash", "stock_hash", "text_hash", "offer_id", "link_id",
    "withdrawn",
)  # fmt: skip
_ON_CONFLICT = "ON CONFLICT (source_id, key) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in _ITEM_COLUMNS if name not in {"source_id", "key"}
)
# Rows that say the same in other cells (or under other rules): the next reading should know them by their hash.
_REMEMBER_RAW = """
UPDATE price_lists_sourceitem SET raw_hash = staged.raw_hash
FROM price_lists_stagedrow AS staged
WHERE staged.run_id = %s AND staged.id BETWEEN %s AND %s AND staged.change = 'unchanged'
    AND staged.data IS NOT NULL AND price_lists_sourceitem.source_id = %s
    AND price_lists_sourceitem.key = staged.key AND price_lists_sourceitem.raw_hash <> staged.raw_hash
"""


class _Staged(NamedTuple):
    id: int
    row: int
    sheet: str
    key: str
    raw_hash: bytes
    price_hash: bytes
    stock_hash: bytes
    text_hash: bytes
    data: str | dict[str, Any]
    link_id: int | None
    change: str
    kinds: int
    offer_id: int | None


def apply_run(*, run: ImportRun, work: Work) -> ImportRun:
    """Applies from the checkpoint on. The run must be `applying`. Raises JobCancelled, JobTakenOver.

    Killed anywhere and called again, it ends with the same tables; at most one chunk is done twice.
    """
    if run.state != RunState.APPLYING:
        raise RunNotPossible("run_moved_on")
    if run.counts.get("offers") and not has_rows(run):
        raise RowsGone("rows_gone")
    _Applying(run, work).apply()
    finish(run=run)
    return run


def finish(*, run: ImportRun) -> None:
    """Records the run as applied and what it taught about the source; then its staged rows go."""
    mapping = Mapping.from_json(run.mapping or {})
    now = timezone.now()
    with transaction.atomic():
        confirm_supply(supply=run.source.supply, now=now)
        Source.objects.filter(pk=run.source_id).update(
            mapping=run.mapping,
            layout=mapping.signature,
            fingerprint=run.read_as.get(
                "fingerprint", ""
            ),  # not by what holds now: a preview may have waited
            numbering=run.source.numbering | run.counts.get("numbering", {}),
        )
        ImportRun.objects.filter(pk=run.pk).update(state=RunState.APPLIED, finished_at=now)
        # An older list of the same source that still waits has been overtaken.
        ImportRun.objects.filter(
            source=run.source_id,
            pk__lt=run.pk,
            state__in=[RunState.MAPPING, RunState.REVIEW, RunState.HELD, RunState.QUEUED],
        ).update(state=RunState.CANCELLED, error_code="superseded", finished_at=now)
        start_placing(run=run)
        import_moved.send(ImportRun, run=run, news="finished")
    run.refresh_from_db()
    metrics.ended(run)
    forget_staged(run=run)


class _Applying:
    def __init__(self, run: ImportRun, work: Work) -> None:
        self.run = run
        self.work = work
        self.supply = run.source.supply
        self.above = Above(run.source)
        self.sharing = Sharing(run, self.above)
        self.categories = categories_of(run.vendor_id)
        self.by_goods = links_by_goods(run.vendor_id)
        self.total = pending(run.counts)
        self.done = StagedRow.objects.filter(
            run=run, pk__lte=run.applied_id, change__in=[Change.NEW, Change.CHANGED]
        ).count()

    def apply(self) -> None:
        self.work.progress(self.done, self.total)
        # From the first row on the items' raw hashes may mean what other columns or terms gave: they count again when
        # all of them mean the same.
        sources = Source.objects.filter(pk=self.run.source_id)
        sources.exclude(fingerprint=self.run.read_as.get("fingerprint", "")).update(fingerprint="")
        while rows := self._next_rows():
            self._apply_rows(rows)
        self._remember_raw_hashes()
        self.sharing.leave(self.work)
        for last, dropped in dropped_by_chunk(self.run, CHUNK):
            gone = vanished(self.run, dropped).order_by("pk")
            if items := list(gone.values_list("pk", "offer_id", "key", "offer__title")):
                self._withdraw(items, last)
        if self.done >= MANY:
            refresh_statistics(SourceItem, Offer, StockLevel)

    def _next_rows(self) -> list[_Staged]:
        fields = ", ".join(_Staged._fields)
        with connection.cursor() as cursor:  # plain: Django's JSON field would parse each draft through json
            cursor.execute(
                f"SELECT {fields} FROM price_lists_stagedrow"  # noqa: S608 - names come from the tuple above
                # The plus keeps planners from the index by key, which would sort the whole run for each chunk.
                " WHERE +run_id = %s AND id > %s AND change IN ('new', 'changed') ORDER BY id LIMIT %s",
                [self.run.pk, self.run.applied_id, CHUNK],
            )
            return [_Staged(*row) for row in cursor.fetchall()]

    def _apply_rows(self, rows: list[_Staged]) -> None:
        proposals = [self._proposal(row) for row in rows]  # the costly part, before the transaction
        now = timezone.now()
        proposals, met = self.sharing.over(rows, proposals, now)
        proposals = self.above.over(proposals, self.sharing.held(rows, met))
        with transaction.atomic():
            self.work.check_cancelled()
            self.sharing.keep(rows, met, now)
            written = write_offers(supply=self.supply, proposals=proposals, now=now)
            if hidden := hold_names(proposals=proposals, written=written, now=now):
                self.run.counts = count_hidden(self.run, hidden)
            insert_rows(
                SourceItem,
                _ITEM_COLUMNS,
                [
                    (
                        self.run.source_id, row.key, row.raw_hash, row.price_hash, row.stock_hash,
                        row.text_hash, offer.offer_id, row.link_id, False,
                    )
                    for row, offer in zip(rows, written, strict=True)
                ],
                _ON_CONFLICT,
            )  # fmt: skip
            ImportRun.objects.filter(pk=self.run.pk).update(applied_id=rows[-1].id)
            reports.write_part(self.run, rows[0].id, _report_lines(rows, proposals, written))
        self.run.applied_id = rows[-1].id
        self.done += len(rows)
        self.work.progress(self.done, self.total)

    def _proposal(self, row: _Staged) -> Proposal:
        draft = from_json(row.data)
        is_new = row.offer_id is None
        category_id = self.categories.get(row.link_id) if row.link_id else None
        return Proposal(
            draft=draft,
            columns=draft.columns(),
            offer_id=row.offer_id,
            category_id=category_id,
            keep_category=not is_new and (row.link_id is None or row.link_id in self.by_goods),
            text=is_new or bool(row.kinds & Kind.TEXT),
            price=is_new or bool(row.kinds & Kind.PRICE),
            stock=is_new or bool(row.kinds & Kind.STOCK),
            returned=bool(row.kinds & Kind.RETURNED),
        )

    def _remember_raw_hashes(self) -> None:
        span = StagedRow.objects.filter(run=self.run, change=Change.UNCHANGED, data__isnull=False)
        ids = span.order_by("pk").values_list("pk", flat=True)
        first, last = ids.first(), ids.last()
        if first is None or last is None:
            return
        for start in range(first, last + 1, 20 * CHUNK):
            with transaction.atomic(), connection.cursor() as cursor:
                self.work.check_cancelled()
                cursor.execute(
                    _REMEMBER_RAW, [self.run.pk, start, start + 20 * CHUNK - 1, self.run.source_id]
                )

    def _withdraw(self, items: list[tuple[int, int, str, str]], last: int) -> None:
        now: dt.datetime = timezone.now()
        named = self.sharing.named([item[1] for item in items])
        gone = [item for item in items if item[1] not in named]
        with transaction.atomic():
            self.work.check_cancelled()
            check_rows_kept(run=self.run)
            withdraw_offers(offer_ids=[item[1] for item in gone], now=now)
            self.sharing.forget([item[1] for item in gone])
            SourceItem.objects.filter(pk__in=[item[0] for item in items]).update(withdrawn=True)
            # Rows of goods that left come after all others: an import that only withdraws has begun with this too.
            ImportRun.objects.filter(pk=self.run.pk).update(applied_id=last)
            reports.write_part(
                self.run,
                items[0][0],
                [
                    reports.Line(Change.VANISHED.value, 0, "", key, offer_id, title)
                    for _pk, offer_id, key, title in gone
                ],
                kind="vanished",
            )
        self.run.applied_id = last
        self.done += len(items)
        self.work.progress(self.done, self.total)


def _report_lines(
    rows: list[_Staged], proposals: list[Proposal], written: list[Written]
) -> list[reports.Line]:
    return [
        reports.Line(
            change=row.change,
            row=row.row,
            sheet=row.sheet,
            key=row.key,
            offer_id=offer.offer_id,
            title=proposal.draft.text["title"],
            kinds=row.kinds,
            old_amount=offer.old_amount,
            old_currency=offer.old_currency,
            amount=proposal.draft.price["amount"],
            currency=proposal.draft.price["currency"],
        )
        for row, proposal, offer in zip(rows, proposals, written, strict=True)
        if row.kinds or row.change != Change.CHANGED
    ]
