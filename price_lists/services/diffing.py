"""What a run's staged rows would change, found set by set: new, changed (and in which part), unchanged, vanished."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction
from django.db.models import Count, Exists, Max, Min, OuterRef, QuerySet, Sum

from core.bulk import insert_rows
from core.databases import refresh_statistics
from core.jobs.work import Work
from price_lists.enums import Change, Kind, RunState
from price_lists.models import ImportRun, SharedValue, SourceItem, StagedRow
from price_lists.services.known import Ids, has_moved, named_count, unnamed_items
from price_lists.sources.enums import Role
from price_lists.sources.meeting import other_sources
from price_lists.sources.shared_diffing import hides_twins, reset, share

#: Staged rows compared in one statement: below 0.3 s of the write lock on SQLite.
CHUNK = 20_000
#: Rows from which on PostgreSQL's planner is told of them before they are joined: a wrong guess compares each with each.
MANY = 5_000

#: Items looked at together, of those that known rows do not name.
DROPPED_CHUNK = 2_000
_DROPPED_COLUMNS = (
    "run_id", "row", "sheet", "key", "raw_hash", "price_currency", "change", "kinds", "offer_id",
)  # fmt: skip

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

    That is so when another import changed items that rows were known by, and when goods that are known turn out to be
    those of another source of the vendor.
    """
    seen = applied_so_far(run)  # before it looks: what comes meanwhile it may have missed
    StagedRow.objects.filter(run=run, change=Change.VANISHED).delete()  # of an earlier comparison
    if run.staged_rows >= MANY:
        refresh_statistics(StagedRow)
    if outdated_rows(run).exists() or (named_count(run) and has_moved(run)):
        return False
    has_items = SourceItem.objects.filter(source=run.source_id).exists()
    span = StagedRow.objects.filter(run=run).aggregate(first=Min("pk"), last=Max("pk"))
    others = other_sources(run.source)
    if others and span["first"] is not None:
        reset(run, (span["first"], span["last"]))
    if has_items and span["first"] is not None:
        _compare(run, work, (span["first"], span["last"]))
    if others and hides_twins(run=run, others=others):
        return False
    counts = _counts(run)
    before = SourceItem.objects.filter(source=run.source_id, withdrawn=False).count()
    # Nearly always arithmetic tells that none left: each known row and each that is not new is that of one item.
    dropped = _stage_dropped(run, work) if before > counts["changed"] + counts["unchanged"] else 0
    moved = Ids()
    if others:  # after the items that left are staged: their goods may be here under other keys
        moved = share(run=run, work=work, others=others)
        counts = _counts(run)
    counts |= {"before": before, "vanished": vanished_items(run).count() if dropped else 0}
    if run.counts.get("numbering"):
        counts["left"] = _left_count(run, moved) if dropped else 0
    run.counts = {**run.counts, **counts, "diffed_at": seen}
    ImportRun.objects.filter(pk=run.pk).update(counts=run.counts)
    return True


def compare_rest(*, run: ImportRun, work: Work) -> None:
    """Compares what is not applied yet of a run that was interrupted, if the catalogue has changed since: another list
    of the vendor may bring the same goods by now. What the run's counts say stays.
    """
    others, seen = other_sources(run.source), applied_so_far(run)
    if not others or run.counts.get("diffed_at") == seen:
        return
    rest = StagedRow.objects.filter(run=run, pk__gt=run.applied_id).exclude(change=Change.VANISHED)
    span = rest.aggregate(first=Min("pk"), last=Max("pk"))
    if span["first"] is not None:
        reset(run, (span["first"], span["last"]))
        _compare(run, work, (span["first"], span["last"]))
        share(run=run, work=work, others=others, after=run.applied_id)
    run.counts = {**run.counts, "diffed_at": seen}
    ImportRun.objects.filter(pk=run.pk).update(counts=run.counts)


def begins_again(run: ImportRun) -> bool:
    """Whether a half applied run's source was told something else since: neither what it has applied nor what it knew
    holds any more, so that it is applied from its beginning.
    """
    if not has_moved(run):
        return False
    ImportRun.objects.filter(pk=run.pk).update(applied_id=0)
    run.applied_id = 0
    return True


def _compare(run: ImportRun, work: Work, span: tuple[int, int]) -> None:
    for start in range(span[0], span[1] + 1, CHUNK):
        with transaction.atomic(), connection.cursor() as cursor:
            work.check_cancelled()
            end = min(start + CHUNK - 1, span[1])
            cursor.execute(_COMPARE, [run.pk, start, end, run.source_id])


def needs_comparing(run: ImportRun) -> bool:
    """Whether the catalogue has changed since the run was compared with it."""
    return run.counts.get("diffed_at") != applied_so_far(run) or has_moved(run)


def applied_so_far(run: ImportRun) -> str:
    """Another text as soon as more was applied of the vendor's full sources, which may bring the same goods, be it half
    a list: a diff made before it no longer holds.
    """
    full = ImportRun.objects.filter(vendor=run.vendor_id, source__role=Role.FULL).exclude(pk=run.pk)
    applied = full.filter(state=RunState.APPLIED).order_by("-finished_at")
    halves = full.exclude(state=RunState.APPLIED).aggregate(upto=Sum("applied_id"))
    return f"{applied.values_list('pk', flat=True).first() or 0}.{halves['upto'] or 0}"


