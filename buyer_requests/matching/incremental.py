"""New and changed offers held against every open line: what now meets one is stored, what no longer does goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Mapping, Sequence

from buyer_requests.enums import RequestState
from buyer_requests.matching.documents import Variant, variants
from buyer_requests.matching.open_lines import WHOLE, Shard, open_lines
from buyer_requests.matching.queries import KEPT, Found, Lines, Order, matched
from buyer_requests.matching.store import Pair, by_pair, replace_pairs, stored_of
from buyer_requests.models import LineMatch, VendorFit
from catalog.freshness import fresh
from catalog.models import Offer

OFFERS_AT_ONCE = 20_000


def match_offers(offer_ids: Collection[int], *, shard: Shard = WHOLE) -> dict[Pair, int]:
    """Matches the offers, wherever they stand now, against the lines of open requests and stores the outcome.

    Returns the pairs of line and vendor that one of these offers meets, with the number of such offers. Offers
    that are off sale or past their days meet nothing. Repeating it changes nothing, and shards may work side by side.
    """
    ids = sorted(set(offer_ids))
    met: dict[Pair, int] = {}
    lines = open_lines(shard)
    for start in range(0, len(ids), OFFERS_AT_ONCE):
        some = ids[start : start + OFFERS_AT_ONCE]
        documents = variants(fresh(Offer.objects.on_sale().filter(pk__in=some)))
        met |= match_some(set(some), documents, lines)
    return met


def match_some(changed: set[int], documents: Sequence[Variant], lines: Lines) -> dict[Pair, int]:
    """The same for given documents of the changed offers and given lines."""
    now = by_pair(matched(lines, documents))
    held, spare = _held(changed, now, lines.by_id)
    pairs: dict[Pair, list[Found]] = dict(now)
    rest: dict[Pair, list[int]] = {}
    short: dict[int, set[Pair]] = defaultdict(set)
    for pair in held.keys() | spare.keys():
        before = held.get(pair, [])
        kept = [each for each in before if each.offer_id not in changed]
        further = [offer for offer in spare.get(pair, ()) if offer not in changed]
        merged = [*kept, *now.get(pair, ())]
        if len(merged) > 1:
            merged.sort(key=_order)
        # Where one of the best went or changed, a spare one may be better than what is left.
        if further and len(kept) < len(before):
            for offer in further:
                short[offer].add(pair)
            further = []
        pairs[pair], rest[pair] = merged, further
    _refill(pairs, short, lines)
    replace_pairs(pairs, spare=rest, held=held)
    return {pair: len(offers) for pair, offers in now.items()}


def _order(each: Found) -> Order:
    return each.order


def _held(
    changed: set[int], now: Mapping[Pair, list[Found]], line_ids: Container[int]
) -> tuple[dict[Pair, list[Found]], dict[Pair, list[int]]]:
    """Stored matches and spare ids of every pair that the changed offers touch: they meet it now, or did before."""
    touched = set(now)
    ids = sorted(changed)
    for start in range(0, len(ids), 10_000):
        rows = LineMatch.objects.filter(offer_id__in=ids[start : start + 10_000]).values_list(
            "line_id", "vendor_id"
        )
        touched |= {pair for pair in rows if pair[0] in line_ids}
    vendors = {vendor for _line, vendor in touched}
    vendors |= set(
        Offer.objects.filter(pk__in=ids[:30_000]).order_by().values_list("vendor_id", flat=True).distinct()
    )
    spare: dict[Pair, list[int]] = {}
    fits = VendorFit.objects.filter(
        vendor_id__in=vendors, count__gt=KEPT, line__request__state=RequestState.OPEN
    )
    for line, vendor, further in fits.values_list("line_id", "vendor_id", "spare").iterator(chunk_size=2000):
        pair = (line, vendor)
        if line in line_ids and (pair in touched or not changed.isdisjoint(further)):
            spare[pair] = further
    touched |= set(spare)
    stored = stored_of({line for line, _vendor in touched}, vendors)
    return {pair: offers for pair, offers in stored.items() if pair in touched}, spare


def _refill(pairs: dict[Pair, list[Found]], short: dict[int, set[Pair]], lines: Lines) -> None:
    """Where one of the best five went, the spare offers of that line and vendor are judged anew."""
    if not short:
        return
    wanted = {line for each in short.values() for line, _vendor in each}
    documents = variants(fresh(Offer.objects.on_sale().filter(pk__in=list(short))))
    grown: set[Pair] = set()
    for each in matched(lines.only(wanted), documents):
        pair = (each.line_id, each.vendor_id)
        if pair in short[each.offer_id]:
            pairs[pair].append(each)
            grown.add(pair)
    for pair in grown:
        pairs[pair].sort(key=_order)
