"""Reading a run's file into staged rows, batch by batch with a checkpoint, so that a killed reading goes on.

Raw rows that the source knows by their hash are not understood again, and are not staged either: `known` notes which
items they name. Those that only their name tells, or that meet another row of their good, are staged without `data`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from django.db import transaction

from core.bulk import insert_rows
from core.jobs.work import Work
from price_lists import reading
from price_lists.enums import RunState
from price_lists.errors import NoGoodsFound, RunNotPossible
from price_lists.mapping.model import Mapping
from price_lists.models import CategoryLink, ImportRun, RowProblem, Source, SourceItem, StagedRow
from price_lists.rows import RawRow, RowIssue, first_key, is_by_name, repeated_keys
from price_lists.services import known
from price_lists.services.categories import path_hash
from price_lists.services.columns import terms_of
from price_lists.services.drafting import (
    PATH_SEPARATOR,
    draft_of,
    fingerprint,
    from_json,
    staged,
)
from price_lists.services.keys import StagedKeys
from price_lists.services.staged import forget_staged, has_rows
from price_lists.services.staging_rows import (
    ON_CONFLICT,
    STAGED_COLUMNS,
    NeedsWholeReading,
    Row,
    one_of_two,
    own_key,
    problem,
    severity,
)
from price_lists.title_rules.services import rules_for

#: Rows between two checkpoints: some 0.1 s of the write lock on SQLite.
BATCH = 2_000
#: Problems kept for the reports; all are counted.
MAX_PROBLEMS = 20_000
_TITLES_KEPT = 12
#: The latter where the file is read again at the run's turn.
_READ_IN = (RunState.READING, RunState.APPLYING)


def stage_run(*, run: ImportRun, work: Work) -> ImportRun:
    """Reads the file from the checkpoint on. Raises Refusal, JobCancelled, JobTakenOver, RunNotPossible."""
    mapping = Mapping.from_json(run.mapping or {})
    try:
        _Staging(run, mapping, work, knows_rows=not run.counts.get("whole_reading")).read()
    except NeedsWholeReading:
        restart(run=run, whole=True)
        _Staging(run, mapping, work, knows_rows=False).read()
    if not has_rows(run):
        raise NoGoodsFound("no_valid_rows", detail=str(run.counts.get("errors", 0)))
    return run


def restart(*, run: ImportRun, whole: bool = False) -> None:
    """Throws the staged rows away and sets the checkpoint to the file's beginning."""
    run.staged_rows, run.counts = 0, {"whole_reading": True} if whole else {}
    # First: rows go in many transactions, and a reading that is begun anew lets none of them stand.
    ImportRun.objects.filter(pk=run.pk).update(staged_rows=0, counts=run.counts)
    forget_staged(run=run, problems=True)


class _Found(NamedTuple):
    """What a batch's rows are: known ones that nothing else names, as sheet -> (item, row's number); the others."""

    named: dict[str, list[tuple[int, int]]]
    rows: list[tuple[RawRow, Row]]
    items: dict[str, int]  # of these by key
    by_name: dict[bytes, dict[str, int | None]]


