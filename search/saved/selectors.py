"""Reads of a person's saved searches and watched prices, as the page of both shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, F, Q

from accounts.models import User
from catalog.models import Category, Offer
from core.money import Money
from core.rates import current_rates
from search.query import SearchQuery
from search.saved import pricing
from search.saved.enums import Told, WatchState
from search.saved.models import PriceWatch, SavedMatch, SavedSearch
from search.saved.offers import price_of
from search.saved.queries import unpack
from vendors.models import Vendor

#: News shown on the page of one search.
SHOWN = 60
#: What came after the search was saved, and is found still.
_NEWS = Q(told__in=(Told.WAITING, Told.TOLD), left_at__isnull=True)


@dataclass(frozen=True, slots=True)
class SearchRow:
    """A saved search with the number of goods that are new to its owner. `lost`: what it was about is no more."""

    search: SavedSearch
    new: int
    lost: bool

    @property
    def state(self) -> str:
        return WatchState.ENDED if self.lost else self.search.state


@dataclass(frozen=True, slots=True)
class WatchRow:
    """A watched good with its best price now, in its own currency and in the row's, and what was told before."""

    watch: PriceWatch
    title: str
    price: Money | None
    price_in_base: Money | None  # only where that is another currency
    was: Money | None
    target: Money | None
    others: int  # further offers that can be bought


def searches_of(user: User) -> list[SearchRow]:
    """Newest first, in a handful of statements however many there are."""
    rows = list(SavedSearch.objects.filter(user=user).order_by("-pk"))
    new = Counter(
        dict(
            SavedMatch.objects.filter(_NEWS, search__user=user, found_at__gt=F("search__looked_at"))
            .order_by()
            .values_list("search")
            .annotate(Count("group_id", distinct=True))
        )
    )
    questions = {row.pk: unpack(row.query) for row in rows}
    gone = _gone([query for query, _lost in questions.values()])
    return [
        SearchRow(row, new[row.pk], lost=bool(questions[row.pk][1]) or questions[row.pk][0] in gone)
        for row in rows
    ]


def _gone(queries: Collection[SearchQuery]) -> set[SearchQuery]:
    """Those whose category or whose every vendor is not in the row any more."""
    categories = {query.category_id for query in queries if query.category_id is not None}
    vendors = {pk for query in queries for pk in query.vendors_in}
    there = set(
        Category.objects.filter(pk__in=categories)
        .filter(Q(is_active=True) | Q(merged_into__isnull=False))
        .values_list("pk", flat=True)
        if categories
        else ()
    )
    selling = set(
        Vendor.objects.public().filter(pk__in=vendors).values_list("pk", flat=True) if vendors else ()
    )
    return {
        query
        for query in queries
        if (query.category_id is not None and query.category_id not in there)
        or (query.vendors_in and not query.vendors_in & selling)
    }


def news_of(search: SavedSearch) -> list[tuple[SavedMatch, Money, bool]]:
    """The latest finds, one offer of each good, with its price and whether it is newer than the last look."""
    rows = (
        SavedMatch.objects.filter(_NEWS, search=search, offer__in=Offer.objects.on_sale())
        .select_related("offer__vendor")
        .order_by("-found_at", "-pk")[: 4 * SHOWN]
    )
    goods: dict[int, SavedMatch] = {}
    for row in rows:
        goods.setdefault(row.group_id, row)
    latest = list(goods.values())[:SHOWN]
    return [(row, price_of(row.offer), row.found_at > search.looked_at) for row in latest]


def watches_of(user: User, *, language: str) -> list[WatchRow]:
    """Newest first, in a handful of statements however many there are."""
    watches = PriceWatch.objects.filter(user=user).select_related("offer__vendor", "product").order_by("-pk")
    return _rows(list(watches), language)


def row_of(watch: PriceWatch, *, language: str) -> WatchRow:
    """One of them."""
    return _rows([watch], language)[0]


def _rows(watches: list[PriceWatch], language: str) -> list[WatchRow]:
    prices, rates, base = pricing.prices_of(watches), current_rates(), settings.BASE_CURRENCY
    rows = []
    for watch in watches:
        known = [price for price in prices[watch.pk] if rates.knows(price.currency)]
        best = pricing.cheapest(known, rates)
        price = Money.from_price(best.amount, best.currency) if best else None
        rows.append(
            WatchRow(
                watch=watch,
                title=watch.title_in(language),
                price=price,
                price_in_base=rates.to_base(price) if price and price.currency != base else None,
                was=None
                if watch.base_amount is None
                else Money.from_price(watch.base_amount, watch.base_currency),
                target=None if watch.target_amount is None else Money.from_price(watch.target_amount, base),
                others=max(0, len(known) - 1),
            )
        )
    return rows


def watch_on(user: User, offer: Offer) -> PriceWatch | None:
    """The person's watch of the good that the offer is of."""
    same = Q(offer=offer)
    if offer.group_id > 0:
        same |= Q(group_id=offer.group_id, only_offer=False)
    return PriceWatch.objects.filter(same, user=user).order_by("pk").first()
