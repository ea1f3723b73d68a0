"""Reading a run's file into staged rows, batch by batch with a checkpoint, so that a killed reading goes on.

Raw rows that the source knows by their hash are staged without being understood again (`data` is null).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection, transaction

from core.bulk import insert_rows
from core.jobs.work import Work
from price_lists import reading
from price_lists.enums import Change, RunState
from price_lists.errors import NoGoodsFound, RunNotPossible
from price_lists.mapping.model import Mapping
from price_lists.messages import issue
from price_lists.models import CategoryLink, ImportRun, RowProblem, SourceItem, StagedRow
from price_lists.rows import RawRow, RowIssue, Severity, first_key, is_by_name, repeated_key
from price_lists.services.categories import path_hash
from price_lists.services.columns import terms_of
from price_lists.services.drafting import (
    PATH_SEPARATOR,
    StagedDraft,
    digest,
    draft_of,
    fingerprint,
    from_json,
    merged,
    staged,
)
from price_lists.services.keys import StagedKeys
from price_lists.services.staged import forget_staged
from price_lists.title_rules.services import rules_for

#: Rows between two checkpoints: some 0.1 s of the write lock on SQLite.
BATCH = 2_000
#: Problems kept for the reports; all are counted.
MAX_PROBLEMS = 20_000
_TITLES_KEPT = 12
_STAGED_COLUMNS = (
    "run_id", "row", "sheet", "key", "raw_hash", "price_hash", "stock_hash", "text_hash", "price_amount",
    "price_currency", "data", "link_id", "change", "kinds", "offer_id",
)  # fmt: skip
_ON_CONFLICT = "ON CONFLICT (run_id, key) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in _STAGED_COLUMNS if name not in {"run_id", "key"}
)
_KNOWN = (
    "SELECT raw_hash, key, link_id FROM price_lists_sourceitem"
    " WHERE source_id = %s AND NOT withdrawn AND raw_hash"
)


class _NeedsWholeReading(Exception):
    """A known row meets another row of the same good in another currency: both must be understood."""


@dataclass(slots=True)
class _Row:
    """A row on its way into staging; without `draft` it is known by its raw hash."""

    number: int
    sheet: str
    key: str
    raw_hash: bytes
    draft: StagedDraft | None
    path: tuple[str, ...] = ()
    link_id: int | None = None
    currency: str = ""

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


def stage_run(*, run: ImportRun, work: Work) -> ImportRun:
    """Reads the file from the checkpoint on. Raises Refusal, JobCancelled, JobTakenOver, RunNotPossible."""
    mapping = Mapping.from_json(run.mapping or {})
    try:
        _Staging(run, mapping, work, knows_rows=not run.counts.get("whole_reading")).read()
    except _NeedsWholeReading:
        restart(run=run, whole=True)
        _Staging(run, mapping, work, knows_rows=False).read()
    if not StagedRow.objects.filter(run=run).exists():
        raise NoGoodsFound("no_valid_rows", detail=str(run.counts.get("errors", 0)))
    return run


def restart(*, run: ImportRun, whole: bool = False) -> None:
    """Throws the staged rows away and sets the checkpoint to the file's beginning."""
    forget_staged(run=run, problems=True)
    run.staged_rows, run.counts = 0, {"whole_reading": True} if whole else {}
    ImportRun.objects.filter(pk=run.pk).update(staged_rows=0, counts=run.counts)


