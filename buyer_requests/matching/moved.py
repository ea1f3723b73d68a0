"""A vendor delivers elsewhere or otherwise: all its offers are matched again, a few hundred at a time.

The change itself writes one fact, however many offers there are; whoever takes it writes the facts of the offers in short
transactions, and each of those is matched as every change of offers is.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction

from catalog.models import Offer
from catalog.services.changes import CHUNK, TOPIC
from core import outbox

CONSUMER: Final = "requests"
#: The outbox's topic.
DELIVERY_CHANGED: Final = "delivery_changed"
#: Facts of offers in one transaction.
_FACTS_AT_ONCE: Final = 20


def note_delivery(vendor_id: int) -> None:
    """Belongs in the transaction of the change."""
    outbox.emit(CONSUMER, DELIVERY_CHANGED, {"vendor": vendor_id})


def announce_offers(facts: list[dict[str, Any]]) -> int:
    """Tells the matcher of the offers on sale of the vendors in facts of that topic; returns of how many.

    To be called outside any transaction. Repeating it changes nothing.
    """
    told = 0
    for vendor in sorted({fact["vendor"] for fact in facts if fact["topic"] == DELIVERY_CHANGED}):
        ids = list(Offer.objects.on_sale().filter(vendor=vendor).order_by("pk").values_list("pk", flat=True))
        chunks = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
        for start in range(0, len(chunks), _FACTS_AT_ONCE):
            with transaction.atomic():
                outbox.emit_many(
                    (CONSUMER, TOPIC, {"offers": chunk}) for chunk in chunks[start : start + _FACTS_AT_ONCE]
                )
        told += len(ids)
    return told