def outdated_rows(run: ImportRun) -> QuerySet[StagedRow]:
    """Rows staged as known whose item is no longer what it was."""
    same = SourceItem.objects.filter(
        source=run.source_id, key=OuterRef("key"), raw_hash=OuterRef("raw_hash"), withdrawn=False
    )
    return StagedRow.objects.filter(run=run, data__isnull=True).exclude(Exists(same))


def dropped_items(run: ImportRun) -> QuerySet[SourceItem]:
    """Items of the source that the file no longer names, as the comparison found and staged them."""
    dropped = StagedRow.objects.filter(run=run, change=Change.VANISHED).values("key")
    return SourceItem.objects.filter(source=run.source_id, withdrawn=False, key__in=dropped)


def dropped_by_chunk(run: ImportRun, size: int) -> Iterator[tuple[int, QuerySet[SourceItem]]]:
    """The same in parts, each with the id of the last row that was staged for it."""
    last = 0
    staged = StagedRow.objects.filter(run=run, change=Change.VANISHED).order_by("pk")
    while rows := list(staged.filter(pk__gt=last).values_list("pk", "key")[:size]):
        last = rows[-1][0]
        keys = [key for _pk, key in rows]
        yield last, SourceItem.objects.filter(source=run.source_id, withdrawn=False, key__in=keys)


def offers_of_rows(run: ImportRun) -> Ids:
    """Offers that rows of the run are about, maybe under another key than the one that left."""
    rows = StagedRow.objects.filter(run=run, change__in=[Change.NEW, Change.CHANGED], offer_id__isnull=False)
    offers = Ids()
    offers.add([pk for pk in rows.order_by().values_list("offer_id", flat=True) if pk])
    return offers


def left(run: ImportRun, dropped: QuerySet[SourceItem]) -> QuerySet[SourceItem]:
    """Of dropped items those that another source of the vendor brings."""
    return dropped.filter(Exists(_elsewhere(run)))


def vanished(run: ImportRun, dropped: QuerySet[SourceItem]) -> QuerySet[SourceItem]:
    """Of dropped items those that nobody brings any more: their offers go off sale."""
    shares = SharedValue.objects.filter(source=run.source_id).exists()
    return dropped.exclude(Exists(_elsewhere(run))) if shares else dropped


def vanished_items(run: ImportRun) -> QuerySet[SourceItem]:
    return vanished(run, dropped_items(run))


def _elsewhere(run: ImportRun) -> QuerySet[SharedValue]:
    return SharedValue.objects.filter(offer=OuterRef("offer_id")).exclude(source=run.source_id)


def _stage_dropped(run: ImportRun, work: Work) -> int:
    """Stages the items that the file no longer names, so that nobody has to look for them again. Returns how many."""
    items, dropped = unnamed_items(run), 0
    for start in range(0, len(items), DROPPED_CHUNK):
        dropped += _stage_unnamed(run, work, items[start : start + DROPPED_CHUNK])
    if dropped >= MANY:
        refresh_statistics(StagedRow)
    return dropped


def _left_count(run: ImportRun, moved: Ids) -> int:
    """How many goods go on with what another source says; those that are here under another key do not leave."""
    if not moved:
        return left(run, dropped_items(run)).count()
    count = 0
    for _last, dropped in dropped_by_chunk(run, DROPPED_CHUNK):
        offers = list(left(run, dropped).values_list("offer_id", flat=True))
        here = moved.among(offers)
        count += sum(pk not in here for pk in offers)
    return count


def _stage_unnamed(run: ImportRun, work: Work, items: list[int]) -> int:
    # Two plain look-ups: joined, PostgreSQL may choose to compare each with each.
    told = list(SourceItem.objects.filter(pk__in=items).values_list("key", "offer_id").order_by("pk"))
    staged = set(
        StagedRow.objects.filter(run=run, key__in=[key for key, _offer in told]).values_list("key", flat=True)
    )
    dropped = [
        (run.pk, 0, "", key, b"", "", Change.VANISHED.value, 0, offer_id)
        for key, offer_id in told
        if key not in staged
    ]
    with transaction.atomic():
        work.check_cancelled()
        insert_rows(StagedRow, _DROPPED_COLUMNS, dropped)
    return len(dropped)


def _counts(run: ImportRun) -> dict[str, int]:
    counts = dict.fromkeys(("new", "changed", "unchanged", "price", "stock", "text", "returned", "told"), 0)
    rows = StagedRow.objects.filter(run=run).exclude(change=Change.VANISHED).order_by()
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
    counts["named"] = named_count(run)  # of the unchanged ones those that are not staged
    counts["unchanged"] += counts["named"]
    counts["offers"] = counts["new"] + counts["changed"] + counts["unchanged"]
    return counts


def pending(counts: dict[str, int]) -> int:
    """How many offers an import would touch."""
    return counts.get("new", 0) + counts.get("changed", 0) + counts.get("vanished", 0)
