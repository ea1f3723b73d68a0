"""What this room keeps of people: their requests. It joins `accounts.personal_data`."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from buyer_requests.enums import RequestState
from buyer_requests.models import BuyerRequest
from buyer_requests.services import cancel_request, delete_draft


def export(user: User) -> dict[str, Any]:
    """The person's requests with their lines. Bids are the companies' own."""
    rows = BuyerRequest.objects.filter(buyer=user).prefetch_related("lines").order_by("pk")
    return {
        "requests": [
            {
                "title": row.title,
                "notes": row.notes,
                "place": row.place,
                "state": row.state,
                "created_at": row.created_at.isoformat(),
                "lines": [
                    {"text": line.text, "quantity": str(line.quantity), "unit": line.unit}
                    for line in row.lines.all()
                ],
            }
            for row in rows
        ]
    }


def erase(user: User) -> None:
    """Drafts go, running requests are called off; what bids and awards hang on stays without the person's words."""
    for row in BuyerRequest.objects.filter(buyer=user).order_by("pk"):
        if row.state == RequestState.DRAFT:
            delete_draft(buyer=user, request=row)
        elif row.state in {RequestState.OPEN, RequestState.CLOSED}:
            cancel_request(buyer=user, request=row)
    BuyerRequest.objects.filter(buyer=user).update(notes="", place="", name_hidden=True)
