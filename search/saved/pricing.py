"""Price watches kept true: which of them a changed offer concerns, and what the best price of a good is now."""

from __future__ import annotations

import datetime as dt
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, fields
from itertools import groupby

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from catalog.enums import Availability
from catalog.freshness import fresh
from catalog.groups import group_number
from catalog.models import Offer
from catalog.unit_prices import with_vat
from core import clock
from core.rates import Rates, current_rates
from notifications.models import Notification
from notifications.services import notify
from search.saved import judging, notices
from search.saved.enums import WatchEvent, WatchState
from search.saved.judging import Memory, Price, Verdict, judge
from search.saved.models import PriceWatch
from search.saved.offers import in_pieces

#: Watches looked at together.
AT_ONCE = 200
_MEMORY = [field.name for field in fields(Memory)]
_WRITTEN = [name for name in _MEMORY if name not in {"drop_percent", "target_amount", "tells_back"}]


def note_changes(offer_ids: Collection[int], *, now: dt.datetime | None = None) -> int:
    """The watches of these offers' goods are looked at soon. Returns of how many. Repeating it changes nothing more."""
    active = PriceWatch.objects.filter(state=WatchState.ACTIVE)
    if not offer_ids or not active.exists():
        return 0
    due, noted = (now or clock.now()) + judging.GATHER, 0
    for some in in_pieces(sorted(set(offer_ids))):
        groups, products = _regroup(some)
        concerned = active.filter(
            Q(offer__in=some) | Q(only_offer=False, group_id__in=groups) | Q(product__in=products)
        )
        noted += concerned.update(revision=F("revision") + 1, check_at=Coalesce("check_at", due))
    return noted


def _regroup(offer_ids: Sequence[int]) -> tuple[list[int], list[int]]:
    """Goods and products of the offers as they are now; watches whose own offer moved to another good follow it."""
    groups = {
        pk: (group_number(pk, gtin, product, stands_alone=alone), product)
        for pk, gtin, product, alone in Offer.objects.filter(pk__in=offer_ids).values_list(
            "pk", "gtin", "product_id", "stands_alone"
        )
    }
    for watch in PriceWatch.objects.filter(offer__in=offer_ids).only("pk", "offer_id", "group_id"):
        group = groups[watch.offer_id][0]
        if watch.group_id != group:
            PriceWatch.objects.filter(pk=watch.pk).update(group_id=group)
    known = groups.values()
    return (
        sorted({group for group, _product in known if group > 0}),
        sorted({product for _group, product in known if product is not None}),
    )


def prices_of(watches: Iterable[PriceWatch]) -> dict[int, list[Price]]:
    """What each watch could be bought for now; the watches are read with their offers."""
    watches = list(watches)
    whole = [watch for watch in watches if not watch.only_offer]
    # First which offers, by their own columns: joined to vendors, the database would read all that these sell.
    ids = {watch.offer_id for watch in watches}
    ids.update(Offer.objects.in_groups_of([watch.offer for watch in whole]).values_list("pk", flat=True))
    products = {watch.product_id for watch in whole if watch.product_id}
    ids.update(Offer.objects.filter(product__in=products).values_list("pk", flat=True) if products else ())
    offers = fresh(Offer.objects.on_sale().filter(pk__in=ids))
    by_offer: dict[int, list[tuple[Price, str]]] = defaultdict(list)
    by_group: dict[int, list[tuple[Price, str]]] = defaultdict(list)
    by_product: dict[int, list[tuple[Price, str]]] = defaultdict(list)
    rows = offers.exclude(availability=Availability.NONE).filter(price_amount__gt=0)
    for pk, gtin, product, alone, amount, currency, vat, percent, state in rows.values_list(
        "pk", "gtin", "product_id", "stands_alone", "price_amount", "price_currency", "vat", "vat_percent",
        "availability",
    ):  # fmt: skip
        priced = (Price(pk, with_vat(amount, vat, percent), currency), state)
        by_offer[pk].append(priced)
        by_group[group_number(pk, gtin, product, stands_alone=alone)].append(priced)
        if product is not None:
            by_product[product].append(priced)
    found = {}
    for watch in watches:
        if watch.only_offer:
            own = by_offer[watch.offer_id]
        elif watch.product_id:
            own = by_product[watch.product_id]
        else:
            own = by_group[watch.offer.group_id]
        found[watch.pk] = [
            price for price, state in own if not watch.in_stock_only or state == Availability.IN_STOCK
        ]
    return found


