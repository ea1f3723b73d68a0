"""The reverse matcher: stored queries against offers. Pure: no database, no engine, no request noun."""

from search.percolation.types import Match, Missed, NearMiss, OfferDocument, StoredQuery

__all__ = ["Match", "Missed", "NearMiss", "OfferDocument", "StoredQuery"]
