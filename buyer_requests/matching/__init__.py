"""Lines and offers brought together: documents and queries for the reverse matcher, results stored and kept true."""

from buyer_requests.matching.forward import Found, match_texts
from buyer_requests.matching.incremental import match_offers
from buyer_requests.matching.store import rematch_request

__all__ = ["Found", "match_offers", "match_texts", "rematch_request"]
