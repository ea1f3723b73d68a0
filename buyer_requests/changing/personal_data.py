"""What versions of requests keep of people: who published a change, and the buyer's notes and places."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from buyer_requests.changing.models import DraftedChange, RequestRevision


def export(user: User) -> dict[str, Any]:
    return {
        "changes_of_requests": [
            {
                "request": version.request.title,
                "version": version.number,
                "at": version.made_at.isoformat(),
                "content": version.content,
            }
            for version in RequestRevision.objects.filter(request__buyer=user)
            .select_related("request")
            .order_by("pk")
        ]
    }


def erase(user: User) -> None:
    """What was asked for stays, as in the request itself; notes and places go, and what was never published."""
    DraftedChange.objects.filter(request__buyer=user).delete()
    for pk, content in RequestRevision.objects.filter(request__buyer=user).values_list("pk", "content"):
        lines = [line | {"place": ""} for line in content["lines"]]
        # Past `save`, which refuses any change: the law wins.
        RequestRevision.objects.filter(pk=pk).update(
            content=content | {"notes": "", "place": "", "region": "", "lines": lines}
        )
    RequestRevision.objects.filter(made_by=user).update(made_by=None)
