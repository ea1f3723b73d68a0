"""What people do with saved searches and price watches. Another person's are answered like unknown ones."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.locks import lock_person
from accounts.models import User
from catalog.models import Offer
from core import outbox
from core.limits import limit
from core.money import Money
from core.rates import Rates, current_rates
from core.templatetags.ui import format_money
from search.saved import judging, links, pricing, selectors, wanting
from search.saved.enums import CONSUMER, SAVED, Drop, Told, WatchState
from search.saved.errors import (
    NotASearch,
    SearchTooWide,
    TargetNotBelow,
    TooManySearches,
    TooManyWatches,
    UnknownWatch,
)
from search.saved.models import PriceWatch, SavedMatch, SavedSearch
from search.saved.queries import unpack

MOST_SEARCHES = 50
MOST_WATCHES = 200
#: Of one person: far above what somebody saves or switches on again.
STOCKTAKING_RATE = "20/h"
_LONGEST_NAME = 120


# Saved searches ---------------------------------------------------------------------------------------------


@transaction.atomic
def save_search(*, user: User, what: str, name: str = "") -> SavedSearch:
    """Keeps the search that `links.seal` sealed; the same one again is the one that is kept already, switched on.

    Locks the person's row, by which the limit is counted. Raises NotASearch, SearchTooWide, TooManySearches,
    and TooMany for who saves and deletes all the time.
    """
    sealed = links.unseal(what)
    query, lost = unpack(sealed.query)
    if lost:
        raise NotASearch("not_a_search", field="what")
    if not wanting.keys_of(query):
        raise SearchTooWide("search_too_wide", field="what")
    lock_person(user.pk)
    mine = list(SavedSearch.objects.filter(user=user).order_by("pk"))
    kept = next((each for each in mine if each.query == sealed.query), None)
    if kept is not None:
        if kept.state != WatchState.ACTIVE:
            resume_search(user=user, pk=kept.pk)
            kept.refresh_from_db()
        return kept
    if len(mine) >= MOST_SEARCHES:
        raise TooManySearches("too_many_searches", limit=MOST_SEARCHES)
    search = SavedSearch.objects.create(
        user=user,
        name=(name.strip() or sealed.name)[:_LONGEST_NAME],
        query=sealed.query,
        url=sealed.url,
        looked_at=timezone.now(),
    )
    wanting.write_keys({search.pk: query})
    _take_stock(search)
    return search


def _take_stock(search: SavedSearch) -> None:
    """Raises TooMany: it may read every offer of the row, and everybody's news waits behind it."""
    limit(f"watching.stock:{search.user_id}", STOCKTAKING_RATE)
    payload = {"search": search.pk, "at": timezone.now().isoformat()}
    outbox.emit(CONSUMER, SAVED, payload)


def rename_search(*, user: User, pk: int, name: str) -> None:
    """An empty name changes nothing."""
    search = own_search(user=user, pk=pk)
    if name.strip():
        SavedSearch.objects.filter(pk=search.pk).update(name=" ".join(name.split())[:_LONGEST_NAME])


def look_at_search(*, user: User, pk: int) -> None:
    """What was found until now is not new any more."""
    own_search(user=user, pk=pk)
    SavedSearch.objects.filter(pk=pk).update(looked_at=timezone.now())


def pause_search(*, user: User, pk: int) -> None:
    own_search(user=user, pk=pk)
    pause_searches([pk])


def pause_searches(ids: Sequence[int]) -> None:
    """Whoever asks: the person, or the holder of a letter's link."""
    SavedSearch.objects.filter(pk__in=ids, state=WatchState.ACTIVE).update(
        state=WatchState.PAUSED, ready_at=None, due_at=None
    )


@transaction.atomic
def resume_search(*, user: User, pk: int) -> None:
    """What it finds by now is known; it tells of what comes from now on."""
    search = own_search(user=user, pk=pk)
    changed = SavedSearch.objects.filter(pk=pk).exclude(state=WatchState.ACTIVE)
    if changed.update(state=WatchState.ACTIVE, ready_at=None):
        # Found before the pause and not told then: it stays on the search's page, and no message is about it.
        SavedMatch.objects.filter(search=search, told=Told.WAITING).update(told=Told.TOLD)
        query, _lost = unpack(search.query)
        wanting.write_keys({pk: query})
        _take_stock(search)


def delete_search(*, user: User, pk: int) -> None:
    own_search(user=user, pk=pk).delete()


def own_search(*, user: User, pk: int) -> SavedSearch:
    search = SavedSearch.objects.filter(user=user, pk=pk).first()
    if search is None:
        raise UnknownWatch("unknown_search")
    return search


# Price watches ----------------------------------------------------------------------------------------------


