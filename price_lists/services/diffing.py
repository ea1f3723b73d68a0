"""What a run's staged rows would change, found set by set: new, changed (and in which part), unchanged, vanished."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import Count, Exists, Max, Min, OuterRef, QuerySet

from core.jobs.work import Work
from price_lists.enums import Change, Kind, RunState
from price_lists.models import ImportRun, SharedValue, SourceItem, StagedRow
from price_lists.sources.enums import Role
from price_lists.sources.meeting import other_sources
from price_lists.sources.shared_diffing import reset, share

#: Staged rows compared in one statement: below 0.3 s of the write lock on SQLite.
CHUNK = 20_000

# Kind bits; a row without data is one whose raw hash was found, so its parts are what they were.
_COMPARE = """
UPDATE price_lists_stagedrow SET
    offer_id = item.offer_id,
    kinds = CASE WHEN data IS NULL THEN 0 ELSE
        (CASE WHEN price_lists_stagedrow.price_hash = item.price_hash THEN 0 ELSE 1 END)
        + (CASE WHEN price_lists_stagedrow.stock_hash = item.stock_hash THEN 0 ELSE 2 END)
        + (CASE WHEN price_lists_stagedrow.text_hash = item.text_hash THEN 0 ELSE 4 END)
        + (CASE WHEN item.withdrawn THEN 8 ELSE 0 END) END,
    change = CASE
        WHEN data IS NULL THEN 'unchanged'
        WHEN item.withdrawn THEN 'new'
        WHEN price_lists_stagedrow.price_hash = item.price_hash
            AND price_lists_stagedrow.stock_hash = item.stock_hash
            AND price_lists_stagedrow.text_hash = item.text_hash THEN 'unchanged'
        ELSE 'changed' END
FROM price_lists_sourceitem AS item
WHERE price_lists_stagedrow.run_id = %s AND price_lists_stagedrow.id BETWEEN %s AND %s
    AND item.source_id = %s AND item.key = price_lists_stagedrow.key
"""


def diff_run(*, run: ImportRun, work: Work) -> bool:
    """Compares the staged rows with what the source said last and counts. False: they must be read again.

    That is so when another import changed an item whose row was staged as known, and when goods that are known turn out
    to be those of another source of the vendor.
    """
    if outdated_rows(run).exists():
        return False
    has_items = SourceItem.objects.filter(source=run.source_id).exists()
    span = StagedRow.objects.filter(run=run).aggregate(first=Min("pk"), last=Max("pk"))
    others = other_sources(run.source)
    if others and span["first"] is not None:
        reset(run, (span["first"], span["last"]))
    if has_items and span["first"] is not None:
        for start in range(span["first"], span["last"] + 1, CHUNK):
            with transaction.atomic(), connection.cursor() as cursor:
                work.check_cancelled()
                cursor.execute(_COMPARE, [run.pk, start, start + CHUNK - 1, run.source_id])
    if others and not share(run=run, work=work, others=others):
        return False
    counts = _counts(run)
    run.counts = {**run.counts, **counts, "diffed_at": newest_applied(run)}
    ImportRun.objects.filter(pk=run.pk).update(counts=run.counts)
    return True


def newest_applied(run: ImportRun) -> int:
    """Id of the newest applied run of the vendor's full sources, which may bring the same goods: a diff made before it
    no longer holds.
    """
    applied = ImportRun.objects.filter(vendor=run.vendor_id, source__role=Role.FULL, state=RunState.APPLIED)
    return applied.order_by("-finished_at").values_list("pk", flat=True).first() or 0


def outdated_rows(run: ImportRun) -> QuerySet[StagedRow]:
    """Rows staged as known whose item is no longer what it was."""
    same = SourceItem.objects.filter(
        source=run.source_id, key=OuterRef("key"), raw_hash=OuterRef("raw_hash"), withdrawn=False
    )
    return StagedRow.objects.filter(run=run, data__isnull=True).exclude(Exists(same))


def dropped_items(run: ImportRun) -> QuerySet[SourceItem]:
    """Items of the source that the file no longer names."""
    named = StagedRow.objects.filter(run=run, key=OuterRef("key"))
    return SourceItem.objects.filter(source=run.source_id, withdrawn=False).exclude(Exists(named))


def left_items(run: ImportRun) -> QuerySet[SourceItem]:
    """Of the dropped ones those that another source of the vendor brings."""
    return dropped_items(run).filter(Exists(_elsewhere(run)))


def vanished_items(run: ImportRun) -> QuerySet[SourceItem]:
    """Of the dropped ones those that nobody brings any more: their offers go off sale."""
    dropped = dropped_items(run)
    shares = SharedValue.objects.filter(source=run.source_id).exists()
    return dropped.exclude(Exists(_elsewhere(run))) if shares else dropped


def _elsewhere(run: ImportRun) -> QuerySet[SharedValue]:
    return SharedValue.objects.filter(offer=OuterRef("offer_id")).exclude(source=run.source_id)


def _counts(run: ImportRun) -> dict[str, int]:
    counts = dict.fromkeys(("new", "changed", "unchanged", "price", "stock", "text", "returned", "told"), 0)
    rows = StagedRow.objects.filter(run=run).order_by()
    for change, kinds, number in rows.values_list("change", "kinds").annotate(number=Count("pk")):
        if change == Change.CHANGED and not kinds:
            # What the row says is noted; another source's word holds.
            counts[Change.UNCHANGED] += number
            counts["told"] += number
            continue
        counts[change] += number
        if change == Change.CHANGED:
            counts["price"] += number * bool(kinds & Kind.PRICE)
            counts["stock"] += number * bool(kinds & Kind.STOCK)
            counts["text"] += number * bool(kinds & Kind.TEXT)
        counts["returned"] += number * bool(kinds & Kind.RETURNED)
    counts["vanished"] = vanished_items(run).count()
    if run.counts.get("numbering"):
        counts["left"] = left_items(run).count()
    counts["before"] = SourceItem.objects.filter(source=run.source_id, withdrawn=False).count()
    counts["offers"] = counts["new"] + counts["changed"] + counts["unchanged"]
    return counts


def pending(counts: dict[str, int]) -> int:
    """How many offers an import would touch."""
    return counts.get("new", 0) + counts.get("changed", 0) + counts.get("vanished", 0)