class _Staging:
    def __init__(self, run: ImportRun, mapping: Mapping, work: Work, *, knows_rows: bool) -> None:
        if not run.staged_rows:
            # Before anything is looked at: what is applied from here on shows, and the rows are read again.
            run.counts["standing"] = known.standing(run)
        self.run = run
        self.mapping = mapping
        self.work = work
        self.terms = terms_of(run, mapping)
        names = rules_for(run)
        read_as = fingerprint(mapping, self.terms, names)
        _note_fingerprint(run, read_as)
        # Asked anew: another run may have been applied since this one was loaded.
        same_rules = Source.objects.filter(pk=run.source_id, fingerprint=read_as).exists()
        self.knows_rows = knows_rows and same_rules
        self.understand = reading.normaliser(mapping, names=names)
        self.counts = Counter({key: value for key, value in run.counts.items() if isinstance(value, int)})
        self.links = dict(
            CategoryLink.objects.filter(vendor=run.vendor_id).values_list("path_hash", "pk").iterator()
        )
        self.link_of_path: dict[tuple[str, ...], int | None] = {(): None}
        earlier = StagedRow.objects.filter(run=run).values_list("key", flat=True)
        self.keys = StagedKeys(earlier.iterator() if run.staged_rows else ())
        self.lookup = known.Lookup(run.source_id)
        self.named = known.Named(run)

    def read(self) -> None:
        done = self.run.staged_rows
        if not done:
            forget_staged(run=self.run, problems=True)  # what is left of a reading that was given up
        rows = reading.raw_rows(self.run.price_list.file.path, self.mapping)
        for number, batch in _batches(rows, skip=done):
            self._stage(batch, upto=number)
            self.work.progress(number)

    def _stage(self, batch: Sequence[tuple[RawRow, bytes] | RowIssue], *, upto: int) -> None:
        issues = [item for item in batch if isinstance(item, RowIssue)]
        raws = [item for item in batch if not isinstance(item, RowIssue)]
        found = self._found(raws, issues)
        named, items = found.named, found.items
        rows = self._told_apart(found, issues)
        met = self._meet_earlier(rows, issues)
        places = self._meet_named(rows, items, issues)
        for row in rows.values():
            if row.item:
                named.setdefault(row.sheet, []).append((row.item, row.number))
        staging = {key: row for key, row in rows.items() if not row.item}
        counts = self.counts + Counter(severity(each) for each in issues)
        counts["duplicates"] += sum(each.code == "duplicate_article" for each in issues)
        with transaction.atomic():
            self.work.check_cancelled()
            self._link(staging)
            room = MAX_PROBLEMS - sum(self.counts[each] for each in ("errors", "warnings", "skipped"))
            RowProblem.objects.bulk_create(
                [problem(self.run.pk, each) for each in issues[: max(room, 0)]], batch_size=500
            )
            known.unnote(places)
            known.note(self.run, named)
            values = [row.values(self.run.pk) for row in staging.values()]
            # Without the clause PostgreSQL takes them by COPY straight into the table.
            insert_rows(StagedRow, STAGED_COLUMNS, values, ON_CONFLICT if met else "")
            self.run.counts = {**self.run.counts, **counts}
            going = ImportRun.objects.filter(pk=self.run.pk, state__in=_READ_IN)
            moved = going.update(staged_rows=upto, counts=self.run.counts)
            if not moved:
                raise RunNotPossible("run_moved_on")
        self.counts = counts
        self.keys.add(staging)
        self.named.staged.add([item for key, item in items.items() if key in staging])
        self.named.known.add([item for each in named.values() for item, _number in each])
        self.run.staged_rows = upto

    def _found(self, raws: Sequence[tuple[RawRow, bytes]], issues: list[RowIssue]) -> _Found:
        asked = [raw_hash for _raw, raw_hash in raws]
        by_hash, by_name = self.lookup.of(asked if self.knows_rows else [])
        once: dict[int, int] = {}  # item -> place in the batch
        again: list[tuple[int, int]] = []
        found: list[tuple[int, Row]] = []
        for place, (raw, raw_hash) in enumerate(raws):
            if item := by_hash.get(raw_hash):
                if once.setdefault(item, place) != place:
                    again.append((item, place))
            elif names := by_name.get(raw_hash):
                key, link_id = next(iter(names.items()))
                row = Row(raw.number, raw.sheet, first_key(key), raw_hash, None, link_id=link_id)
                found.append((place, row))
            else:
                found += [(place, row) for row in self._understood(raw, raw_hash, issues)]
        needed = self.knows_rows or self.named.known
        items = self.lookup.items_of([row.key for _place, row in found] if needed else [])
        met = self.named.known.among(once) | self.named.staged.among(once)
        met |= {item for item, _place in again} | (once.keys() & items.values())
        if met:
            keys = known.keys_of(met)
            for item, place in [*((item, once.pop(item)) for item in met), *again]:
                key, link_id = keys[item]
                items[key] = item
                raw, raw_hash = raws[place]
                row = Row(raw.number, raw.sheet, key, raw_hash, None, link_id=link_id, item=item)
                found.append((place, row))
            found.sort(key=lambda each: each[0])
        named: dict[str, list[tuple[int, int]]] = {}
        for item, place in once.items():
            raw = raws[place][0]
            named.setdefault(raw.sheet, []).append((item, raw.number))
        return _Found(named, [(raws[place][0], row) for place, row in found], items, by_name)

    def _told_apart(self, found: _Found, issues: list[RowIssue]) -> dict[str, Row]:
        """By key: rows of one name are numbered, of other rows of one good the later wins."""
        by_name = [row for _raw, row in found.rows if is_by_name(row.key)]
        names = self._names_so_far([row.key for row in by_name])
        self._tell_currencies([row for row in by_name if row.draft is None])
        rows: dict[str, Row] = {}
        for raw, row in found.rows:
            key = own_key(row, names) if by_name else row.key
            if row.draft is None and not row.item and key not in found.by_name[row.raw_hash]:
                # as it stands it is known, but as another of several goods with this name
                for said in self._understood(raw, row.raw_hash, issues):
                    self._add(rows, replace(said, key=key), issues)
                continue
            row.key = key
            self._add(rows, row, issues)
        return rows

    def _tell_currencies(self, known: list[Row]) -> None:
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

    def _understood(self, raw: RawRow, raw_hash: bytes, issues: list[RowIssue]) -> Iterator[Row]:
        for said in self.understand(raw):
            if isinstance(said, RowIssue):
                issues.append(said)
                continue
            draft = staged(draft_of(said, self.terms), said.category_path)
            yield Row(
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
            begin, end = repeated_keys(
                key
            )  # an index answers this on either database, LIKE only on PostgreSQL
            further = earlier.filter(key__gte=begin, key__lt=end).count()
            names[key] = [currency or self._currency_of(key), 1 + further]
        return names

    def _currency_of(self, key: str) -> str:
        item = SourceItem.objects.filter(source=self.run.source_id, key=key)
        return item.values_list("offer__price_currency", flat=True).first() or ""

    def _add(self, rows: dict[str, Row], row: Row, issues: list[RowIssue]) -> None:
        """Puts a row into the batch; the same good again wins, unless it is a further price of it."""
        earlier = rows.pop(row.key, None)
        rows[row.key] = row if earlier is None else self._one_of_two(earlier, row, issues)

    def _one_of_two(self, first: Row, later: Row, issues: list[RowIssue]) -> Row:
        for row in (first, later):
            if row.draft is None and not row.currency:
                row.currency = self._currency_of(row.key)
        return one_of_two(first, later, issues)

    def _meet_earlier(self, rows: dict[str, Row], issues: list[RowIssue]) -> bool:
        """The same for rows that an earlier batch staged. Whether there are any."""
        keys = self.keys.perhaps(rows)
        if not keys:
            return False
        met = False
        earlier = StagedRow.objects.filter(run=self.run, key__in=keys).values_list(
            "row", "sheet", "key", "raw_hash", "data", "text_hash", "link_id", "price_currency"
        )
        for number, sheet, key, raw_hash, data, text_hash, link_id, currency in earlier:
            draft = None
            if data is not None:
                draft = replace(staged(from_json(data), ()), text_hash=bytes(text_hash or b""))
            first = Row(number, sheet, key, bytes(raw_hash), draft, link_id=link_id, currency=currency)
            rows[key] = self._one_of_two(first, rows[key], issues)
            rows[key].item = 0  # in the place of the staged row
            met = True
        return met

    def _meet_named(
        self, rows: dict[str, Row], items: dict[str, int], issues: list[RowIssue]
    ) -> dict[int, known.Place]:
        """The same for known rows of earlier batches. Where these are noted, by item."""
        keys = {items[key]: key for key in rows if key in items}
        places = self.named.places(keys)
        for item, (_record, number, sheet) in places.items():
            key = keys[item]
            first = Row(number, sheet, key, b"", None, item=item)
            rows[key] = self._one_of_two(first, rows[key], issues)
        return places

    def _link(self, rows: dict[str, Row]) -> None:
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


def _note_fingerprint(run: ImportRun, read_as: str) -> None:
    """Notes with the run what its rows are read with: nothing where that is another than at the reading's beginning."""
    if run.staged_rows and run.read_as.get("fingerprint") != read_as:
        read_as = ""
    run.read_as = {**run.read_as, "fingerprint": read_as}
    ImportRun.objects.filter(pk=run.pk).update(read_as=run.read_as)


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
