"""Row locks of claims."""

from __future__ import annotations

from cms.operators.inbox.models import InboxClaim


def lock_claim(item: str) -> InboxClaim | None:
    """Until the transaction ends; the first lock of a decision, before any of the rooms' own."""
    return (
        InboxClaim.objects.select_for_update(of=("self",))
        .select_related("operator")
        .filter(item=item)
        .first()
    )
