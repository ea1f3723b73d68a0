"""What is counted of requests: published, bid on, awarded."""

from typing import Final

from django.db import transaction

from core import metrics

EVENTS: Final = metrics.counter("ryad_requests", "What happened with requests.", ["event"])


def happened(event: str) -> None:
    """Counts an event once its transaction has come to pass."""
    transaction.on_commit(EVENTS.labels(event).inc, robust=True)
