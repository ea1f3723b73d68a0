"""What is counted of requests: published, bid on, awarded."""

from typing import Final

from django.db import transaction

from core import metrics

EVENTS: Final = metrics.counter("ryad_requests", "What happened with requests.", ["event"])
AUCTION_LATENESS: Final = metrics.histogram(
    "ryad_auction_lateness_seconds",
    "How long after its moment an auction started or a lot of it closed.",
    ["step"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 30.0),
)


def happened(event: str) -> None:
    """Counts an event once its transaction has come to pass."""
    transaction.on_commit(EVENTS.labels(event).inc, robust=True)
