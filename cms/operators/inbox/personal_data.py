"""What the inbox keeps of operators: what they have taken, and which queues they look after."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from cms.operators.inbox.models import InboxClaim, QueueKeeper


def export(user: User) -> dict[str, Any]:
    return {
        "taken": list(InboxClaim.objects.filter(operator=user).order_by("pk").values_list("item", flat=True)),
        "looks_after": list(
            QueueKeeper.objects.filter(operator=user).order_by("queue").values_list("queue", flat=True)
        ),
    }


def erase(user: User) -> None:
    """All that the person had is free again."""
    InboxClaim.objects.filter(operator=user).delete()
    QueueKeeper.objects.filter(operator=user).delete()