class _Staging:
    def __init__(self, run: ImportRun, mapping: Mapping, work: Work, *, knows_rows: bool) -> None:
        self.run = run
        self.mapping = mapping
        self.work = work
        self.terms = terms_of(run, mapping)
        names = rules_for(run)
        same_rules = run.source.fingerprint == fingerprint(mapping, self.terms, names)
        self.knows_rows = knows_rows and same_rules
        self.understand = reading.normaliser(mapping, names=names)
        self.counts = Counter({key: value for key, value in run.counts.items() if isinstance(value, int)})
        self.links = dict(
            CategoryLink.objects.filter(vendor=run.vendor_id).values_list("path_hash", "pk").iterator()
        )
        self.link_of_path: dict[tuple[str, ...], int | None] = {(): None}
        earlier = StagedRow.objects.filter(run=run).values_list("key", flat=True)
        self.keys = StagedKeys(earlier.iterator() if run.staged_rows else ())

    def read(self) -> None:
        done = self.run.staged_rows
        rows = reading.raw_rows(self.run.price_list.file.path, self.mapping)
        for number, batch in _batches(rows, skip=done):
            self._stage(batch, upto=number)
            self.work.progress(number)

    def _stage(self, batch: Sequence[tuple[RawRow, bytes] | RowIssue], *, upto: int) -> None:
        issues = [item for item in batch if isinstance(item, RowIssue)]
        raws = [item for item in batch if not isinstance(item, RowIssue)]
        known = self._known([raw_hash for _raw, raw_hash in raws])
        found: list[tuple[RawRow, _Row]] = []
        for raw, raw_hash in raws:
            if items := known.get(raw_hash):
                key, link_id = next(iter(items.items()))
                found.append(
                    (raw, _Row(raw.number, raw.sheet, first_key(key), raw_hash, None, link_id=link_id))
                )
            else:
                found += [(raw, row) for row in self._understood(raw, raw_hash, issues)]
        by_name = [row for _raw, row in found if is_by_name(row.key)]
        names = self._names_so_far([row.key for row in by_name])
        self._tell_currencies([row for row in by_name if row.draft is None])
        rows: dict[str, _Row] = {}
        for raw, row in found:
            key = _own_key(row, names) if by_name else row.key
            if row.draft is None and key not in known[row.raw_hash]:
                # as it stands it is known, but as another of several goods with this name
                for said in self._understood(raw, row.raw_hash, issues):
                    self._add(rows, replace(said, key=key), issues)
                continue
            row.key = key
            self._add(rows, row, issues)
        met = self._meet_earlier(rows, issues)
        counts = self.counts + Counter(_severity(each) for each in issues)
        counts["duplicates"] += sum(each.code == "duplicate_article" for each in issues)
        with transaction.atomic():
            self.work.check_cancelled()
            self._link(rows)
            room = MAX_PROBLEMS - sum(self.counts[each] for each in ("errors", "warnings", "skipped"))
            RowProblem.objects.bulk_create(
                [_problem(self.run.pk, each) for each in issues[: max(room, 0)]], batch_size=500
            )
            values = [row.values(self.run.pk) for row in rows.values()]
            # Without the clause PostgreSQL takes them by COPY straight into the table.
            insert_rows(StagedRow, _STAGED_COLUMNS, values, _ON_CONFLICT if met else "")
            self.run.counts = {**self.run.counts, **counts}
            moved = ImportRun.objects.filter(pk=self.run.pk, state=RunState.READING).update(
                staged_rows=upto, counts=self.run.counts
            )
            if not moved:
                raise RunNotPossible("run_moved_on")
        self.counts = counts
        self.keys.add(rows)
        self.run.staged_rows = upto

    def _known(self, hashes: list[bytes]) -> dict[bytes, dict[str, int | None]]:
        """By raw hash: key -> category link of the source's items that hold these very rows."""
        known: dict[bytes, dict[str, int | None]] = {}
        if not self.knows_rows or not hashes:
            return known
        # Plain SQL: Django's way through so many values takes longer than the database.
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(f"{_KNOWN} = ANY(%s)", [self.run.source_id, hashes])
            else:
                marks = ",".join(["%s"] * len(hashes))
                cursor.execute(f"{_KNOWN} IN ({marks})", [self.run.source_id, *hashes])
            for raw_hash, key, link_id in cursor.fetchall():
                known.setdefault(bytes(raw_hash), {})[key] = link_id
        return known

    def _tell_currencies(self, known: list[_Row]) -> None:
        """Of goods that only their name tells the currency tells whether a row is another price of the same."""
        if known:
            items = SourceItem.objects.filter(
                source=self.run.source_id, raw_hash__in={row.raw_hash for row in known}, withdrawn=False
            )
            told = {
                bytes(raw_hash): currency
                for raw_hash, currency in items.values_list("raw_hash", "offer__price_currency")
            }
            for row in known:
                row.currency = told.get(row.raw_hash, "")

    def _understood(self, raw: RawRow, raw_hash: bytes, issues: list[RowIssue]) -> Iterator[_Row]:
        for said in self.understand(raw):
            if isinstance(said, RowIssue):
                issues.append(said)
                continue
            draft = staged(draft_of(said, self.terms), said.category_path)
            yield _Row(
                said.row,
                said.sheet,
                said.key(),
                raw_hash,
                draft,
                path=said.category_path,
                currency=draft.draft.price["currency"],
            )

    def _names_so_far(self, keys: list[str]) -> dict[str, list[Any]]:
        """Of these keys by name, those that earlier batches staged: [currency of the first, how many rows]."""
        if not self.run.staged_rows or not keys:
            return {}
        earlier = StagedRow.objects.filter(run=self.run)
        names: dict[str, list[Any]] = {}
        for key, currency in earlier.filter(key__in=keys).values_list("key", "price_currency"):
            further = earlier.filter(key__startswith=f"{key}#").count()
            names[key] = [currency or self._currency_of(key), 1 + further]
        return names

    def _currency_of(self, key: str) -> str:
        item = SourceItem.objects.filter(source=self.run.source_id, key=key)
        return item.values_list("offer__price_currency", flat=True).first() or ""

    def _add(self, rows: dict[str, _Row], row: _Row, issues: list[RowIssue]) -> None:
        """Puts a row into the batch; the same good again wins, unless it is a further price of it."""
        earlier = rows.pop(row.key, None)
        rows[row.key] = row if earlier is None else self._one_of_two(earlier, row, issues)

    def _one_of_two(self, first: _Row, later: _Row, issues: list[RowIssue]) -> _Row:
        for row in (first, later):
            if row.draft is None and not row.currency:
                row.currency = self._currency_of(row.key)
        return _one_of_two(first, later, issues)

    def _meet_earlier(self, rows: dict[str, _Row], issues: list[RowIssue]) -> bool:
        """The same for rows that an earlier batch staged. Whether there are any."""
        keys = self.keys.perhaps(rows)
        if not keys:
            return False
        earlier = StagedRow.objects.filter(run=self.run, key__in=keys).values_list(
            "row", "sheet", "key", "raw_hash", "data", "text_hash", "link_id", "price_currency"
        )
        for number, sheet, key, raw_hash, data, text_hash, link_id, currency in earlier:
            draft = None
            if data is not None:
                draft = replace(staged(from_json(data), ()), text_hash=bytes(text_hash or b""))
            first = _Row(number, sheet, key, bytes(raw_hash), draft, link_id=link_id, currency=currency)
            rows[key] = self._one_of_two(first, rows[key], issues)
        return True

    def _link(self, rows: dict[str, _Row]) -> None:
        """Finds or makes the vendor's categories of the batch. Within its transaction."""
        titles: dict[tuple[str, ...], list[str]] = {}
        for row in rows.values():
            if row.draft is not None and row.path not in self.link_of_path:
                kept = titles.setdefault(row.path, [])
                if len(kept) < _TITLES_KEPT:
                    kept.append(row.draft.draft.text["title"])
        hashes = {path: path_hash(path) for path in titles}
        fresh = [path for path in titles if hashes[path] not in self.links]
        if fresh:
            CategoryLink.objects.bulk_create(
                [
                    CategoryLink(
                        vendor_id=self.run.vendor_id,
                        path=PATH_SEPARATOR.join(path)[:500],
                        path_hash=hashes[path],
                        titles=titles[path],
                    )
                    for path in fresh
                ],
                ignore_conflicts=True,
                batch_size=500,
            )
            made = CategoryLink.objects.filter(
                vendor=self.run.vendor_id, path_hash__in=[hashes[path] for path in fresh]
            )
            self.links.update({bytes(each): pk for each, pk in made.values_list("path_hash", "pk")})
        for path in titles:
            self.link_of_path[path] = self.links[hashes[path]]
        for row in rows.values():
            if row.draft is not None and row.link_id is None:
                row.link_id = self.link_of_path[row.path]


