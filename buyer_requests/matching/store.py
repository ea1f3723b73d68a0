"""Matches as rows: the best five offers for each line and vendor, the count, and the ids of some further ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from buyer_requests.matching.forward import match_texts
from buyer_requests.matching.open_lines import WHOLE, Shard
from buyer_requests.matching.queries import KEPT, SPARE, Found, stored_queries
from buyer_requests.models import LineMatch, RequestLine, VendorFit

#: (line, vendor)
Pair = tuple[int, int]
#: Pairs written in one transaction: SQLite holds every other writer off for less than half a second.
PAIRS_AT_ONCE = 500


def by_pair(found: Iterable[Found]) -> dict[Pair, list[Found]]:
    """The offers of each line and vendor, best first."""
    pairs: dict[Pair, list[Found]] = defaultdict(list)
    for each in found:
        pairs[each.line_id, each.vendor_id].append(each)
    for offers in pairs.values():
        offers.sort(key=lambda each: each.order)
    return dict(pairs)


def rematch_request(request_id: int, *, shard: Shard = WHOLE) -> dict[int, set[int]]:
    """Matches all lines of a request (of the shard) anew and stores what holds now; stale matches go.

    Returns {vendor: lines that the vendor can meet}. Matching runs outside of the transaction.
    """
    every = RequestLine.objects.filter(request_id=request_id).select_related("request")
    lines = [line for line in every if shard.has(line.pk)]
    pairs = by_pair(each for offers in match_texts(stored_queries(lines)).values() for each in offers)
    with transaction.atomic():
        ids = [line.pk for line in lines]
        LineMatch.objects.filter(line_id__in=ids).delete()
        VendorFit.objects.filter(line_id__in=ids).delete()
        _insert(pairs)
        _count(ids)
    fits: dict[int, set[int]] = defaultdict(set)
    for line, vendor in pairs:
        fits[vendor].add(line)
    return dict(fits)


def replace_pairs(pairs: Mapping[Pair, Sequence[Found]], *, spare: Mapping[Pair, Sequence[int]]) -> None:
    """Puts new matches in the place of the stored ones of the same lines and vendors; an empty list withdraws.

    `spare` holds ids of matching offers beyond those given. Written in transactions of bounded length.
    """
    every = sorted(pairs)
    for start in range(0, len(every), PAIRS_AT_ONCE):
        some = every[start : start + PAIRS_AT_ONCE]
        with transaction.atomic():
            _delete(some)
            _insert({pair: pairs[pair] for pair in some if pairs[pair]}, spare)
            _count({line for line, _vendor in some})


def _delete(pairs: Sequence[Pair]) -> None:
    vendors: dict[int, list[int]] = defaultdict(list)
    for line, vendor in pairs:
        vendors[vendor].append(line)
    for vendor, lines in vendors.items():
        LineMatch.objects.filter(vendor_id=vendor, line_id__in=lines).delete()
        VendorFit.objects.filter(vendor_id=vendor, line_id__in=lines).delete()


def _insert(pairs: Mapping[Pair, Sequence[Found]], spare: Mapping[Pair, Sequence[int]] | None = None) -> None:
    matches, fits = [], []
    for pair, offers in pairs.items():
        further = [each.offer_id for each in offers[KEPT:]] + list((spare or {}).get(pair, ()))
        fits.append(
            VendorFit(
                line_id=pair[0],
                vendor_id=pair[1],
                count=min(len(offers), KEPT) + len(further),
                spare=further[:SPARE],
            )
        )
        matches += [
            LineMatch(
                line_id=each.line_id,
                offer_id=each.offer_id,
                vendor_id=each.vendor_id,
                score=each.score,
                price_base=each.price,
                wished=each.wished,
            )
            for each in offers[:KEPT]
        ]
    VendorFit.objects.bulk_create(fits, batch_size=1000)
    LineMatch.objects.bulk_create(matches, batch_size=1000)


def _count(lines: Iterable[int]) -> None:
    """Sets each line's number of matching offers from the rows that hold it."""
    ids = list(lines)
    counts = dict(
        VendorFit.objects.filter(line_id__in=ids).order_by().values_list("line_id").annotate(Sum("count"))
    )
    by_count: dict[int, list[int]] = defaultdict(list)
    for line in ids:
        by_count[counts.get(line, 0)].append(line)
    now = timezone.now()
    for count, some in by_count.items():
        RequestLine.objects.filter(pk__in=some).update(match_count=count, matched_at=now)
