"""What this room keeps of people: their requests, and that they sent a company's bids. It joins `accounts.personal_data`."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from buyer_requests.enums import RequestState
from buyer_requests.models import Bid, BuyerRequest
from buyer_requests.services import cancel_request


def export(user: User) -> dict[str, Any]:
    """The person's requests with their lines, and the bids sent for a company."""
    return {
        "requests": [
            {
                "title": request.title,
                "state": request.state,
                "created_at": request.created_at.isoformat(),
                "place": request.place,
                "notes": request.notes,
                "lines": [
                    {"text": line.text, "quantity": str(line.quantity), "unit": line.unit}
                    for line in request.lines.all()
                ],
            }
            for request in BuyerRequest.objects.filter(buyer=user).prefetch_related("lines").order_by("pk")
        ],
        "bids_sent": [
            {"company": bid.vendor.name, "at": bid.sent_at.isoformat() if bid.sent_at else None}
            for bid in Bid.objects.filter(sent_by=user).select_related("vendor").order_by("pk")
        ],
    }


def erase(user: User) -> None:
    """Drafts go and live requests are cancelled; of published ones only what was bid on and agreed stays."""
    for request in BuyerRequest.objects.filter(
        buyer=user, state__in=(RequestState.OPEN, RequestState.CLOSED)
    ):
        cancel_request(buyer=user, request=request)
    BuyerRequest.objects.filter(buyer=user, state=RequestState.DRAFT).delete()
    BuyerRequest.objects.filter(buyer=user).update(notes="", place="", name_hidden=True)
    Bid.objects.filter(sent_by=user).update(sent_by=None)