def _own_key(row: _Row, names: dict[str, list[Any]]) -> str:
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


def _one_of_two(first: _Row, later: _Row, issues: list[RowIssue]) -> _Row:
    """Two rows of one good: the later wins; in another currency it is a further price of the same offer."""
    if first.draft is None or later.draft is None:
        if first.currency != later.currency:
            raise _NeedsWholeReading
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


def _note(code: str, at: _Row, other: _Row, issues: list[RowIssue]) -> None:
    issues.append(
        issue(code, row=at.number, sheet=at.sheet, value=str(other.number), severity=Severity.WARNING)
    )


def _batches(
    rows: Iterator[tuple[RawRow, bytes] | RowIssue], *, skip: int
) -> Iterator[tuple[int, list[tuple[RawRow, bytes] | RowIssue]]]:
    """(how many rows of the file are read with it, batch), from row `skip` on."""
    batch: list[tuple[RawRow, bytes] | RowIssue] = []
    number = 0
    for item in rows:
        number += 1
        if number <= skip:
            continue
        batch.append(item)
        if len(batch) >= BATCH:
            yield number, batch
            batch = []
    if batch:
        yield number, batch


def _severity(said: RowIssue) -> str:
    return {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.SKIPPED: "skipped"}[
        said.severity
    ]


def _problem(run_id: int, said: RowIssue) -> RowProblem:
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
