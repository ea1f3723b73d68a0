"""Matches as rows: the best five offers for each line and vendor, the count, and the ids of some further ones.

What is to be stored is decided in memory; then rows go to the database by the thousand, only those that are other than what
lies there. A row that need not be written costs nothing, and a statement a row would cost more than the matching.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from buyer_requests.matching.forward import match_texts
from buyer_requests.matching.open_lines import WHOLE, Shard
from buyer_requests.matching.queries import KEPT, SPARE, Found, stored_queries
from buyer_requests.models import LineMatch, RequestLine, VendorFit
from core.bulk import among, database_time, insert_rows, json_text

#: (line, vendor)
Pair = tuple[int, int]
#: Rows written in one transaction, a pair's count among them: SQLite holds every other writer off for less than half a
#: second.
ROWS_AT_ONCE = 10_000

_MATCH_COLUMNS = ("line_id", "offer_id", "vendor_id", "score", "price_base", "wished")
_MATCH_AGAIN = (
    "ON CONFLICT (line_id, offer_id) DO UPDATE SET vendor_id = excluded.vendor_id, score = excluded.score, "
    "price_base = excluded.price_base, wished = excluded.wished"
)
_FIT_COLUMNS = ("line_id", "vendor_id", "count", "spare")
_FIT_AGAIN = "ON CONFLICT (line_id, vendor_id) DO UPDATE SET count = excluded.count, spare = excluded.spare"


def by_pair(found: Iterable[Found]) -> dict[Pair, list[Found]]:
    """The offers of each line and vendor, best first."""
    pairs: dict[Pair, list[Found]] = {}
    for each in found:
        pair = (each[0], each[2])  # by place: of millions, names would cost as much as the rest
        offers = pairs.get(pair)
        if offers is None:
            pairs[pair] = [each]
        else:
            offers.append(each)
    for offers in pairs.values():
        if len(offers) > 1:
            offers.sort(key=_order)
    return pairs


def _order(each: Found) -> Any:
    return each.order


def rematch_request(request_id: int, *, shard: Shard = WHOLE) -> dict[int, set[int]]:
    """Matches all lines of a request (of the shard) anew and stores what holds now; stale matches go.

    Returns {vendor: lines that the vendor can meet}. Matching runs outside of the transaction.
    """
    every = RequestLine.objects.filter(request_id=request_id).select_related("request")
    lines = [line for line in every if shard.has(line.pk)]
    pairs = by_pair(each for offers in match_texts(stored_queries(lines)).values() for each in offers)
    with transaction.atomic():
        ids = [line.pk for line in lines]
        LineMatch.objects.filter(line_id__in=ids).delete()
        VendorFit.objects.filter(line_id__in=ids).delete()
        _write(pairs, held={}, spare={})
        _count(ids)
    fits: dict[int, set[int]] = defaultdict(set)
    for line, vendor in pairs:
        fits[vendor].add(line)
    return dict(fits)


def replace_pairs(
    pairs: Mapping[Pair, Sequence[Found]],
    *,
    spare: Mapping[Pair, Sequence[int]],
    held: Mapping[Pair, Sequence[Found]] | None = None,
) -> None:
    """Puts new matches, best first, in the place of the stored ones of the same lines and vendors; an empty list
    withdraws.

    `spare` holds ids of matching offers beyond those given, `held` what is stored of the pairs now (read here where it is
    not given). Whoever writes matches of a line is alone with it (see `sharding`). Written in transactions of bounded
    length.
    """
    if held is None:
        held = stored_of({line for line, _vendor in pairs})
    for some in _chunks(pairs):
        with transaction.atomic():
            _write({pair: pairs[pair] for pair in some}, held=held, spare=spare)
            _count({line for line, _vendor in some})


def stored_of(
    line_ids: Collection[int], vendor_ids: Collection[int] | None = None
) -> dict[Pair, list[Found]]:
    """What is stored of these lines, and of these vendors alone; a pair's offers come in no order."""
    held: dict[Pair, list[Found]] = {}
    with connection.cursor() as cursor:
        for some in _pieces(sorted(line_ids)):
            condition, lines = among("line_id", some)
            given = [lines]
            if vendor_ids is not None:
                of_vendors, vendors = among("vendor_id", sorted(vendor_ids))
                condition, given = f"{condition} AND {of_vendors}", [lines, vendors]
            cursor.execute(
                f"SELECT line_id, offer_id, vendor_id, score, price_base, wished FROM {_MATCHES} WHERE {condition}",  # noqa: S608
                given,
            )
            for row in cursor.fetchall():
                held.setdefault((row[0], row[2]), []).append(Found._make(row))
    return held


