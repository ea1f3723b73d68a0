"""Request lines as stored queries, and the judgement that a pure matcher leaves to us: tiers of quantity."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from buyer_requests.enums import Audience
from buyer_requests.matching.categories import within
from buyer_requests.matching.documents import Variant
from buyer_requests.matching.terms import days_until, place_of
from buyer_requests.matching.wants import Required, denied, granted, required_of, wished_of
from buyer_requests.models import InvitedVendor, RequestLine
from core.rates import Rates, current_rates
from price_lists.validation.gtin import has_check_digit
from search.percolation import Match, OfferIndex, StoredQuery, by_text, units_in
from search.percolation.limits import keeps

#: Sorts best first.
Order = tuple[int, int, bool, int, int]

KEPT = 5
SPARE = 2_000


class Found(NamedTuple):
    """An offer that meets a line, and `wished` of its wishes. `price` is in 1/10,000 of the row's currency per unit of the
    line.
    """

    line_id: int
    offer_id: int
    vendor_id: int
    score: float
    price: int | None
    wished: int = 0

    @property
    def order(self) -> Order:
        return order_of(self.score, self.price, self.offer_id, self.wished)


@dataclass(frozen=True, slots=True)
class LineQuery(StoredQuery):
    """A line as a query. An offer with one of `codes` meets it whatever it is called; with `only_codes` no other does.
    `required` are typed attributes that the offer must not deny, `wished` those that only rank it.
    """

    codes: frozenset[str] = frozenset()
    only_codes: bool = False
    required: tuple[Required, ...] = ()
    wished: tuple[Required, ...] = ()


_GTIN_LENGTHS = (8, 12, 13, 14)


def code_key(code: str) -> str:
    """By what equal codes are known: a GTIN whatever its length, a maker's number whatever its case."""
    plain = code.strip()
    if plain.isascii() and plain.isdigit() and len(plain) in _GTIN_LENGTHS and has_check_digit(plain):
        return plain.lstrip("0")
    return plain.upper() if plain.isascii() else plain


def spellings_of(key: str) -> list[str]:
    """The codes with that key as the database may hold them, but for their case."""
    padded = [key.zfill(length) for length in _GTIN_LENGTHS if len(key) <= length]
    if key.isascii() and key.isdigit() and padded:
        return [key, *(each for each in padded if each != key and has_check_digit(each))]
    return [key]


def order_of(score: float, price: int | None, offer_id: int, wished: int = 0) -> Order:
    """Sorts best first: titles about as close go by the wishes that they meet, then by price, then the older offer.

    Every match has all words that were asked for. A title twice as long names something more (an accessory, a
    set), so closeness counts by halves: a cheap good is not beaten by a dear one with a word less in its title.
    """
    return (_closeness(score), -wished, price is None, price or 0, offer_id)


@lru_cache(maxsize=1 << 12)
def _closeness(score: float) -> int:
    """Scores are shares of few words, so few of them are different."""
    return min(10, int(-math.log2(max(score, 1e-3)) + 1e-9))


def ceiling_to_base(amount: int | None, currency: str, rates: Rates) -> int | None:
    """A ceiling in the row's currency; None where there is none, or no rate."""
    return None if amount is None else rates.price_to_base(amount, currency)


#: "100 шт/уп", "in a pack of 100 pcs": the count is a property of the good, the words around it are not.
_PACKED = re.compile(
    r"(?P<count>\d+\s*(?:шт|штук|pcs|арк|лист\w*))\.?\s*(?:/|\\|(?:в|у|на|per|in\s+a|in)\s+)\s*"
    r"(?:уп|упак|упаковк\w*|упаковц\w*|пач\w*|пачц\w*|пак|кор|коробк\w*|коробц\w*|ящ\w*|рул\w*|наб\w*|pack|box|pk|roll|set)(?![^\W\d_])\.?",
    re.IGNORECASE,
)


def required_text(text: str) -> str:
    """A line's text as a query: words about packing are left out, for no title repeats them alike."""
    return _PACKED.sub(lambda match: match["count"], text)


