"""The outbox consumer `identity`: offers whose words changed are compared with their like and join their good.

Keys of the offers are committed before anybody is looked for, so that of two workers with two offers of one good the
later one finds the other's; products are made under one lock (`board`). Repeating a fact changes nothing.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from catalog.services.changes import TOPIC

CONSUMER = "identity"
#: Offers that are compared in one go.
BATCH = 1_000
#: Entries in hand at once: an import's hold a thousand offers each.
ENTRIES = 4


def one_at_a_time() -> bool:
    """On SQLite a second worker would only wait for the first one's writes."""
    return connection.vendor == "sqlite"


def handle(facts: list[dict[str, Any]]) -> None:
    """Takes facts of the topic "offers_changed"."""
    # The comparison is heavy to load, and the processes that serve pages never need it.
    from price_lists.joining.joining import identify

    offers = sorted({offer for fact in facts if fact["topic"] == TOPIC for offer in fact["offers"]})
    for start in range(0, len(offers), BATCH):
        identify(offers[start : start + BATCH])
