"""Vendors who won or bid on such lines within a year, whatever is in their price lists today, and on what that stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from buyer_requests.deciding.enums import AwardState
from buyer_requests.enums import BidState
from buyer_requests.models import Award, BidLine, BuyerRequest, LineMatch
from catalog.models import Category
from core.text import term_list

LOOKED_BACK: Final = dt.timedelta(days=365)
#: Earlier lines without a category that lines without one are held against by their words; the latest.
COMPARED: Final = 3_000
#: Share of all words of two lines that both have, from which on they are alike.
ALIKE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Past:
    """What a vendor did: requests won and bid on; `what` names the goods, by language."""

    won: int
    bid: int
    what: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        return {"won": self.won, "bid": self.bid, "what": self.what}


def categories_of(request: BuyerRequest) -> set[int]:
    """The categories of the lines; a line without one counts as of that which most of its matching offers are in."""
    lines = request.lines.exclude(category=None).order_by()
    categories = set(lines.values_list("category_id", flat=True).distinct())
    guessed = (
        LineMatch.objects.filter(line__request=request, line__category=None)
        .exclude(offer__category=None)
        .order_by()
        .values_list("line_id", "offer__category_id")
        .annotate(offers=Count("pk"))
    )
    best: dict[int, tuple[int, int]] = {}
    for line, category, offers in guessed:
        best[line] = max(best.get(line, (0, 0)), (offers, category))
    return categories | {category for _offers, category in best.values()}


def past_of(request: BuyerRequest, categories: Collection[int]) -> dict[int, Past]:
    """{vendor: what it won and bid on of such goods}, by the category in which it did most; else by alike words."""
    since = timezone.now() - LOOKED_BACK
    found: dict[int, dict[int, list[int]]] = {}
    bids = (
        BidLine.objects.filter(
            line__category__in=categories, bid__state=BidState.SENT, bid__sent_at__gte=since
        )
        .exclude(bid__request=request)
        # A round of a standing request repeats its bids: it counts where something was won in it.
        .filter(
            Q(bid__request__round_of=None)
            | Exists(
                Award.objects.filter(line=OuterRef("line"), bid=OuterRef("bid"), state=AwardState.ACCEPTED)
            )
        )
        .order_by()
        .values_list("bid__vendor", "line__category")
        .annotate(requests=Count("bid__request", distinct=True))
    )
    awards = (
        Award.objects.filter(line__category__in=categories, state=AwardState.ACCEPTED, awarded_at__gte=since)
        .exclude(request=request)
        .order_by()
        .values_list("bid__vendor", "line__category")
        .annotate(requests=Count("request", distinct=True))
    )
    for place, rows in ((0, awards), (1, bids)):
        for vendor, category, requests in rows:
            found.setdefault(vendor, {}).setdefault(category, [0, 0])[place] = requests
    best = {
        vendor: max(by_category.items(), key=lambda each: (each[1], -each[0]))
        for vendor, by_category in found.items()
    }
    names = _names({category for category, _counts in best.values()})
    past = {vendor: Past(won, bid, names[category]) for vendor, (category, (won, bid)) in best.items()}
    for vendor, alike in _by_words(request, since).items():
        past.setdefault(vendor, alike)
    return past


def _names(categories: Iterable[int]) -> dict[int, dict[str, str]]:
    rows = Category.objects.filter(pk__in=list(categories)).values_list("pk", "name_uk", "name_ru", "name_en")
    return {pk: {"uk": uk or "", "ru": ru or uk or "", "en": en or uk or ""} for pk, uk, ru, en in rows}


def _by_words(request: BuyerRequest, since: dt.datetime) -> dict[int, Past]:
    """By lines that nobody placed in a category, now as then."""
    wanted = [
        (text, words)
        for text in request.lines.filter(category=None).values_list("text", flat=True)
        if len(words := _words(text)) > 1
    ]
    if not wanted:
        return {}
    earlier = (
        BidLine.objects.filter(line__category=None, bid__state=BidState.SENT, bid__sent_at__gte=since)
        .exclude(bid__request=request)
        .order_by("-pk")
        .values_list("line_id", "bid__vendor", "bid__request", "line__text", "bid__request__round_of")[
            :COMPARED
        ]
    )
    rows = list(earlier)
    alike: dict[int, str] = {}
    for line, text in {line: text for line, _vendor, _request, text, _round in rows}.items():
        words = _words(text)
        for named, own in wanted:
            if len(words & own) >= ALIKE * len(words | own):
                alike[line] = named
                break
    if not alike:
        return {}
    won = set(
        Award.objects.filter(line__in=alike, state=AwardState.ACCEPTED).values_list("line_id", "bid__vendor")
    )
    bid_on: dict[int, set[int]] = {}
    won_of: dict[int, set[int]] = {}
    what: dict[int, str] = {}
    for line, vendor, held, _text, number in rows:
        if line in alike and (number is None or (line, vendor) in won):
            bid_on.setdefault(vendor, set()).add(held)
            what.setdefault(vendor, alike[line])
            if (line, vendor) in won:
                won_of.setdefault(vendor, set()).add(held)
    return {
        vendor: Past(len(won_of.get(vendor, ())), len(held), {"uk": what[vendor][:80]})
        for vendor, held in bid_on.items()
    }


def _words(text: str) -> frozenset[str]:
    return frozenset(term for term in term_list(text) if term.isalpha())