def _chunks(pairs: Mapping[Pair, Sequence[Found]]) -> Iterator[list[Pair]]:
    """Pairs whose rows are written together: a line's pairs are next to each other, so most lines are counted once."""
    some: list[Pair] = []
    rows = 0
    for pair in sorted(pairs):
        some.append(pair)
        rows += 1 + min(len(pairs[pair]), KEPT)
        if rows >= ROWS_AT_ONCE:
            yield some
            some, rows = [], 0
    if some:
        yield some


def _write(
    pairs: Mapping[Pair, Sequence[Found]],
    *,
    held: Mapping[Pair, Sequence[Found]],
    spare: Mapping[Pair, Sequence[int]],
) -> None:
    matches: list[Sequence[Any]] = []
    fits: list[Sequence[Any]] = []
    gone: list[tuple[int, int]] = []
    left: list[Pair] = []
    nothing: tuple[Found, ...] = ()
    for pair, offers in pairs.items():
        stored = held.get(pair, nothing)
        kept = offers[:KEPT]
        if stored:
            same = set(stored)
            stay = {each[1] for each in kept}
            gone += [(pair[0], each[1]) for each in stored if each[1] not in stay]
            matches += [each for each in kept if each not in same]
        else:
            matches += kept
        if not offers:
            left.append(pair)
            continue
        further = spare.get(pair, ())
        if len(offers) > KEPT:
            further = [*(each[1] for each in offers[KEPT:]), *further]
        fits.append((*pair, len(kept) + len(further), json_text(further[:SPARE]) if further else "[]"))
    _delete(LineMatch, "offer_id", gone)
    _delete(VendorFit, "vendor_id", left)
    insert_rows(LineMatch, _MATCH_COLUMNS, matches, _MATCH_AGAIN)
    insert_rows(VendorFit, _FIT_COLUMNS, fits, _FIT_AGAIN)


_MATCHES = LineMatch._meta.db_table  # noqa: SLF001 - Django's documented way to a model's table


def _delete(model: type[LineMatch | VendorFit], column: str, keys: Sequence[tuple[int, int]]) -> None:
    """Rows of these lines with that value in `column`."""
    if not keys:
        return
    table = model._meta.db_table  # noqa: SLF001 - Django's documented way to a model's table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"DELETE FROM {table} USING unnest(%s::bigint[], %s::bigint[]) AS gone (line, other) "  # noqa: S608 - names come from this code
                f"WHERE line_id = gone.line AND {column} = gone.other",
                [[line for line, _other in keys], [other for _line, other in keys]],
            )
        else:
            cursor.executemany(f"DELETE FROM {table} WHERE line_id = %s AND {column} = %s", keys)  # noqa: S608


def _count(lines: Collection[int]) -> None:
    """Sets each line's number of matching offers from the rows that hold it."""
    fits, wanted = VendorFit._meta.db_table, RequestLine._meta.db_table  # noqa: SLF001 - as above
    condition, ids = among("id", sorted(lines))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {wanted} SET matched_at = %s, match_count = "  # noqa: S608 - names come from this code
            f"COALESCE((SELECT SUM({fits}.count) FROM {fits} WHERE {fits}.line_id = {wanted}.id), 0) WHERE {condition}",
            [database_time(timezone.now()), ids],
        )


def _pieces(ids: Sequence[int], size: int = 10_000) -> Iterator[Sequence[int]]:
    """So that no answer is larger than some hundred thousand rows."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
