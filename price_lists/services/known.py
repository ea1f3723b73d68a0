"""Rows of a file that the source knows by their hash: of them only is noted which items they name, and where.

That takes 12 bytes a row, where a staged row takes 300 and three indexes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import Count, Q, Sum
from django.db.models.functions import Length

from core.bulk import among, insert_rows
from price_lists.enums import RunState
from price_lists.models import ImportRun, KnownRows, SourceItem, StagedRow

_ITEM, _ROW = np.dtype("<i8"), np.dtype("<u4")
#: Keys that only the name gives, between these two.
_BY_NAME: Final = ("name:", "name;")
_ids = npt.NDArray[np.int64]


class Ids:
    """Numbers that were added; which of others are among them is told at once for many."""

    def __init__(self) -> None:
        #: Sorted, each longer than all that follow: a number is sorted some 20 times.
        self._parts: list[_ids] = []

    def __bool__(self) -> bool:
        return bool(self._parts)

    def add(self, ids: Collection[int]) -> None:
        part = np.sort(_array(ids))
        while self._parts and len(self._parts[-1]) <= len(part):
            part = np.sort(np.concatenate((self._parts.pop(), part)), kind="stable")
        if len(part):
            self._parts.append(part)

    def among(self, ids: Collection[int]) -> set[int]:
        found: set[int] = set()
        if not self._parts or not ids:
            return found
        asked = np.sort(_array(ids))
        for part in self._parts:
            places = np.searchsorted(part, asked)
            places[places == len(part)] = 0
            found.update(asked[part[places] == asked].tolist())
        return found


class Known(NamedTuple):
    """Raw hashes that the source's items have: the item, or, of goods that only their name tells, key -> link."""

    items: dict[bytes, int]
    by_name: dict[bytes, dict[str, int | None]]


class Lookup:
    """Which rows a source knows. It asks for nothing but the index, and of goods by name for their keys too."""

    def __init__(self, source_id: int) -> None:
        self.source_id = source_id
        first, end = _BY_NAME
        items = SourceItem.objects.filter(source=source_id)
        self.has_names = items.filter(key__gte=first, key__lt=end).exists()

    def of(self, hashes: list[bytes]) -> Known:
        known = Known({}, {})
        if not hashes:
            return known
        several: set[bytes] = set()
        # Plain SQL: Django's way through so many values takes longer than the database.
        with connection.cursor() as cursor:
            statement = (
                "SELECT raw_hash, id FROM price_lists_sourceitem"
                " WHERE source_id = %s AND NOT withdrawn AND raw_hash"
            )
            if connection.vendor == "postgresql":
                cursor.execute(f"{statement} = ANY(%s)", [self.source_id, hashes])
            else:
                marks = ",".join(["%s"] * len(hashes))
                cursor.execute(f"{statement} IN ({marks})", [self.source_id, *hashes])
            found = cursor.fetchall()
        for raw_hash, pk in found:
            if known.items.setdefault(bytes(raw_hash), pk) != pk:
                several.add(bytes(raw_hash))
        if self.has_names:
            hash_of = {pk: bytes(raw_hash) for raw_hash, pk in found}
            for pk, (key, link_id) in keys_of(hash_of).items():
                if key.startswith(_BY_NAME[0]):
                    known.by_name.setdefault(hash_of[pk], {})[key] = link_id
                    known.items.pop(hash_of[pk], None)
        for raw_hash in several:
            known.items.pop(raw_hash, None)  # of which of them the row is shows only when it is understood
        return known

    def items_of(self, keys: Collection[str]) -> dict[str, int]:
        """By key the items that have them, also withdrawn ones."""
        if not keys:
            return {}
        condition, given = among("key", keys)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT key, id FROM price_lists_sourceitem WHERE source_id = %s AND {condition}",  # noqa: S608 - a condition of ours
                [self.source_id, given],
            )
            return dict(cursor.fetchall())


def keys_of(items: Collection[int]) -> dict[int, tuple[str, int | None]]:
    """By item its key and the link of its category."""
    if not items:
        return {}
    condition, given = among("id", items)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, key, link_id FROM price_lists_sourceitem WHERE {condition}", [given])  # noqa: S608 - a condition of ours
        return {pk: (key, link_id) for pk, key, link_id in cursor.fetchall()}


class Place(NamedTuple):
    """Where the file names an item: the record that says so, the row and its sheet."""

    record: int
    row: int
    sheet: str


