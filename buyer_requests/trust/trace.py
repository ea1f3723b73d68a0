"""Writing the trace: what was decided about a request, by whom, on what grounds."""

from __future__ import annotations

from typing import Any

from buyer_requests.models import TraceEntry
from buyer_requests.trust.enums import Deed
from core import clock

SYSTEM = "system"


def note(request_id: int, deed: Deed, *, actor: str = SYSTEM, **details: Any) -> None:
    """Part of the caller's transaction. `details` hold no personal data: ids, weights, codes."""
    TraceEntry.objects.create(
        subject=f"request:{request_id}", actor=actor, deed=deed, details=details, at=clock.now()
    )


def of(request_id: int) -> list[TraceEntry]:
    """All that was decided, in order."""
    return list(TraceEntry.objects.filter(subject=f"request:{request_id}"))


def times(request_id: int) -> int:
    """How many entries there are: tells one decision from the next in the keys of messages."""
    return TraceEntry.objects.filter(subject=f"request:{request_id}").count()
