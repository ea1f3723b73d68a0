"""Whether a feed's identifiers really tell its goods apart, and what does if they do not."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from price_lists.rows import OfferRow

BY_ID = ""
BY_LINK = "id+link"  # one identifier stands at "1 kg" and "200 g", each with a page of its own
_LIMIT = 50_000
_PROOF = 3  # a single clash is a slip, for which the last one wins


def identity_of(offers: Iterable[OfferRow]) -> str:
    """BY_LINK if several identifiers stand at goods with other names and other links, else BY_ID."""
    seen: dict[str, list[tuple[int, int]]] = {}
    clashes = 0
    for count, offer in enumerate(offers):
        if count >= _LIMIT:
            break
        if not offer.source_id or not offer.url:
            continue
        facts = (hash(offer.title), hash(offer.url))
        known = seen.setdefault(offer.source_id, [])
        if facts in known:
            continue
        if any(facts[1] == other[1] for other in known):
            return BY_ID  # one page, two names: a correction, not two goods
        if known and all(facts[0] != other[0] for other in known):
            clashes += 1
        known.append(facts)
    return BY_LINK if clashes >= _PROOF else BY_ID


def joined_id(identifier: str, url: str) -> str:
    """The source id under BY_LINK; stable as long as the link is."""
    return f"{identifier}#{blake2b(url.encode('utf-8', 'replace'), digest_size=6).hexdigest()}"