def best_price(watch: PriceWatch, rates: Rates) -> Price | None:
    """The lowest that the good can be bought for now."""
    return cheapest(prices_of([watch])[watch.pk], rates)


def cheapest(prices: Iterable[Price], rates: Rates) -> Price | None:
    """At today's rates; what has none cannot be compared."""
    known = [price for price in prices if rates.knows(price.currency)]
    return min(
        known, key=lambda price: (price.amount * rates.micro[price.currency], price.offer_id), default=None
    )


# Looking and telling ----------------------------------------------------------------------------------------


def tell_of_prices(*, most: int = 5_000, seconds: float = 90) -> int:
    """Looks at the watches that are due and tells their owners, for so long. Returns how many messages. Two that run at
    once tell each thing once.
    """
    now, rates, sent, until = clock.now(), current_rates(), 0, time.monotonic() + seconds
    last = (0, 0)
    for _ in range(-(-most // AT_ONCE)):
        if time.monotonic() >= until:
            break
        after = Q(user__gt=last[0]) | Q(user=last[0], pk__gt=last[1])
        due = list(
            PriceWatch.objects.filter(after, check_at__lte=now)
            .select_related("user", "offer", "product")
            .order_by("user", "pk")[:AT_ONCE]
        )
        if not due:
            break
        last = (due[-1].user_id, due[-1].pk)
        waits = _waits({watch.user_id for watch in due}, now)
        prices = prices_of(due)
        for user_id, watches in groupby(due, key=lambda watch: watch.user_id):
            sent += _tell(list(watches), prices, rates, now, waits.get(user_id))
    return sent


def _waits(user_ids: set[int], now: dt.datetime) -> dict[int, dt.datetime]:
    """Until when those must wait who were told of prices a short while ago."""
    rows = Notification.objects.filter(
        user__in=user_ids, kind__in=notices.PRICES, created_at__gt=now - judging.EVERY
    ).order_by("created_at")
    return {
        user: created_at + judging.EVERY for user, created_at in rows.values_list("user_id", "created_at")
    }


def _tell(
    watches: Sequence[PriceWatch],
    prices: dict[int, list[Price]],
    rates: Rates,
    now: dt.datetime,
    wait: dt.datetime | None,
) -> int:
    """One message for each kind of news, of all watches of one person that have some."""
    news: dict[WatchEvent, list[tuple[PriceWatch, Verdict]]] = defaultdict(list)
    with transaction.atomic():
        for watch in watches:
            mine = PriceWatch.objects.filter(pk=watch.pk, revision=watch.revision, check_at=watch.check_at)
            if watch.state != WatchState.ACTIVE:
                mine.update(check_at=None)
                continue
            verdict = judge(
                Memory(**{name: getattr(watch, name) for name in _MEMORY}),
                prices[watch.pk],
                rates=rates.micro,
                now=now,
            )
            if verdict.event and wait is not None:
                mine.update(check_at=wait)
                continue
            memory = asdict(verdict.memory)
            values = {name: memory[name] for name in _WRITTEN} | {"base_rates": memory["base_rates"] or {}}
            if verdict.event:
                values |= {"told_at": now, "last_event": verdict.event, "messages": watch.messages + 1}
            # Offers that changed meanwhile leave it for the next look.
            if mine.update(check_at=None, **values) and verdict.event:
                news[WatchEvent(verdict.event)].append((watch, verdict))
        for event, told in news.items():
            first = told[0][0]
            kind = notices.KIND_OF[event]
            notify(
                users=[first.user_id],
                kind=kind,
                params=notices.price_params(first.user, told),
                url=notices.watches_url(),
                key=f"{kind}:{first.pk}:{first.messages + 1}",
            )
    return len(news)
