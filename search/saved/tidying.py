"""Nightly: what saved searches need not remember any more goes, and watches of goods that are gone end."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db.models import Count, Q

from core import clock
from search.saved import damping, services
from search.saved.enums import Told
from search.saved.models import SavedMatch, SavedSearch

#: Longer than any fact about an offer waits in the outbox.
_SETTLED: Final = dt.timedelta(days=7)
_AT_ONCE: Final = 500
_ROWS_AT_ONCE: Final = 5_000
#: Found since then makes a search look at what it knows: some nights may be lost.
_LOOKED_BACK: Final = dt.timedelta(days=4)


def tidy() -> dict[str, int]:
    """Deletes in small pieces; a run that is broken off is taken up by the next. Returns what became of how many."""
    now = clock.now()
    return {
        "ended": services.end_what_is_gone(),
        "widened": _widen(now),
        "forgotten": _forget_what_left(now - damping.FORGOTTEN_AFTER),
    }


def _widen(now: dt.datetime) -> int:
    """Searches that know too many goods one by one know all that were made until a while ago instead."""
    until = now - _SETTLED
    grown = sorted(_grown(now - _LOOKED_BACK))
    crowded = {
        pk
        for start in range(0, len(grown), _AT_ONCE)
        for pk in SavedMatch.objects.filter(search__in=grown[start : start + _AT_ONCE])
        .values("search")
        .annotate(known=Count("pk"))
        .filter(known__gt=damping.MOST_KNOWN)
        .values_list("search", flat=True)
    }
    wide = dict(SavedSearch.objects.filter(known_until__isnull=False).values_list("pk", "known_until"))
    for pk in sorted(crowded | wide.keys()):
        known_until = wide.get(pk)
        if known_until is None or known_until < until:
            SavedSearch.objects.filter(pk=pk).update(known_until=until)
        _forget(Q(search=pk, offer__created_at__lte=max(until, known_until or until)) & ~Q(told=Told.WAITING))
    return len(crowded | wide.keys())


def _grown(since: dt.datetime) -> set[int]:
    """Searches that found something since then, by the newest rows alone: most have found nothing, and counting what all
    of them know reads the whole table.
    """
    grown: set[int] = set()
    newest, last = SavedMatch.objects.order_by("-pk").values_list("pk", "search_id", "found_at"), None
    while rows := list((newest if last is None else newest.filter(pk__lt=last))[:_ROWS_AT_ONCE]):
        grown.update(search for _pk, search, found_at in rows if found_at >= since)
        last = rows[-1][0]
        if all(found_at < since for _pk, _search, found_at in rows):
            break
    return grown


def _forget_what_left(before: dt.datetime) -> int:
    """Walks over the table once: no index knows when a match left, which would cost each change of a price."""
    gone, last = 0, 0
    matches = SavedMatch.objects.filter(left_at__lt=before).order_by("pk")
    while ids := list(matches.filter(pk__gt=last).values_list("pk", flat=True)[:_AT_ONCE]):
        SavedMatch.objects.filter(pk__in=ids).delete()
        gone, last = gone + len(ids), ids[-1]
    return gone


def _forget(which: Q) -> int:
    gone = 0
    while ids := list(SavedMatch.objects.filter(which).values_list("pk", flat=True)[:_AT_ONCE]):
        SavedMatch.objects.filter(pk__in=ids).delete()
        gone += len(ids)
    return gone
