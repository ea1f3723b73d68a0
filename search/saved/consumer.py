"""The outbox consumer `watching`: searches that were saved take stock, changed offers are held against all of them."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from search.saved import matching, pricing, stocktaking
from search.saved.enums import CONSUMER, SAVED

__all__ = ["CONSUMER", "ENTRIES", "handle"]

_CHANGED: Final = "offers_changed"
#: Entries in hand at once: an import's hold up to a thousand offers each.
ENTRIES: Final = 40


def handle(facts: list[dict[str, Any]]) -> None:
    """Takes facts of the topics "saved" and "offers_changed"; repeating them changes nothing."""
    changed = {offer for fact in facts if fact["topic"] == _CHANGED for offer in fact["offers"]}
    if changed:
        matching.match_offers(changed)
        pricing.note_changes(changed)
    for fact in facts:
        if fact["topic"] == SAVED:
            stocktaking.take_stock(fact["search"], since=dt.datetime.fromisoformat(fact["at"]))
