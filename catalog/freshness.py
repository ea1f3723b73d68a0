"""How long offers hold after their vendor last confirmed them: days by category, and which offers are past them.

A category without days of its own takes those of the nearest one above it that has some. An offer is FRESH for the
first half of its days, STALE (buyers are told to ask) for the second, and EXPIRED after that: it stays on its own page
and leaves every list. All of it follows from `Supply.confirmed_at` when asked: no offer is touched as time goes by.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Case, DateTimeField, F, QuerySet, Value, When
from django.utils import timezone

from catalog.models import Category, Offer, Supply
from vendors.enums import VendorState

#: Where no category says otherwise, and of goods without a category.
DEFAULT_DAYS = 30
#: What an operator may set.
SHORTEST, LONGEST = 1, 366
_KEY, _SECONDS = "catalog.expired_offers", 30


class State(enum.StrEnum):
    FRESH = "fresh"
    STALE = "stale"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Freshness:
    """Of one offer: when it was confirmed, how that stands now, and until when lists show it."""

    confirmed_at: dt.datetime
    state: State
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Expired:
    """Offers that are past their days: those of `supplies` that are in one of `categories` (in whatever category,
    where that is empty) and in none of `but_not`. A category stands for all below it.
    """

    supplies: frozenset[int]
    categories: frozenset[int] = frozenset()
    but_not: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Rules:
    """The categories that have days of their own, by path: {path: (id, days)}."""

    by_path: Mapping[str, tuple[int, int]]

    @classmethod
    def now(cls) -> Rules:
        rows = Category.objects.filter(fresh_days__isnull=False, merged_into__isnull=True)
        told = rows.order_by("path").values_list("path", "pk", "fresh_days")
        return cls({path: (pk, days) for path, pk, days in told})

    def days(self, path: str | None) -> int:
        """Of the category at this place of the tree; None: of no category."""
        for end in range(len(path or ""), 0, -Category.steplen):
            found = self.by_path.get((path or "")[:end])
            if found is not None:
                return found[1]
        return DEFAULT_DAYS

    def of(self, offer: Offer, *, now: dt.datetime | None = None) -> Freshness:
        """Of an offer that was read with its supply and category."""
        days = dt.timedelta(days=self.days(offer.category.path if offer.category else None))
        confirmed_at = offer.supply.confirmed_at
        age = (now or timezone.now()) - confirmed_at
        state = State.EXPIRED if age > days else State.STALE if 2 * age > days else State.FRESH
        return Freshness(confirmed_at, state, confirmed_at + days)

    @cached_property
    def every_days(self) -> tuple[int, ...]:
        """All numbers of days that some offers have, rising."""
        return tuple(sorted({DEFAULT_DAYS, *(days for _pk, days in self.by_path.values())}))

    @cached_property
    def regions(self) -> tuple[tuple[int, frozenset[int], frozenset[int]], ...]:
        """(days, categories, but not), such that each place of the tree is in exactly one of them. No category at all
        stands for the whole tree. Categories of equal days share one where nothing below them differs.
        """
        differing: dict[str, tuple[int, int]] = {}
        but_not: dict[str, set[int]] = {"": set()}
        for path, (pk, days) in sorted(self.by_path.items()):  # those above come first
            above = _nearest_above(path, differing)
            if days != (differing[above][1] if above else DEFAULT_DAYS):
                differing[path] = (pk, days)
                but_not[above].add(pk)
                but_not[path] = set()
        plain: dict[int, set[int]] = {}
        found = [(DEFAULT_DAYS, frozenset[int](), frozenset(but_not[""]))]
        for path, (pk, days) in differing.items():
            if but_not[path]:
                found.append((days, frozenset([pk]), frozenset(but_not[path])))
            else:
                plain.setdefault(days, set()).add(pk)
        found += [(days, frozenset(pks), frozenset[int]()) for days, pks in sorted(plain.items())]
        return tuple(found)


def _nearest_above(path: str, among: Mapping[str, object]) -> str:
    """The longest beginning of the path that is among them; "" where there is none."""
    ends = range(len(path) - Category.steplen, 0, -Category.steplen)
    return next((path[:end] for end in ends if path[:end] in among), "")


def expired_offers(*, now: dt.datetime | None = None) -> tuple[Expired, ...]:
    """Which offers are past their days, as few sets: two statements, however many offers there are."""
    now = now or timezone.now()
    rules = Rules.now()
    shortest, longest = rules.every_days[0], rules.every_days[-1]
    old = dict(
        Supply.objects.filter(
            confirmed_at__lt=now - dt.timedelta(days=shortest), vendor__state=VendorState.APPROVED
        ).values_list("pk", "confirmed_at")
    )
    if not old:
        return ()

    def past(days: int) -> frozenset[int]:
        return frozenset(pk for pk, at in old.items() if at < now - dt.timedelta(days=days))

    everywhere = past(longest)
    parts = [Expired(everywhere)] if everywhere else []
    for days, categories, but_not in rules.regions:
        supplies = past(days) - everywhere
        if supplies:
            parts.append(Expired(supplies, categories, but_not))
    return tuple(parts)


def known_expired_offers() -> tuple[Expired, ...]:
    """The same for searches, half a minute old at most; a confirmation and other days for a category show at once."""
    found: tuple[Expired, ...] | None = cache.get(_KEY)
    if found is None:
        found = expired_offers()
        with suppress(OSError):  # a full disk
            cache.set(_KEY, found, _SECONDS)
    return found


def forget_expired_offers() -> None:
    """What is past its days has changed. Inside a transaction it is forgotten again with its end: a search in between
    keeps what was before.
    """

    def forget() -> None:
        with suppress(OSError):
            cache.delete(_KEY)

    forget()
    if connection.in_atomic_block:
        transaction.on_commit(forget, robust=True)


def fresh(
    offers: QuerySet[Offer], *, rules: Rules | None = None, now: dt.datetime | None = None
) -> QuerySet[Offer]:
    """Those of the offers that are not past their days."""
    allowed = _oldest_allowed(rules or Rules.now(), now or timezone.now())
    return offers.alias(oldest_allowed=allowed).filter(supply__confirmed_at__gte=F("oldest_allowed"))


def expired(
    offers: QuerySet[Offer], *, rules: Rules | None = None, now: dt.datetime | None = None
) -> QuerySet[Offer]:
    """Those of the offers that are past their days."""
    allowed = _oldest_allowed(rules or Rules.now(), now or timezone.now())
    return offers.alias(oldest_allowed=allowed).filter(supply__confirmed_at__lt=F("oldest_allowed"))


def _oldest_allowed(rules: Rules, now: dt.datetime) -> Case | Value:
    """When an offer must have been confirmed at the earliest, by its category: the deepest that has a say.

    To be given a name first: inside a condition, Django would join the categories so that offers without one go.
    """
    default = now - dt.timedelta(days=DEFAULT_DAYS)
    if not rules.by_path:
        return Value(default, output_field=DateTimeField())
    deepest_first = sorted(rules.by_path.items(), key=lambda each: (-len(each[0]), each[0]))
    return Case(
        *(
            When(category__path__startswith=path, then=Value(now - dt.timedelta(days=days)))
            for path, (_pk, days) in deepest_first
        ),
        default=Value(default),
        output_field=DateTimeField(),
    )


def days_by_category(ids: Collection[int | None], rules: Rules) -> dict[int | None, int]:
    """Days of each of these categories, in one statement; None stands for no category."""
    paths = dict(
        Category.objects.filter(pk__in=[pk for pk in ids if pk is not None]).values_list("pk", "path")
    )
    return {pk: rules.days(paths.get(pk)) if pk is not None else DEFAULT_DAYS for pk in ids}
