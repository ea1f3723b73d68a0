"""How the catalogue tells other rooms that offers changed: version and outbox in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Greatest

from catalog.locks import lock_offers
from catalog.models import Offer
from core import outbox

#: Offers in one outbox entry and one transaction: on SQLite the write lock is held some 20 ms for it.
CHUNK = 500
TOPIC = "offers_changed"
#: Who keeps saved searches and watched prices.
WATCHING = "watching"
#: Who learns of a change: the index, the matcher of open requests, and those who watch.
CONSUMERS = ("search", "requests", WATCHING)
#: Who learns that offers name photos.
PHOTOS = "photos"
#: Who learns that offers are in sight again: while they were not, nobody joined them to goods or fetched their photos.
SHOWN_TO = (*CONSUMERS, "identity", PHOTOS)


def announce(offer_ids: Sequence[int], *, consumers: Iterable[str] = CONSUMERS) -> None:
    """Writes the outbox entries for offers whose version was raised in the same transaction."""
    if offer_ids:
        for consumer in consumers:
            outbox.emit(consumer, TOPIC, {"offers": list(offer_ids)})


def touch(
    offers: QuerySet[Offer],
    *,
    report: Callable[[int, int], None] | None = None,
    consumers: Sequence[str] = CONSUMERS,
    **values: object,
) -> int:
    """Sets `values` on the offers, raises their versions and announces them, in chunks of their own.

    Each chunk is a transaction: a long list never holds the database's only writer. Returns how many. `report`
    is told how many of how many are done before each chunk, and may stop the work by raising.
    """
    ids = list(offers.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        if report is not None:
            report(start, len(ids))
        chunk = ids[start : start + CHUNK]
        with transaction.atomic():
            lock_offers(chunk)
            Offer.objects.filter(pk__in=chunk).update(version=F("version") + 1, **values)
            announce(chunk, consumers=consumers)
    return len(ids)


def outrun(versions: Mapping[int, int]) -> None:
    """Raises each offer's version above the given one, which an index holds although no offer has it (the database
    was set back), and tells the index.
    """
    ids = sorted(versions)
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        highest = max(versions[pk] for pk in chunk)
        with transaction.atomic():
            lock_offers(chunk)
            Offer.objects.filter(pk__in=chunk).update(version=Greatest(F("version"), Value(highest)) + 1)
            announce(chunk, consumers=("search",))
