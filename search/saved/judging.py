"""Whether a price watch has something to say. Pure: what it remembers and today's prices in, what it remembers and an event out.

A price is compared with the one that was told last (at first: the price on the day the watch began), both at the rates
of that day. So a rate alone makes nothing cheaper, whichever of a good's offers is the cheapest now, and a price that
swings to and fro is told once: coming back to what was told is no fall below it. A wished price is meant as it would be
paid today, at today's rate.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from search.saved.enums import WatchEvent

#: A change of a good's offers is looked at so much later: what comes and goes within is not seen at all.
GATHER: Final = dt.timedelta(minutes=10)
#: Messages about watched prices to one person come this far apart, each with all that is to be said.
EVERY: Final = dt.timedelta(hours=3)
#: So long it must have been away to be "back", and so long after it was told to be back again.
AWAY_FOR: Final = dt.timedelta(days=1)
BACK_AGAIN_AFTER: Final = dt.timedelta(days=7)
#: After so long above what was told last, the price counts as settled, and a fall is judged by it.
SETTLED_AFTER: Final = dt.timedelta(days=30)
#: A wished price that was told of is told of again if the price falls so much further, in percent.
FURTHER: Final = 5
#: A watch whose good was not to be had for so long has ended.
GONE_AFTER: Final = dt.timedelta(days=90)
_MICRO: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """Of one offer that can be bought, VAT included, in 1/10,000 of its currency."""

    offer_id: int
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class Memory:
    """What a watch wants and remembers; the names are those of `PriceWatch`."""

    drop_percent: int = 5
    target_amount: int | None = None
    tells_back: bool = True
    base_amount: int | None = None
    base_currency: str = "UAH"
    base_rates: Mapping[str, int] | None = None
    seen_amount: int | None = None
    seen_currency: str = "UAH"
    above_since: dt.datetime | None = None
    away_since: dt.datetime | None = None
    back_at: dt.datetime | None = None
    is_armed: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """`price` is the best one now, `was` what was told before it (amount, currency)."""

    memory: Memory
    event: WatchEvent
    price: Price | None = None
    was: tuple[int, str] | None = None


def judge(memory: Memory, prices: Sequence[Price], *, rates: Mapping[str, int], now: dt.datetime) -> Verdict:
    """`rates` are today's, {currency: 1/1,000,000 of the row's currency}."""
    then = {**rates, **(memory.base_rates or {})}
    if len({memory.base_currency, *(price.currency for price in prices)}) == 1:
        # All in one currency are compared without any rate, known or not.
        then.setdefault(memory.base_currency, _MICRO)
    known = [price for price in prices if price.currency in then]
    if not known:
        return Verdict(replace(memory, away_since=memory.away_since or now), WatchEvent.NONE)
    best = min(known, key=lambda price: (price.amount * then[price.currency], price.offer_id))
    memory, away_since = replace(memory, away_since=None), memory.away_since
    if memory.base_amount is None:
        return _first(memory, best, rates, away_since=away_since, now=now)
    memory = _settled(memory, rates, now)
    if memory.tells_back and away_since is not None and _is_back(memory, away_since, now):
        return _remembering(replace(memory, back_at=now), best, rates, now, WatchEvent.BACK)
    then = {**then, **(memory.base_rates or {})}
    value = best.amount * then[best.currency]
    base = (memory.base_amount or 0) * then.get(memory.base_currency, _MICRO)
    if _has_fallen(memory, best, value, base, rates):
        return _remembering(replace(memory, is_armed=False), best, rates, now, WatchEvent.CHEAPER)
    is_above = value > base if memory.target_amount is None else not _is_wished(memory, best, rates)
    memory = replace(
        memory,
        above_since=(memory.above_since or now) if is_above else None,
        seen_amount=best.amount,
        seen_currency=best.currency,
    )
    return Verdict(memory, WatchEvent.NONE, best)


def _first(
    memory: Memory, best: Price, rates: Mapping[str, int], *, away_since: dt.datetime | None, now: dt.datetime
) -> Verdict:
    """The watch began on a good that was not to be had: that it is on sale now is what was waited for, however soon."""
    if memory.tells_back and away_since is not None and _may_be_back(memory, now):
        return _remembering(replace(memory, back_at=now), best, rates, now, WatchEvent.BACK)
    event = WatchEvent.CHEAPER if _is_wished(memory, best, rates) else WatchEvent.NONE
    return _remembering(memory, best, rates, now, event)


def _settled(memory: Memory, rates: Mapping[str, int], now: dt.datetime) -> Memory:
    """What has been dearer for long is what it costs: the next fall is judged by that."""
    if memory.above_since is None or now - memory.above_since < SETTLED_AFTER or memory.seen_amount is None:
        return memory
    return replace(
        memory,
        base_amount=memory.seen_amount,
        base_currency=memory.seen_currency,
        base_rates=dict(rates),
        above_since=None,
        is_armed=True,
    )


def _is_back(memory: Memory, away_since: dt.datetime, now: dt.datetime) -> bool:
    return now - away_since >= AWAY_FOR and _may_be_back(memory, now)


def _may_be_back(memory: Memory, now: dt.datetime) -> bool:
    return memory.back_at is None or now - memory.back_at >= BACK_AGAIN_AFTER


def _has_fallen(memory: Memory, best: Price, value: int, base: int, rates: Mapping[str, int]) -> bool:
    if memory.target_amount is None:
        return value * 100 <= base * (100 - memory.drop_percent)
    if not _is_wished(memory, best, rates):
        return False
    return memory.is_armed or value * 100 <= base * (100 - FURTHER)


def _is_wished(memory: Memory, best: Price, rates: Mapping[str, int]) -> bool:
    rate = rates.get(best.currency)
    return (
        rate is not None
        and memory.target_amount is not None
        and best.amount * rate <= memory.target_amount * _MICRO
    )


def _remembering(
    memory: Memory, best: Price, rates: Mapping[str, int], now: dt.datetime, event: WatchEvent
) -> Verdict:
    was = None if memory.base_amount is None else (memory.base_amount, memory.base_currency)
    is_wished = memory.target_amount is not None and _is_wished(memory, best, rates)
    memory = replace(
        memory,
        base_amount=best.amount,
        base_currency=best.currency,
        base_rates=dict(rates),
        seen_amount=best.amount,
        seen_currency=best.currency,
        above_since=None if memory.target_amount is None or is_wished else memory.above_since or now,
        is_armed=memory.is_armed and not is_wished,
    )
    return Verdict(memory, event, best, was)
