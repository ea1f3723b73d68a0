"""New lines searched among all offers: for publishing, for the estimate before it, and for the command."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from buyer_requests.matching.documents import in_chunks, variants
from buyer_requests.matching.queries import Found, matched
from catalog.models import Offer
from search.percolation import StoredQuery

__all__ = ["Found", "match_texts"]


def match_texts(queries: Sequence[StoredQuery]) -> dict[int, list[Found]]:
    """For each query's id all offers on sale that meet it, best first."""
    found: dict[int, list[Found]] = defaultdict(list)
    for some in in_chunks(Offer.objects.on_sale()):
        for each in matched(queries, variants(some)):
            found[each.line_id].append(each)
    for offers in found.values():
        offers.sort(key=lambda each: each.order)
    return dict(found)
