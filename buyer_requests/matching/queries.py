"""Request lines as stored queries, and the judgement that a pure matcher leaves to us: tiers of quantity."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from buyer_requests.enums import Audience
from buyer_requests.matching.documents import Variant
from buyer_requests.models import InvitedVendor, RequestLine
from core.rates import Rates, current_rates
from search.percolation import Match, StoredQuery, match, units_in

KEPT = 5
SPARE = 200


@dataclass(frozen=True, slots=True)
class Found:
    """An offer that meets a line. `price` is in 1/10,000 of the row's currency per unit of the line."""

    line_id: int
    offer_id: int
    vendor_id: int
    score: float
    price: int | None

    @property
    def order(self) -> tuple[int, bool, int, int]:
        return order_of(self.score, self.price, self.offer_id)


def order_of(score: float, price: int | None, offer_id: int) -> tuple[int, bool, int, int]:
    """Sorts best first: titles about as close go by price, then the older offer.

    Every match has all words that were asked for. A title twice as long names something more (an accessory, a
    set), so closeness counts by halves: a cheap good is not beaten by a dear one with a word less in its title.
    """
    closeness = min(10, int(-math.log2(max(score, 1e-3)) + 1e-9))
    return (closeness, price is None, price or 0, offer_id)


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
    """Lines with their request at hand (`select_related("request")`) as queries; one statement for invitations."""
    rates = rates or current_rates()
    every = list(lines)
    chosen = {line.request_id for line in every if line.request.audience == Audience.CHOSEN}
    invited: dict[int, set[int]] = defaultdict(set)
    if chosen:
        for request, vendor in InvitedVendor.objects.filter(request_id__in=chosen).values_list(
            "request_id", "vendor_id"
        ):
            invited[request].add(vendor)
    return [
        StoredQuery(
            id=line.pk,
            text=required_text(line.text),
            max_price=ceiling_to_base(line.ceiling_amount, line.request.currency, rates),
            quantity=float(line.quantity),
            unit=line.unit,
            vendor_ids=frozenset(invited[line.request_id]) if line.request_id in chosen else None,
        )
        for line in every
    ]


def matched(queries: Sequence[StoredQuery], documents: Sequence[Variant]) -> list[Found]:
    """Every pair of a query and an offer that meets it, at the lowest price that the quantity reaches."""
    if not queries or not documents:
        return []
    wanted = {query.id: query for query in queries}
    best: dict[tuple[int, int], Found] = {}
    for pair in match(queries, [variant.document for variant in documents]):
        variant = documents[pair.offer_id]
        query = wanted[pair.query_id]
        if variant.min_quantity > 1 and not _reaches(query, variant):
            continue
        _keep_cheaper(best, pair, variant.offer_id)
    return list(best.values())


def _keep_cheaper(best: dict[tuple[int, int], Found], pair: Match, offer_id: int) -> None:
    key = (pair.query_id, offer_id)
    held = best.get(key)
    if held is None or (pair.price is not None and (held.price is None or pair.price < held.price)):
        best[key] = Found(pair.query_id, offer_id, pair.vendor_id, pair.score, pair.price)


def _reaches(query: StoredQuery, variant: Variant) -> bool:
    """Whether the line's quantity, in the offer's unit, is enough for the tier."""
    if query.quantity is None:
        return False
    quantity = Decimal(str(query.quantity))
    units = units_in(query, variant.document)
    return bool(units) and quantity / Decimal(str(units)) >= variant.min_quantity