class Named:
    """The items that a run's rows name, while the file is read: those of known rows, and those of staged rows."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        self.known, self.staged = Ids(), Ids()
        if run.staged_rows:
            for record in _records(run):
                self.known.add(_items(record).tolist())
            self.staged.add(_items_of_staged(run))

    def places(self, items: Collection[int]) -> dict[int, Place]:
        """Where earlier batches found these: rarely asked, so it looks through what was written down."""
        wanted = self.known.among(items)
        found: dict[int, Place] = {}
        for record in _records(self.run) if wanted else ():
            has = _items(record)
            for place in np.flatnonzero(np.isin(has, _array(wanted))).tolist():
                row = int(np.frombuffer(record.rows, _ROW)[place])
                found[int(has[place])] = Place(record.pk, row, record.sheet)
        return found


def note(run: ImportRun, rows: Mapping[str, Iterable[tuple[int, int]]]) -> None:
    """Writes down, by sheet, the items that rows name and the rows' numbers. In a batch's transaction."""
    values = []
    for sheet, named in rows.items():
        items, numbers = zip(*named, strict=True)
        packed = (_array(items).astype(_ITEM).tobytes(), np.array(numbers, _ROW).tobytes())
        values.append((run.pk, sheet[:80], *packed))
    insert_rows(KnownRows, ("run_id", "sheet", "items", "rows"), values)


def unnote(places: Mapping[int, Place]) -> None:
    """Forgets that these items are named there: a later row of the file is of them."""
    by_record: dict[int, list[int]] = {}
    for item, place in places.items():
        by_record.setdefault(place.record, []).append(item)
    for record in KnownRows.objects.filter(pk__in=by_record):
        kept = ~np.isin(_items(record), _array(by_record[record.pk]))
        rows = np.frombuffer(record.rows, _ROW)[kept].tobytes()
        KnownRows.objects.filter(pk=record.pk).update(items=_items(record)[kept].tobytes(), rows=rows)


def named_count(run: ImportRun) -> int:
    """How many items known rows name."""
    taken = KnownRows.objects.filter(run=run).aggregate(bytes=Sum(Length("items")))["bytes"]
    return (taken or 0) // _ITEM.itemsize


def named_items(run: ImportRun) -> _ids:
    parts = [_items(record) for record in _records(run)]
    return np.concatenate(parts) if parts else np.empty(0, _ITEM)


def unnamed_items(run: ImportRun) -> list[int]:
    """The source's items that no known row names: those of staged rows, and those that the file no longer has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM price_lists_sourceitem WHERE source_id = %s AND NOT withdrawn", [run.source_id]
        )
        items = np.fromiter((pk for (pk,) in _rows(cursor)), _ITEM)
    return [int(pk) for pk in np.setdiff1d(items, named_items(run), assume_unique=True)]


def standing(run: ImportRun) -> str:
    """Another text as soon as anything but the run itself changed what its source's items say."""
    # Half applied ones: what failed, or lost its turn; and what died in its turn, which only who has the turn by now
    # can tell from what is under way.
    halves = [
        RunState.FAILED,
        RunState.QUEUED,
        *([RunState.APPLYING] if run.state == RunState.APPLYING else []),
    ]
    over = Q(state=RunState.APPLIED) | Q(state__in=halves, applied_id__gt=0)
    others = ImportRun.objects.filter(over, source=run.source_id).exclude(pk=run.pk)
    told = others.aggregate(runs=Count("pk"), upto=Sum("applied_id"))
    # Forgetting a partial source takes the hashes of the items that it told something of.
    blank = SourceItem.objects.filter(source=run.source_id, raw_hash=b"", withdrawn=False).count()
    return f"{told['runs']}.{told['upto'] or 0}.{blank}"


def has_moved(run: ImportRun) -> bool:
    """Whether the items changed since the run's rows were looked for among them."""
    return bool(run.counts.get("standing") != standing(run))


def _array(ids: Collection[int]) -> _ids:
    return np.fromiter(ids, np.int64, len(ids))


def _items(record: KnownRows) -> _ids:
    return np.frombuffer(record.items, _ITEM)


def _records(run: ImportRun) -> Iterator[KnownRows]:
    return KnownRows.objects.filter(run=run).order_by("pk").iterator(chunk_size=20)


def _items_of_staged(run: ImportRun) -> list[int]:
    keys = StagedRow.objects.filter(run=run).values("key")
    return list(SourceItem.objects.filter(source=run.source_id, key__in=keys).values_list("pk", flat=True))


def _rows(cursor: Any) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(10_000):
        yield from rows