def stored_queries(lines: Iterable[RequestLine], *, rates: Rates | None = None) -> list[StoredQuery]:
    """Lines with their request at hand (`select_related("request")`) as queries; a statement each for what only some
    requests limit (vendors, categories). Days are counted from today on.
    """
    rates = rates or current_rates()
    every = list(lines)
    chosen = {line.request_id for line in every if line.request.audience == Audience.CHOSEN}
    invited: dict[int, set[int]] = defaultdict(set)
    if chosen:
        for request, vendor in InvitedVendor.objects.filter(request_id__in=chosen).values_list(
            "request_id", "vendor_id"
        ):
            invited[request].add(vendor)
    categories = within(every)
    return [
        LineQuery(
            id=line.pk,
            text=required_text(line.text),
            max_price=ceiling_to_base(line.ceiling_amount, line.request.currency, rates),
            quantity=float(line.quantity),
            unit=line.unit,
            vendor_ids=frozenset(invited[line.request_id]) if line.request_id in chosen else None,
            category_ids=categories.get(line.pk),
            place=place_of(line),
            days=days_until(line.needed_by or line.request.needed_by),
            codes=(codes := frozenset(code_key(code) for code in (line.gtin, line.mpn) if code)),
            only_codes=bool(codes) and not line.substitutes,
            required=required_of(line.wants),
            wished=wished_of(line.wants),
        )
        for line in every
    ]


class Lines:
    """Queries sorted once for many batches of offers."""

    def __init__(self, queries: Iterable[StoredQuery]) -> None:
        self.by_id = {query.id: query for query in queries}
        every = self.by_id.values()
        own = [query for query in every if isinstance(query, LineQuery)]
        self.by_text = by_text(query for query in every if not getattr(query, "only_codes", False))
        self.coded = [query for query in own if query.codes]
        self.codes = frozenset().union(*(query.codes for query in self.coded))
        self.required = {query.id: query.required for query in own if query.required}
        self.wished = {query.id: query.wished for query in own if query.wished}
        #: Lines for which more than words and limits decides.
        self.asks_more = {query.id for query in self.coded} | self.required.keys() | self.wished.keys()

    def only(self, ids: Collection[int]) -> Lines:
        return Lines(self.by_id[pk] for pk in ids if pk in self.by_id)


def matched(queries: Lines | Sequence[StoredQuery], documents: Sequence[Variant]) -> list[Found]:
    """Every pair of a query and an offer that meets it, at the lowest price that the quantity reaches."""
    lines = queries if isinstance(queries, Lines) else Lines(queries)
    if not lines.by_id or not documents:
        return []
    best: dict[tuple[int, int], Found] = {}
    found: list[Found] = []
    tiered = {each.offer_id for each in documents if each.min_quantity > 1}
    asks_more = lines.asks_more
    new = tuple.__new__  # past the named constructor: there are millions
    for line, place, vendor, score, price in OfferIndex([each.document for each in documents]).match(
        lines.by_text
    ):
        variant = documents[place]
        offer = variant.offer_id
        pair = new(Found, (line, offer, vendor, score, price, 0))
        if offer not in tiered and line not in asks_more:
            found.append(pair)
            continue
        if variant.min_quantity > 1 and not reaches(lines.by_id[line], variant):
            continue
        key = (line, offer)
        held = best.get(key)
        if held is None or (price is not None and (held.price is None or price < held.price)):
            best[key] = pair
    _match_codes(lines, documents, best)
    for refused in denied(lines.required, best) if lines.required else ():
        del best[refused]
    for key, met in granted(lines.wished, best).items() if lines.wished else ():
        best[key] = best[key]._replace(wished=met)
    found += best.values()
    return found


def _match_codes(lines: Lines, documents: Sequence[Variant], best: dict[tuple[int, int], Found]) -> None:
    """Adds the offers that have a line's GTIN or maker's number: nothing is closer, whatever their titles say."""
    if not lines.coded:
        return
    holders: dict[str, list[Variant]] = defaultdict(list)
    for variant in documents:
        for key in {code_key(code) for code in variant.document.codes} & lines.codes:
            holders[key].append(variant)
    for query in lines.coded:
        for variant in (holder for key in query.codes for holder in holders.get(key, ())):
            if variant.min_quantity > 1 and not reaches(query, variant):
                continue
            kept, price = keeps(query, variant.document)
            if kept:
                pair = Match(query.id, variant.document.id, variant.document.vendor_id, 1.0, price)
                held = best.get((query.id, variant.offer_id))
                if held is not None and held.score < 1.0:
                    del best[query.id, variant.offer_id]
                _keep_cheaper(best, pair, variant.offer_id)


def _keep_cheaper(best: dict[tuple[int, int], Found], pair: Match, offer_id: int) -> None:
    key = (pair.query_id, offer_id)
    held = best.get(key)
    if held is None or (pair.price is not None and (held.price is None or pair.price < held.price)):
        best[key] = Found(pair.query_id, offer_id, pair.vendor_id, pair.score, pair.price)


def reaches(query: StoredQuery, variant: Variant) -> bool:
    """Whether the line's quantity, in the offer's unit, is enough for the tier."""
    if query.quantity is None:
        return False
    quantity = Decimal(str(query.quantity))
    units = units_in(query, variant.document)
    return bool(units) and quantity / Decimal(str(units)) >= variant.min_quantity
