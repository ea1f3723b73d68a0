"""New and changed offers held against all saved searches: what is found for the first time waits to be told.

The reverse matcher answers for words, price, vendor and category, `limits` for the rest. A large batch is held against
every search, page by page; for a small one only the searches that share a key with its offers are read. Both give the
same, and repeating either changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Case, Count, DateTimeField, ExpressionWrapper, F, Value, When
from django.db.models.functions import Coalesce

from core import clock
from core.bulk import database_time, insert_rows
from core.rates import current_rates
from search.percolation import match
from search.percolation.limits import keeps
from search.saved import damping, limits, wanting
from search.saved.enums import Told, WatchState
from search.saved.models import SavedMatch, SavedSearch, SearchKey
from search.saved.offers import Seen, in_pieces, merged_categories, on_sale, read_offers
from search.saved.wanting import Wanted

OFFERS_AT_ONCE = 10_000
#: Fewer offers than that are looked up by their keys.
WHOLE_FROM = 300
#: Rows written in one transaction: SQLite holds every other writer off for less than half a second.
ROWS_AT_ONCE = 500


#: A match to be: search, offer, good, how it stands, when it was found.
_New = tuple[int, int, int, int, Any]


class _Row(NamedTuple):
    """A stored match."""

    id: int
    search_id: int
    offer_id: int
    group_id: int
    told: int
    left_at: dt.datetime | None


def match_offers(offer_ids: Collection[int]) -> int:
    """Holds the offers, wherever they stand now, against the saved searches. Returns how many pairs are news."""
    if not offer_ids or not SavedSearch.objects.filter(state=WatchState.ACTIVE).exists():
        return 0
    wanting.rekey()
    rates, merged, news = current_rates(), merged_categories(), 0
    for some in in_pieces(sorted(set(offer_ids)), OFFERS_AT_ONCE):
        offers = [each for piece in in_pieces(some) for each in read_offers(on_sale(piece), rates=rates)]
        held = list(_held(some))
        ids = None
        if len(offers) < WHOLE_FROM:
            ids = _sharing(wanting.keys_of_offers(offers, merged)) | {row.search_id for row in held}
        for wanted in wanting.searches(rates=rates, merged=merged, ids=ids):
            news += note(wanted, pairs(wanted, offers), held)
    return news


def _held(offer_ids: Sequence[int]) -> Iterator[_Row]:
    looking = SavedMatch.objects.filter(search__state=WatchState.ACTIVE, search__ready_at__isnull=False)
    for some in in_pieces(offer_ids):
        for row in looking.filter(offer_id__in=some).values_list(*_Row._fields).iterator(chunk_size=5000):
            yield _Row(*row)


def _sharing(keys: Collection[str]) -> set[int]:
    """Searches with one of the keys."""
    return {
        pk
        for some in in_pieces(sorted(keys))
        for pk in SearchKey.objects.filter(key__in=some).values_list("search_id", flat=True)
    }


def pairs(
    wanted: Mapping[int, Wanted],
    offers: Sequence[Seen],
    asked: Mapping[int, Collection[int]] | None = None,
) -> list[tuple[int, Seen]]:
    """Every search with every offer that it finds; with `asked` only of the offers that are asked for of each search."""
    by_id = {each.id: each for each in offers}
    found = [
        (pair.query_id, by_id[pair.offer_id])
        for pair in match(
            [each.stored for each in wanted.values() if each.has_words], [each.document for each in offers]
        )
    ]
    found += _without_words([each for each in wanted.values() if not each.has_words], offers)
    if asked is not None:
        found = [(pk, offer) for pk, offer in found if offer.id in asked[pk]]
    return limits.keeping_rest(found, wanted)


def _without_words(wanted: Sequence[Wanted], offers: Sequence[Seen]) -> Iterator[tuple[int, Seen]]:
    """Searches of nothing but limits, each looked up by one of them."""
    by_key: dict[str, list[Wanted]] = defaultdict(list)
    for each in wanted:
        category = next(iter(each.stored.category_ids or ()), None)
        keys = wanting.keys_of(each.query) if category is None else (f"c:{category}",)
        for key in keys:
            by_key[key].append(each)
    if not by_key:
        return
    for offer in offers:
        for key in wanting.limit_keys(offer):
            for each in by_key.get(key, ()):
                if keeps(each.stored, offer.document)[0]:
                    yield each.id, offer


# What of it is news -----------------------------------------------------------------------------------------


def note(wanted: Mapping[int, Wanted], found: Iterable[tuple[int, Seen]], held: Iterable[_Row]) -> int:
    """Writes down what these searches find among the offers of `held` and `found`, and what they find no more."""
    now = clock.now()
    rows = {(row.search_id, row.offer_id): row for row in held if row.search_id in wanted}
    found = list(found)
    asked = [(pk, offer) for pk, offer in found if _is_here_anew(rows.get((pk, offer.id)))]
    known = _known_goods(wanted, asked, now)
    room = _room(wanted, {pk for pk, _offer in found})
    at = database_time(now)
    new: list[_New] = []
    again: list[int] = []  # it was away for so long that it is news
    back: list[int] = []
    moved: dict[int, list[int]] = defaultdict(list)
    news: Counter[int] = Counter()
    met = set()
    for pk, offer in found:
        met.add((pk, offer.id))
        row = rows.get((pk, offer.id))
        if row is not None:
            if row.group_id != offer.group_id:
                moved[offer.group_id].append(row.id)
            if row.left_at is not None:
                is_news = (
                    row.left_at < now - damping.FORGOTTEN_AFTER
                    and (pk, offer.group_id) not in known
                    and news[pk] < room[pk]
                )
                (again if is_news else back).append(row.id)
                news[pk] += is_news
            continue
        if (pk, offer.group_id) in known:
            told = Told.KNOWN
        elif _was_there(wanted[pk], offer) or news[pk] >= room[pk]:
            continue
        else:
            told = Told.WAITING
            news[pk] += 1
        new.append((pk, offer.id, offer.group_id, int(told), at))
    gone = [row for pair, row in rows.items() if pair not in met and row.left_at is None]
    _write(new, now)
    _change(back, left_at=None)
    with transaction.atomic():
        _change(again, left_at=None, told=Told.WAITING, found_at=now, told_at=None)
        if again:
            call(sorted(pk for pk, count in news.items() if count), now)
    _change([row.id for row in gone if row.told != Told.WAITING], left_at=now)
    for group, ids in moved.items():
        _change(ids, group_id=group)
    for some in in_pieces([row.id for row in gone if row.told == Told.WAITING], ROWS_AT_ONCE):
        SavedMatch.objects.filter(pk__in=some).delete()  # never told, so it is news whenever it comes back
    return news.total()


def _is_here_anew(row: _Row | None) -> bool:
    return row is None or row.left_at is not None


def _known_goods(
    wanted: Mapping[int, Wanted], found: Sequence[tuple[int, Seen]], now: dt.datetime
) -> set[tuple[int, int]]:
    """Searches with goods of which they know another offer, or knew it not long ago."""
    groups = {offer.group_id for _pk, offer in found if offer.group_id > 0}
    known = set()
    for some in in_pieces(sorted(groups)):
        rows = SavedMatch.objects.filter(group_id__in=some).exclude(told=Told.WAITING)
        for pk, group, left_at in rows.values_list("search_id", "group_id", "left_at").iterator(
            chunk_size=5000
        ):
            if pk in wanted and (left_at is None or left_at >= now - damping.FORGOTTEN_AFTER):
                known.add((pk, group))
    return known


def _was_there(wanted: Wanted, offer: Seen) -> bool:
    """Of a search that finds too much to keep it all in mind."""
    return wanted.known_until is not None and offer.created_at <= wanted.known_until


def _room(wanted: Mapping[int, Wanted], ids: Collection[int]) -> dict[int, int]:
    """How much more news each search may gather."""
    room = dict.fromkeys(ids, damping.MOST_WAITING)
    for some in in_pieces(sorted(ids & wanted.keys())):
        waiting = SavedMatch.objects.filter(search_id__in=some, told=Told.WAITING).order_by()
        for pk, count in waiting.values_list("search_id").annotate(Count("pk")):
            room[pk] -= count
    return room


def _write(rows: list[_New], now: dt.datetime) -> None:
    """News and the call to tell of it in one transaction; each of them short."""
    rows.sort()
    for some in in_pieces(rows, ROWS_AT_ONCE):
        with transaction.atomic():
            # Another worker that outlived its lease may have written the same: the constraint keeps one.
            insert_rows(
                SavedMatch,
                ("search_id", "offer_id", "group_id", "told", "found_at"),
                some,
                "ON CONFLICT DO NOTHING",
            )
            call(sorted({row[0] for row in some if row[3] == Told.WAITING}), now)


def _change(ids: Sequence[int], **values: object) -> None:
    for some in in_pieces(ids, ROWS_AT_ONCE):
        SavedMatch.objects.filter(pk__in=some).update(**values)


def call(ids: Sequence[int], now: dt.datetime) -> None:
    """Says when these searches speak next. Always an update: whoever sends a message right now waits for it, or it
    for them, so that no news is left without a time.
    """
    soon = now + damping.GATHER
    later = ExpressionWrapper(F("told_at") + damping.EVERY, output_field=DateTimeField())
    due = Case(
        When(told_at__gt=soon - damping.EVERY, then=later),
        default=Value(soon, output_field=DateTimeField()),
    )
    SavedSearch.objects.filter(pk__in=ids).update(due_at=Coalesce("due_at", due))
