"""What this room keeps of people: their requests, and that they sent a company's bids. It joins `accounts.personal_data`."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from accounts.models import User
from buyer_requests.deciding.enums import LIVE
from buyer_requests.enums import RequestState
from buyer_requests.models import (
    Bid,
    BiddingRule,
    BidFile,
    BidRevision,
    BuyerRequest,
    CounterOffer,
    Decision,
    Hearing,
    KeyedDraft,
    RequestHold,
    RequestKey,
    RequestLine,
    RequestReport,
    RequestTemplate,
)
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
                "needed_by": request.needed_by.isoformat() if request.needed_by else None,
                "lines": [
                    {
                        "text": line.text,
                        "quantity": str(line.quantity),
                        "unit": line.unit,
                        "place": line.place,
                        "details": line.details,
                    }
                    for line in request.lines.all()
                ],
            }
            for request in BuyerRequest.objects.filter(buyer=user).prefetch_related("lines").order_by("pk")
        ],
        "request_templates": [
            {"name": template.name, "content": template.content}
            for template in RequestTemplate.objects.filter(owner=user)
        ],
        "request_keys": [
            {"beginning": key.beginning, "created_at": key.created_at.isoformat()}
            for key in RequestKey.objects.filter(owner=user)
        ],
        "bids_sent": [
            {"company": bid.vendor.name, "at": bid.sent_at.isoformat() if bid.sent_at else None}
            for bid in Bid.objects.filter(sent_by=user).select_related("vendor").order_by("pk")
        ],
        "reports_of_requests": [
            {"at": report.reported_at.isoformat(), "reason": report.reason, "text": report.text}
            for report in RequestReport.objects.filter(reported_by=user).order_by("pk")
        ],
        "requests_held_back": [
            {"title": hold.request.title, "reason": hold.reason, "appeal": hold.appeal}
            for hold in RequestHold.objects.filter(request__buyer=user).select_related("request")
        ],
        "counter_offers": [
            {"at": counter.made_at.isoformat(), "text": counter.text}
            for counter in CounterOffer.objects.filter(made_by=user).order_by("pk")
        ],
        "decisions": [
            {"at": decision.made_at.isoformat(), "reason": decision.reason}
            for decision in Decision.objects.filter(made_by=user).order_by("pk")
        ],
        "files_of_bids": [
            {"name": file.name, "at": file.created_at.isoformat()}
            for file in BidFile.objects.filter(uploaded_by=user).order_by("pk")
        ],
    }


def erase(user: User) -> None:
    """Drafts go and live requests are cancelled; of published ones only what was bid on and agreed stays."""
    for request in BuyerRequest.objects.filter(
        buyer=user, state__in=(RequestState.OPEN, RequestState.CLOSED)
    ).exclude(awards__state__in=LIVE):
        cancel_request(buyer=user, request=request)
    BuyerRequest.objects.filter(buyer=user, state=RequestState.DRAFT).delete()
    BuyerRequest.objects.filter(buyer=user).update(notes="", place="", region="", name_hidden=True)
    RequestLine.objects.filter(request__buyer=user).exclude(place="").update(place="")
    RequestTemplate.objects.filter(owner=user).delete()
    RequestKey.objects.filter(owner=user).delete()
    KeyedDraft.objects.filter(owner=user).delete()
    # Where bids were sent from is a hash of network and browser: of no use once nobody is told apart by it.
    # Who sent an earlier version of a colleague's bid is not kept: those of the person's vendors all go.
    BidRevision.objects.filter(Q(bid__sent_by=user) | Q(bid__vendor__memberships__user=user)).update(
        sender=""
    )
    Bid.objects.filter(sent_by=user).update(sent_by=None)
    CounterOffer.objects.filter(made_by=user).update(made_by=None, text="")
    Decision.objects.filter(made_by=user).update(made_by=None, reason="")
    BidFile.objects.filter(uploaded_by=user).update(uploaded_by=None)
    BiddingRule.objects.filter(changed_by=user).update(changed_by=None)
    Hearing.objects.filter(changed_by=user).update(changed_by=None)
    RequestReport.objects.filter(reported_by=user).update(reported_by=None, text="")
    RequestHold.objects.filter(request__buyer=user).update(appeal="", findings=[])
    RequestHold.objects.filter(decided_by=user).update(decided_by=None)