@transaction.atomic
def watch_price(*, user: User, offer_id: int, product_id: int | None = None) -> PriceWatch:
    """Watches the good that the offer is of (`product_id`: as a product's page shows it); today's price is what a fall is
    judged by. Watching it again switches the watch on again. A product that the offer is not of, or no more since the page
    was opened, is left aside.

    Locks the person's row, by which the limit is counted. Raises UnknownWatch for no such offer, TooManyWatches.
    """
    offer = (
        Offer.objects.select_related("vendor", "product").filter(pk=offer_id, hidden_at__isnull=True).first()
    )
    if offer is None or not offer.vendor.is_public:
        raise UnknownWatch("unknown_offer")
    product = offer.product if product_id is not None and offer.product_id == product_id else None
    lock_person(user.pk)
    kept = selectors.watch_on(user, offer)
    if kept is not None:
        resume_watch(user=user, pk=kept.pk)
        kept.refresh_from_db()
        return kept
    if PriceWatch.objects.filter(user=user).count() >= MOST_WATCHES:
        raise TooManyWatches("too_many_watches", limit=MOST_WATCHES)
    watch = PriceWatch(user=user, offer=offer, product=product, group_id=offer.group_id)
    _begin(watch, current_rates())
    watch.save()
    return watch


_BEGUN = (
    "base_amount", "base_currency", "base_rates", "seen_amount", "seen_currency", "above_since", "away_since", "is_armed",
    "revision",
)  # fmt: skip


def _begin(watch: PriceWatch, rates: Rates) -> None:
    """Today's best price is what it remembers, and whoever has read before what it remembered does not write that."""
    if watch.pk:
        watch.revision = F("revision") + 1
    best = pricing.best_price(watch, rates)
    watch.base_amount = watch.seen_amount = best.amount if best else None
    watch.base_currency = watch.seen_currency = best.currency if best else "UAH"
    watch.base_rates = dict(rates.micro)
    watch.away_since = None if best else timezone.now()
    watch.above_since = None
    watch.is_armed = True


@transaction.atomic
def set_watch(
    *,
    user: User,
    pk: int,
    drop: Drop,
    target: Money | None,
    in_stock_only: bool,
    tells_back: bool,
    only_offer: bool,
) -> None:
    """What is worth a message. `target` is in the row's currency; it has to be below today's price: TargetNotBelow."""
    watch = own_watch(user=user, pk=pk)
    watch.drop_percent, watch.in_stock_only, watch.tells_back = drop, in_stock_only, tells_back
    watch.only_offer = only_offer
    watch.target_amount = target.to_price() if target else None
    rates = current_rates()
    if target is not None and (best := pricing.best_price(watch, rates)) is not None:
        base = rates.price_to_base(best.amount, best.currency)
        if base is not None and base <= target.to_price():
            raise TargetNotBelow(
                "target_not_below",
                field="target",
                price=format_money(Money.from_price(base, rates.base)),
                target=format_money(target),
            )
    _begin(watch, rates)
    watch.save(
        update_fields=["drop_percent", "target_amount", "in_stock_only", "tells_back", "only_offer", *_BEGUN]
    )


def pause_watch(*, user: User, pk: int) -> None:
    own_watch(user=user, pk=pk)
    pause_watches([pk])


def pause_watches(ids: Sequence[int]) -> None:
    """Whoever asks: the person, or the holder of a letter's link."""
    PriceWatch.objects.filter(pk__in=ids, state=WatchState.ACTIVE).update(
        state=WatchState.PAUSED, check_at=None
    )


def resume_watch(*, user: User, pk: int) -> None:
    """From today's price on. One that is on already stays as it is."""
    watch = own_watch(user=user, pk=pk)
    if watch.state == WatchState.ACTIVE:
        return
    _begin(watch, current_rates())
    watch.state, watch.group_id = WatchState.ACTIVE, watch.offer.group_id
    watch.save(update_fields=["state", "group_id", *_BEGUN])


def delete_watch(*, user: User, pk: int) -> None:
    own_watch(user=user, pk=pk).delete()


def own_watch(*, user: User, pk: int) -> PriceWatch:
    watch = PriceWatch.objects.filter(user=user, pk=pk).select_related("offer__vendor", "product").first()
    if watch is None:
        raise UnknownWatch("unknown_watch")
    return watch


# The letters' links -----------------------------------------------------------------------------------------


def stop_by_link(thing: links.Thing, ids: Sequence[int]) -> None:
    """One press in a letter: it is paused, so that it can be switched on again."""
    if thing == "search":
        pause_searches(ids)
    else:
        pause_watches(ids)


def end_what_is_gone() -> int:
    """Watches whose good was not to be had for long have ended. Returns how many."""
    gone = PriceWatch.objects.filter(
        state=WatchState.ACTIVE, away_since__lt=timezone.now() - judging.GONE_AFTER
    )
    return gone.update(state=WatchState.ENDED, check_at=None)
