"""What a search finds on the day it is saved is no news: it is written down as known, once, in the background."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import Q, QuerySet

from catalog.freshness import fresh
from catalog.models import Category, Offer
from core import clock
from core.rates import current_rates
from search.percolation import needs
from search.query import SearchQuery
from search.saved import damping, matching
from search.saved.enums import Told, WatchState
from search.saved.models import SavedMatch, SavedSearch
from search.saved.offers import merged_categories, read_offers
from search.saved.queries import unpack
from search.saved.wanting import wanted_of

#: Offers read at once.
AT_ONCE = 2_000


def take_stock(search_id: int, *, since: dt.datetime) -> None:
    """Afterwards the search tells of what it finds anew. What was made after `since` is news already.

    Repeating it changes nothing: a search that is ready is left alone.
    """
    search = SavedSearch.objects.filter(pk=search_id, state=WatchState.ACTIVE, ready_at__isnull=True).first()
    if search is None:
        return
    query, lost = unpack(search.query)
    found: dict[int, SavedMatch] = {}
    merged, rates = merged_categories(), current_rates()
    wanted = {search.pk: wanted_of(search.pk, query, rates=rates, merged=merged)}
    now, last, is_broad = clock.now(), 0, False
    candidates = _candidates(query, merged.get(query.category_id or 0, query.category_id))
    while not lost and not is_broad:
        ids = list(candidates.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
        if not ids:
            break
        last = ids[-1]
        offers = read_offers(Offer.objects.filter(pk__in=ids), rates=rates)
        for pk, offer in matching.pairs(wanted, offers):
            is_new = offer.created_at > since
            found[offer.id] = SavedMatch(
                search_id=pk,
                offer_id=offer.id,
                group_id=offer.group_id,
                told=Told.WAITING if is_new else Told.KNOWN,
                found_at=now,
            )
        is_broad = sum(match.told == Told.KNOWN for match in found.values()) > damping.MOST_KNOWN
    if not is_broad:
        _note_left(search.pk, found.keys(), now)
    _write(search, list(found.values()), since=since, is_broad=is_broad)


def _note_left(search_id: int, found: Collection[int], now: dt.datetime) -> None:
    """What was found before a pause and is not any more left while nobody looked: counted from now."""
    stayed = SavedMatch.objects.filter(search=search_id, left_at__isnull=True).values_list("pk", "offer_id")
    left = [pk for pk, offer_id in stayed.iterator(chunk_size=AT_ONCE) if offer_id not in found]
    for start in range(0, len(left), matching.ROWS_AT_ONCE):
        SavedMatch.objects.filter(pk__in=left[start : start + matching.ROWS_AT_ONCE]).update(left_at=now)


def _write(search: SavedSearch, found: list[SavedMatch], *, since: dt.datetime, is_broad: bool) -> None:
    """In pieces, the word that it is ready last: what a crash leaves is written anew."""
    if is_broad:
        found = []
    known = {match.group_id for match in found if match.told == Told.KNOWN}
    for match in found:
        if match.group_id in known:
            match.told = Told.KNOWN
    for start in range(0, len(found), matching.ROWS_AT_ONCE):
        SavedMatch.objects.bulk_create(
            found[start : start + matching.ROWS_AT_ONCE],
            update_conflicts=True,
            unique_fields=["search", "offer"],
            update_fields=["group_id", "left_at"],
        )
    with transaction.atomic():
        now = clock.now()
        SavedSearch.objects.filter(pk=search.pk).update(ready_at=now, known_until=since if is_broad else None)
        if any(match.told == Told.WAITING for match in found):
            matching.call([search.pk], now)


def _candidates(query: SearchQuery, category_id: int | None) -> QuerySet[Offer]:
    """Offers on sale that the search can find: the longest plain word has to stand in theirs, the category to be theirs.

    Reading and analysing an offer costs some hundred times as much as the database's look at that column.
    """
    offers = fresh(Offer.objects.on_sale())
    plain = [
        need.terms
        for need in needs(query.words)
        if not need.parts and all(term.isalpha() and len(term) >= 3 for term in need.terms)
    ]
    if plain:
        condition = Q()
        for term in max(plain, key=lambda terms: min(map(len, terms))):
            condition |= Q(search_text__contains=f" {term} ")
        offers = offers.filter(condition)
    if category_id is not None:
        category = Category.objects.filter(pk=category_id).first()
        if category is None:
            return offers.none()
        offers = offers.filter(category__path__startswith=category.path)
    if query.vendors_in:
        offers = offers.filter(vendor__in=query.vendors_in)
    if query.brands:
        offers = offers.filter(brand__in=query.brands)
    return offers.exclude(vendor__in=query.vendors_out) if query.vendors_out else offers
