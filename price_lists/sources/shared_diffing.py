"""The rows of a full source beside the goods that other full sources of the vendor bring: joined, and what they change.

A step of the comparison, taken only where a vendor has several full sources with goods.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import orjson
from django.db import connection, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from core.bulk import json_text, update_rows
from core.jobs.work import Work
from price_lists.enums import Change, Kind
from price_lists.models import ImportRun, SharedValue, SourceItem, StagedRow
from price_lists.services.known import Ids, named_items
from price_lists.sources.meeting import Asked, Meeting, Met
from price_lists.sources.same_goods import Found, accepted, good_of, goods_of, matches, number_alike

#: Rows worked out together: a handful of statements.
CHUNK: Final = 1_000
#: Ids in one statement; rows that other statements set back at once.
_IDS: Final = 500
_RESET: Final = 20_000
_STAGED: Final = ("data", "price_amount", "price_currency", "change", "kinds", "offer_id")


class _Row(NamedTuple):
    id: int
    key: str
    data: str | dict[str, Any]
    link_id: int | None
    change: str
    kinds: int
    offer_id: int | None


def own_of(data: str | bytes | dict[str, Any]) -> dict[str, Any]:
    """What the row itself says, of a staged row that may show what holds of its offer."""
    parts = _parts(data)
    return parts.get("own") or parts


def goes_of(data: str | bytes | dict[str, Any]) -> int:
    """The offer that the row's offer replaces, 0 for none."""
    return int(_parts(data).get("goes", 0))


def _parts(data: str | bytes | dict[str, Any]) -> dict[str, Any]:
    return data if isinstance(data, dict) else orjson.loads(data)


def reset(run: ImportRun, span: tuple[int, int]) -> None:
    """Rows of an earlier comparison are joined anew: the offers of others may have changed since."""
    for start in range(span[0], span[1] + 1, _RESET):
        rows = StagedRow.objects.filter(run=run, pk__range=(start, start + _RESET - 1))
        rows.exclude(offer_id=None).exclude(change=Change.VANISHED).update(
            offer_id=None, change=Change.NEW, kinds=0
        )


def hides_twins(*, run: ImportRun, others: Sequence[int]) -> bool:
    """Whether some rows that were passed over as known turn out to be goods of another list: they must be read again."""
    return _meets_first(run, others) and _blank_twins(run, others) > 0


def share(*, run: ImportRun, work: Work, others: Sequence[int], after: int = 0) -> Ids:
    """Joins rows to offers of the other sources and notes what they change there. Returns the offers that this source
    brought under a key that left the file and brings under another one now.

    The items that left must be staged. Counts of the run get `numbering`, what was learnt of how the lists number their
    goods. `after`: only rows behind this one, those before it are applied; known goods of both lists are then left to
    the next file.
    """
    known = {int(pk): alike for pk, alike in run.source.numbering.items()}
    is_first = _meets_first(run, others)
    goods = (
        good_of(row.id, row.key, own_of(row.data)["text"])
        for row in _rows(run, after)
        if is_first or row.change == Change.NEW or row.kinds & Kind.TEXT
    )
    found = Found(matches(goods, others=others))
    alike = dict.fromkeys(others) | number_alike(found, known)
    joins = accepted(found, alike)
    run.counts["numbering"] = {str(pk): said for pk, said in alike.items() if pk in known or not after}
    meeting = Meeting(run.source, now=timezone.now())
    keys = _Keys(run)
    joined = run.counts.get("joined", 0) if after else 0
    run.counts["joined"] = 0
    for chunk in _chunks(_rows(run, after)):
        changes = _changes(run, chunk, joins, meeting, keys)
        with transaction.atomic():
            work.check_cancelled()
            update_rows(StagedRow, _STAGED, changes)
    run.counts["joined"] = max(joined, run.counts["joined"])
    return keys.moved


