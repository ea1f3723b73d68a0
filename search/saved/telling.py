"""Messages about saved searches: one for a search and a while, with its first goods and their number."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Iterator, Sequence

from django.db import transaction
from django.db.models import F

from catalog.models import Offer
from core import clock
from core.rates import current_rates
from notifications.models import Notification
from notifications.services import notify
from search.saved import damping, matching, notices
from search.saved.enums import Told, WatchState
from search.saved.models import SavedMatch, SavedSearch
from search.saved.offers import Seen, in_pieces, merged_categories, on_sale, read_offers
from search.saved.queries import unpack
from search.saved.wanting import wanted_of

_AT_ONCE = 100
#: Waiting rows that are judged together.
_ROWS_AT_ONCE = 2_000
#: A search with its waiting rows.
_Due = tuple[SavedSearch, list[SavedMatch]]


def tell_of_finds(*, most: int = 2_000, seconds: float = 120) -> int:
    """Sends what is due, for so long. Returns how many messages. Two that run at once send each message once."""
    now, last, sent, until = clock.now(), 0, 0, time.monotonic() + seconds
    said: Counter[int] = Counter()
    for _ in range(-(-most // _AT_ONCE)):
        due = list(
            SavedSearch.objects.filter(due_at__lte=now, pk__gt=last)
            .select_related("user")
            .order_by("pk")[:_AT_ONCE]
        )
        if not due:
            break
        last = due[-1].pk
        heard = _heard({search.user_id for search in due} - said.keys(), now)
        said.update(heard)
        for some in _in_groups(due):
            if time.monotonic() >= until:
                return sent
            found = _found_now(some)
            for search, rows in some:
                sent += _tell(search, rows, found.get(search.pk, {}), now, said)
    return sent


def _heard(user_ids: set[int], now: dt.datetime) -> Counter[int]:
    """How many such messages each of them got within a day."""
    rows = Notification.objects.filter(
        user__in=user_ids, kind=notices.FOUND, created_at__gt=now - dt.timedelta(days=1)
    )
    return Counter(rows.values_list("user_id", flat=True))


def _in_groups(due: Sequence[SavedSearch]) -> Iterator[list[_Due]]:
    """With what waits in each, which is judged by one index for a group: as many as have few enough rows together."""
    group: list[_Due] = []
    for search in due:
        rows = list(SavedMatch.objects.filter(search=search, told=Told.WAITING).order_by("pk"))
        if group and sum(len(held) for _search, held in group) + len(rows) > _ROWS_AT_ONCE:
            yield group
            group = []
        group.append((search, rows))
    if group:
        yield group


def _tell(
    search: SavedSearch,
    rows: Sequence[SavedMatch],
    found: dict[int, Seen],
    now: dt.datetime,
    said: Counter[int],
) -> bool:
    if search.state != WatchState.ACTIVE:
        SavedSearch.objects.filter(pk=search.pk, due_at=search.due_at).update(due_at=None)
        return False
    if said[search.user_id] >= damping.A_DAY:
        SavedSearch.objects.filter(pk=search.pk, due_at=search.due_at).update(due_at=now + damping.EVERY)
        return False
    told = [row for row in rows if row.offer_id in found]
    goods = _goods([found[row.offer_id] for row in told])
    with transaction.atomic():
        # One of several that run at once goes on; and news that came meanwhile has waited for this row.
        mine = SavedSearch.objects.filter(pk=search.pk, due_at=search.due_at, state=WatchState.ACTIVE)
        more = {"told_at": now, "messages": F("messages") + 1} if goods else {}
        if not mine.update(due_at=None, **more):
            return False
        # Gone before anybody heard of it: news again when it comes back.
        for some in in_pieces([row.pk for row in rows if row.offer_id not in found]):
            SavedMatch.objects.filter(pk__in=some).delete()
        for row in told:
            row.told, row.told_at = Told.TOLD, now
        SavedMatch.objects.bulk_update(told, ["told", "told_at"], batch_size=500)
        if SavedMatch.objects.filter(search=search, told=Told.WAITING).exists():
            matching.call([search.pk], now)
        if not goods:
            return False
        offers = Offer.objects.select_related("vendor").in_bulk([each.id for each in goods[: damping.NAMED]])
        notify(
            users=[search.user_id],
            kind=notices.FOUND,
            params=notices.found_params(
                search, [offers[each.id] for each in goods[: damping.NAMED]], len(goods)
            ),
            url=notices.search_url(search.pk),
            key=f"{notices.FOUND}:{search.pk}:{search.messages + 1}",
        )
    said[search.user_id] += 1
    return True


def _found_now(group: Sequence[_Due]) -> dict[int, dict[int, Seen]]:
    """Of what waits in each search, the offers that it still finds."""
    rates, merged = current_rates(), merged_categories()
    wanted, asked = {}, {}
    for search, rows in group:
        query, lost = unpack(search.query)
        if rows and not lost and search.state == WatchState.ACTIVE:
            wanted[search.pk] = wanted_of(search.pk, query, rates=rates, merged=merged)
            asked[search.pk] = {row.offer_id for row in rows}
    ids = sorted(set().union(*asked.values()))
    offers = [each for some in in_pieces(ids) for each in read_offers(on_sale(some), rates=rates)]
    found: dict[int, dict[int, Seen]] = {pk: {} for pk in wanted}
    for pk, offer in matching.pairs(wanted, offers, asked):
        found[pk][offer.id] = offer
    return found


def _goods(offers: Sequence[Seen]) -> list[Seen]:
    """One offer of each good, the cheapest of those with a price; in the order in which the goods were found."""
    best: dict[int, Seen] = {}
    for offer in offers:
        held = best.get(offer.group_id)
        if held is None or _dearness(held) > _dearness(offer):
            best[offer.group_id] = offer
    return list(best.values())


def _dearness(offer: Seen) -> float:
    """Without a price, or a rate to compare it by, it is no bargain."""
    return offer.document.price or float("inf")
