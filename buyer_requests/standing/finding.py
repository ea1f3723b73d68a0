"""What comes to fit a standing request, or gets cheaper: noted when offers are matched, told later, once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from buyer_requests.enums import RequestState
from buyer_requests.matching.store import Pair
from buyer_requests.models import LineMatch, RequestLine
from buyer_requests.standing.enums import StandingState
from buyer_requests.standing.models import StandingFind, StandingTerms

_AT_ONCE = 5_000


def note(pairs: Collection[Pair], *, first: bool = False) -> int:
    """Of these pairs of line and vendor those of standing requests: their stored matches are held against what was told.

    With `first` (publishing) all of it counts as told: the page shows it, and vendors get the request itself. Returns how
    many finds are news to the buyer. Repeating it changes nothing.
    """
    if not pairs:
        return 0
    terms_of = _standing_lines({line for line, _vendor in pairs})
    wanted = {pair for pair in pairs if pair[0] in terms_of}
    if not wanted:
        return 0
    lines = sorted({line for line, _vendor in wanted})
    news = 0
    for start in range(0, len(lines), _AT_ONCE):
        some = lines[start : start + _AT_ONCE]
        matches = [
            match
            for match in LineMatch.objects.filter(line__in=some).only("line", "offer", "vendor", "price_base")
            if (match.line_id, match.vendor_id) in wanted
        ]
        with transaction.atomic():
            news += _written(matches, terms_of, first=first)
    return news


def _standing_lines(line_ids: Collection[int]) -> dict[int, StandingTerms]:
    """By request and not by line: they are few, lines are many."""
    standing = {
        terms.request_id: terms
        for terms in StandingTerms.objects.filter(
            request__state=RequestState.OPEN, state__in=(StandingState.ACTIVE, StandingState.PAUSED)
        )
    }
    if not standing:
        return {}
    rows = RequestLine.objects.filter(request__in=standing).values_list("pk", "request_id")
    return {line: standing[request] for line, request in rows if line in line_ids}


def _written(matches: list[LineMatch], terms_of: dict[int, StandingTerms], *, first: bool) -> int:
    known: dict[tuple[int, int], StandingFind] = {
        (find.line_id, find.offer_id): find
        for find in StandingFind.objects.filter(line__in={match.line_id for match in matches})
    }
    now = timezone.now()
    fresh, changed, news = [], [], 0
    for match in matches:
        find = known.get((match.line_id, match.offer_id))
        terms = terms_of[match.line_id]
        if find is None:
            fresh.append(
                StandingFind(
                    terms=terms,
                    line_id=match.line_id,
                    offer_id=match.offer_id,
                    vendor_id=match.vendor_id,
                    price_base=match.price_base,
                    told_base=match.price_base if first else None,
                    is_news=not first,
                    is_vendor_news=not first,
                    found_at=now,
                    vendor_told_at=now if first else None,
                )
            )
            news += not first
        elif find.price_base != match.price_base:
            find.price_base = match.price_base
            if is_cheaper(find.told_base, match.price_base, terms.step_percent):
                news += not find.is_news
                find.is_news = find.is_vendor_news = True
            elif find.told_base is not None:
                # Dearer again before anybody heard of it: nothing to tell.
                find.is_news = find.is_vendor_news = False
            changed.append(find)
    StandingFind.objects.bulk_update(changed, ["price_base", "is_news", "is_vendor_news"], batch_size=500)
    StandingFind.objects.bulk_create(fresh, batch_size=500, ignore_conflicts=True)
    return news


def is_cheaper(told: int | None, now: int | None, step_percent: int) -> bool:
    """By the step at least, of the price that was told last."""
    return told is not None and now is not None and now * 100 <= told * (100 - step_percent) and now < told


def by_vendor(finds: Collection[StandingFind]) -> dict[int, list[StandingFind]]:
    found: dict[int, list[StandingFind]] = defaultdict(list)
    for find in finds:
        found[find.vendor_id].append(find)
    return found
