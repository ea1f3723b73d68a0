"""The outbox consumer `photos`: addresses that offers name get their rows, and a worker begins with them."""

from __future__ import annotations

from typing import Any

from django.db import connection

from catalog.photos import fetching, registering, removing
from catalog.services.changes import PHOTOS, TOPIC

CONSUMER = PHOTOS
#: Entries in hand at once: an import's hold a thousand offers each.
ENTRIES = 4


def one_at_a_time() -> bool:
    """On SQLite a second worker would only wait for the first one's writes."""
    return connection.vendor == "sqlite"


def handle(facts: list[dict[str, Any]]) -> None:
    """Takes facts of the topics "offers_changed" and "photo_removed". Repeating one changes nothing."""
    for fact in facts:
        if fact["topic"] == removing.TAKEN_DOWN and removing.is_removed(fact["content"]):
            removing.drop(fact["content"])
    offers = {offer for fact in facts if fact["topic"] == TOPIC for offer in fact["offers"]}
    if registering.register_offers(offers):
        fetching.start()
