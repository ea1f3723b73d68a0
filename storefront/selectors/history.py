"""What a good cost over a year: changes of its offers' prices, read within bounds, as a graph."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from catalog.freshness import Rules, State
from catalog.models import Offer, PriceChange
from catalog.price_history import Change, daily_lows
from catalog.unit_prices import pieces_of, price_of_piece, with_vat
from core.rates import Rates, current_rates
from storefront.price_graph import PriceGraph, price_graph
from vendors.enums import VatStatus

DAYS: Final = 365
#: Offers of one good whose prices count.
MAX_OFFERS: Final = 300
#: Changes that are read, the newest: of a good whose prices change more often, the graph begins later.
MAX_CHANGES: Final = 12_000
#: From so many on the lows are kept for a while; to read fewer costs no more than to keep them.
_DEAR: Final = 2_000
_KEPT_SECONDS: Final = 900


@dataclass(frozen=True, slots=True)
class PriceHistory:
    """A graph, and what must be said beside it."""

    graph: PriceGraph
    offers: int  # whose prices count
    withdrawn: int  # of them
    currencies: tuple[str, ...]  # foreign ones among them, turned over at today's rate
    has_vat_added: bool
    per_piece: bool


def price_history(offers: Sequence[Offer], *, rules: Rules) -> PriceHistory | None:
    """Of the good whose offers these are (`offers.group_of`), those that left the sale among them, which count until they
    left. None where no price is known. One statement, two where there are too many changes.
    """
    offers = offers[:MAX_OFFERS]
    if not offers:
        return None
    now, rates = timezone.now(), current_rates()
    today = timezone.localdate(now)
    packs = {pieces_of(offer.unit, offer.pack_count) for offer in offers}
    per_piece = len(packs) > 1
    lows = _lows(offers, rules, rates, now, per_piece=per_piece)
    # What holds now is known from the offers: it is in the graph even where the lows were kept.
    current = [
        price
        for offer in offers
        if offer.withdrawn_at is None
        and rules.of(offer).state != State.EXPIRED
        and (price := _compared(offer, offer.price_amount, offer.price_currency, rates, per_piece=per_piece))
        is not None
    ]
    held = min(current) if current else None
    if held is not None:
        lows[-1] = held if lows[-1] is None else min(lows[-1], held)
    graph = price_graph(lows, last=today, currency=settings.BASE_CURRENCY, now=held)
    if graph is None:
        return None
    foreign = {offer.price_currency for offer in offers} - {settings.BASE_CURRENCY}
    return PriceHistory(
        graph=graph,
        offers=len(offers),
        withdrawn=sum(offer.withdrawn_at is not None for offer in offers),
        currencies=tuple(sorted(foreign)),
        has_vat_added=any(offer.vat == VatStatus.EXCLUDED for offer in offers),
        per_piece=per_piece,
    )


def _lows(
    offers: Sequence[Offer], rules: Rules, rates: Rates, now: dt.datetime, *, per_piece: bool
) -> list[int | None]:
    """The lowest price of each of the last days, in 1/10,000 of the row's currency."""
    today = timezone.localdate(now)
    parts = (today, per_piece, sorted(rates.micro.items()), sorted(offer.pk for offer in offers))
    key = f"storefront.lows.{hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()}"
    kept: list[int | None] | None = cache.get(key)
    if kept is not None:
        return list(kept)
    by_id = {offer.pk: offer for offer in offers}
    changes, since = _changes(list(by_id), now - dt.timedelta(days=DAYS))
    ends = {offer.pk: _end(offer, rules) for offer in offers}
    found = daily_lows(
        changes,
        ends=ends,
        to_base=lambda pk, amount, currency: _compared(
            by_id[pk], amount, currency, rates, per_piece=per_piece
        ),
        first=timezone.localdate(since),
        last=today,
        zone=timezone.get_current_timezone(),
    )
    if len(changes) >= _DEAR:
        with suppress(OSError):  # a full disk
            cache.set(key, found, _KEPT_SECONDS)
    return found


def _changes(ids: Sequence[int], start: dt.datetime) -> tuple[list[Change], dt.datetime]:
    """Changes by offer and time, and since when they are all there is to know: since `start`, or later where there are
    too many. What held at that moment is among them.
    """
    # Chosen by the index alone: of a hundred thousand changes only those that are read are looked up.
    newest = PriceChange.objects.filter(offer__in=ids).order_by("-changed_at").values("pk")[:MAX_CHANGES]
    rows = list(PriceChange.objects.filter(pk__in=newest).values_list(*_FIELDS))
    oldest = min((row[3] for row in rows), default=start)
    if len(rows) < MAX_CHANGES or oldest < start:
        return sorted(rows, key=_by_offer), start
    since = timezone.localtime(oldest).replace(hour=0, minute=0, second=0, microsecond=0)
    since += dt.timedelta(days=1)
    kept = [row for row in rows if row[3] >= since]
    return sorted((*_held_before(ids, since), *kept), key=_by_offer), since


_FIELDS = ("offer_id", "amount", "currency", "changed_at")


def _held_before(ids: Sequence[int], moment: dt.datetime) -> Any:
    """The last change of each offer before a moment: one step in the index for each offer."""
    own = PriceChange.objects.filter(offer=OuterRef("pk"), changed_at__lt=moment).order_by("-changed_at")
    last = Offer.objects.filter(pk__in=ids).annotate(last=Subquery(own.values("pk")[:1])).values("last")
    return PriceChange.objects.filter(pk__in=last).values_list(*_FIELDS)


def _by_offer(row: Change) -> tuple[int, dt.datetime]:
    return row[0], row[3]


def _end(offer: Offer, rules: Rules) -> dt.datetime | None:
    """When its price stopped to hold: it was withdrawn, or nobody has confirmed it for too long."""
    if offer.withdrawn_at is not None:
        return offer.withdrawn_at
    freshness = rules.of(offer)
    return freshness.expires_at if freshness.state == State.EXPIRED else None


def _compared(offer: Offer, amount: int, currency: str, rates: Rates, *, per_piece: bool) -> int | None:
    """A price as the table of offers compares it: in the row's currency, VAT included, of a piece where packs differ."""
    price = rates.price_to_base(with_vat(amount, offer.vat, offer.vat_percent), currency)
    if price is None or not per_piece:
        return price
    return price_of_piece(price, unit=offer.unit, pack_count=offer.pack_count)
