"""The reverse matcher: stored queries against offers. Pure: no database, no engine, no request noun."""

from search.percolation.limits import units_in
from search.percolation.lines import needs
from search.percolation.matching import OfferIndex, Way, by_text, match, near_misses
from search.percolation.types import Match, Missed, NearMiss, OfferDocument, StoredQuery

__all__ = [
    "Match",
    "Missed",
    "NearMiss",
    "OfferDocument",
    "OfferIndex",
    "StoredQuery",
    "Way",
    "by_text",
    "match",
    "near_misses",
    "needs",
    "units_in",
]