class _Keys:
    """Under which keys this source brings the offers that it has a word of."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        #: Offers that rows take over from a key that left.
        self.moved = Ids()
        self._left: Ids | None = None

    def free(self, offer_ids: Collection[int]) -> set[int]:
        """Of these offers those of which the file names no key any more."""
        if not offer_ids:
            return set()
        if self._left is None:
            self._left = self._read()
        return self._left.among(offer_ids)

    def _read(self) -> Ids:
        rows = StagedRow.objects.filter(run=self.run, change=Change.VANISHED).order_by()
        offers, left = Ids(), list(rows.values_list("offer_id", flat=True))
        if left:
            items = SourceItem.objects.filter(source=self.run.source_id, withdrawn=False).order_by()
            gone = _several(rows)
            stays = {pk for pk, number in _several(items).items() if number > gone.get(pk, 1)}
            offers.add([pk for pk in left if pk is not None and pk not in stays])
        return offers


def _several(of_offers: QuerySet[Any]) -> dict[int, int]:
    """By offer how many of these there are, where there is more than one: hardly anywhere."""
    counted = of_offers.values("offer_id").annotate(number=Count("pk")).filter(number__gt=1)
    return dict(counted.values_list("offer_id", "number"))


def _changes(
    run: ImportRun,
    rows: Sequence[_Row],
    joins: Mapping[int, tuple[int, int]],
    meeting: Meeting,
    keys: _Keys,
) -> list[tuple[Any, ...]]:
    own = _own_offers(run, [row.key for row in rows if row.id in joins])
    wanted = {joins[row.id][1] for row in rows if row.id in joins and joins[row.id][1] != own.get(row.key)}
    told = SharedValue.objects.filter(source=run.source_id, offer__in=wanted)
    taken = set(told.values_list("offer_id", flat=True)) if wanted else set()
    # The word of a key that left is of the good that is here under another one now.
    free = keys.free(taken)
    moved = []
    asked = []
    for row in rows:
        join = joins.get(row.id)
        mine = own.get(row.key, 0)
        offer_id, goes = row.offer_id or 0, 0
        # An offer with a word of this source is another row's already (or this one's: then nothing is to be joined).
        if join and join[1] != mine and (join[1] not in taken or join[1] in free):
            offer_id = join[1]
            if offer_id in free:
                moved.append(offer_id)
            if mine:
                offer_id, goes = min(mine, offer_id), max(mine, offer_id)
            run.counts["joined"] += 1
        asked.append(Asked(offer_id, own_of(row.data), row.link_id, goes))
    keys.moved.add(moved)
    changes = []
    for row, ask, met in zip(rows, asked, meeting.of(asked), strict=True):
        if met is not None:
            changes.append((*_staged(row, ask, met), row.id))
        elif ask.data != _parts(row.data):  # shared at an earlier comparison, and no longer
            price = (ask.data or {})["price"]
            said = (json_text(ask.data), price["amount"], price["currency"], row.change, row.kinds)
            changes.append((*said, row.offer_id, row.id))
    return changes


def _staged(row: _Row, asked: Asked, met: Met) -> tuple[Any, ...]:
    """The row as it shows what its offer will be; what it says itself is kept beside."""
    draft: dict[str, Any] = {**met.draft, "own": asked.data}
    if asked.goes:
        draft["goes"] = asked.goes
    price = met.draft["price"]
    change, kinds = Change.CHANGED, met.kinds
    if met.returns:
        change, kinds = Change.NEW, kinds | Kind.RETURNED
    elif row.change == Change.UNCHANGED and not kinds:
        change = Change.UNCHANGED
    return json_text(draft), price["amount"], price["currency"], change.value, int(kinds), asked.offer_id


def _meets_first(run: ImportRun, others: Sequence[int]) -> bool:
    """Whether the list was never compared with one of the others."""
    return any(str(pk) not in run.source.numbering for pk in others)


def _blank_twins(run: ImportRun, others: Sequence[int]) -> int:
    """Goods that both lists brought before they were joined: their rows are read again, although they are known. A check
    changes nothing: it is read again as a whole.
    """
    found = matches((good for _source, good in goods_of([run.source_id])), others=others)
    offers = {match.place for match in found if match.verdict and match.offer_id != match.place}
    if not offers:
        return 0
    items = SourceItem.objects.filter(source=run.source_id, withdrawn=False).values_list("key", "offer_id")
    keys = sorted(key for key, offer_id in items.iterator(chunk_size=5_000) if offer_id in offers)
    known = Ids()
    known.add(named_items(run).tolist())
    twins = 0
    for start in range(0, len(keys), _IDS):
        with transaction.atomic():
            chunk = keys[start : start + _IDS]
            staged = StagedRow.objects.filter(run=run, key__in=chunk, data__isnull=True).values("key")
            ours = SourceItem.objects.filter(source=run.source_id)
            ids = dict(ours.filter(key__in=chunk).values_list("pk", "key"))
            blank = known.among(ids) | set(ours.filter(key__in=staged).values_list("pk", flat=True))
            twins += len(blank)
            if not run.only_check:
                SourceItem.objects.filter(pk__in=blank).update(raw_hash=b"")
    return twins


def _own_offers(run: ImportRun, keys: Sequence[str]) -> dict[str, int]:
    """The offers on sale that these keys are of; one that was withdrawn lets another take its place."""
    found: dict[str, int] = {}
    for start in range(0, len(keys), _IDS):
        items = SourceItem.objects.filter(
            source=run.source_id, key__in=keys[start : start + _IDS], withdrawn=False
        )
        found |= dict(items.values_list("key", "offer_id"))
    return found


def _rows(run: ImportRun, after: int) -> Iterator[_Row]:
    """Rows that were read and understood, by pages: a cursor left open would meet the writing of rows."""
    last = after
    fields = ", ".join(_Row._fields)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {fields} FROM price_lists_stagedrow"  # noqa: S608 - names come from the tuple above
                " WHERE +run_id = %s AND id > %s AND data IS NOT NULL ORDER BY id LIMIT %s",
                [run.pk, last, CHUNK],
            )
            rows = [_Row(*row) for row in cursor.fetchall()]
        yield from rows
        if len(rows) < CHUNK:
            return
        last = rows[-1].id


def _chunks(rows: Iterable[_Row]) -> Iterator[list[_Row]]:
    chunk: list[_Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) >= CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
