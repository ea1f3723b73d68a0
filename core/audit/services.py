"""Writing the trace. Reading it is `core.audit.selectors`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection

from core import clock, trail
from core.audit import kinds
from core.models import AuditEntry


def record(
    *,
    actor: str,
    action: str,
    subject: str = "",
    subject_name: str = "",
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """One action of an operator, in the transaction that does it: both are there, or neither.

    `actor` and `subject` are typed ids ("user:7", "category:12"); `action` is a registered kind; `subject_name` is
    what the thing was called then (never a person's name or address); `details` is JSON: what was before and after,
    counts, the job that goes on with it. Raises RuntimeError outside of a transaction and for a kind nobody registered.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A trace is written in the transaction of what it tells.")
    if kinds.get(action).label == action:
        raise RuntimeError(f"No room has registered the kind of action {action!r}.")
    return AuditEntry.objects.create(
        at=clock.now(),
        actor=actor,
        action=action,
        subject=subject,
        subject_name=subject_name[:200],
        reason=reason,
        details=dict(details or {}),
        request_id=trail.request_id(),
        words=f"{subject_name} {reason}".strip().casefold(),
    )
