"""Who may see which request, in one place for pages and services."""

from __future__ import annotations

import uuid

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from buyer_requests.enums import Audience, BidState, RequestState
from buyer_requests.errors import UnknownRequest
from buyer_requests.models import Bid, BuyerRequest, InvitedVendor, RequestHold, VendorNotice
from buyer_requests.trust.models import HOLDING
from vendors.models import Membership, Vendor

#: States in which vendors know of a request at all.
_PUBLISHED = (RequestState.OPEN, RequestState.CLOSED, RequestState.AWARDED, RequestState.CANCELLED)


def requests_of(buyer: User) -> QuerySet[BuyerRequest]:
    """The buyer's own requests in every state, newest first."""
    return BuyerRequest.objects.filter(buyer=buyer).order_by("-id")


def own_request(buyer: User, public_id: uuid.UUID) -> BuyerRequest:
    """Raises UnknownRequest for another's as for one that is not there."""
    request = (
        requests_of(buyer)
        .filter(public_id=public_id)
        .select_related("pool", "sealing", "auction", "standing", "round_of__terms__request")
        .first()
    )
    if request is None:
        raise UnknownRequest("unknown_request")
    return request


def visible_to(vendor: Vendor) -> QuerySet[BuyerRequest]:
    """Requests that the vendor's people may see, newest first.

    Open ones of its audience; later on only those that it bid on (drafts of bids do not count). The requests of
    the vendor's own people are left out: nobody bids on his own request. What is held back is seen by those alone
    who knew of it before.
    """
    if not vendor.is_public:
        return BuyerRequest.objects.none()
    invited = InvitedVendor.objects.filter(request=OuterRef("pk"), vendor=vendor)
    noted = VendorNotice.objects.filter(request=OuterRef("pk"), vendor=vendor)
    held = RequestHold.objects.filter(request=OuterRef("pk"), state__in=HOLDING)
    answered = Bid.objects.filter(request=OuterRef("pk"), vendor=vendor).exclude(state=BidState.DRAFT)
    return (
        BuyerRequest.objects.filter(state__in=_PUBLISHED)
        .exclude(buyer__in=Membership.objects.filter(vendor=vendor).values("user"))
        .filter(Q(audience=Audience.ALL) | Exists(invited))
        .filter(Q(state=RequestState.OPEN) | Exists(answered))
        .exclude(Exists(held) & ~Exists(noted) & ~Exists(answered))
        .order_by("-published_at", "-id")
    )


def request_for(vendor: Vendor, public_id: uuid.UUID) -> BuyerRequest:
    """Raises UnknownRequest where the vendor may not see it."""
    request = (
        visible_to(vendor)
        .filter(public_id=public_id)
        .select_related("buyer", "pool", "sealing", "auction")
        .first()
    )
    if request is None:
        raise UnknownRequest("unknown_request")
    return request


def is_held_back(request: BuyerRequest) -> bool:
    """Whether it is kept from all who do not know of it yet. No statement where it came with its `hold`."""
    if "hold" in request._state.fields_cache:  # noqa: SLF001 - Django's own cache of relations
        held = getattr(request, "hold", None)
        return held is not None and held.state in HOLDING
    return RequestHold.objects.filter(request=request, state__in=HOLDING).exists()


def require_visible(request: BuyerRequest, vendor: Vendor) -> None:
    """Raises UnknownRequest where the vendor may not see the request as it stands now."""
    if not visible_to(vendor).filter(pk=request.pk).exists():
        raise UnknownRequest("unknown_request")


def buyer_shown_to(request: BuyerRequest, vendor: Vendor) -> str:
    """The buyer's name as the vendor may know it: "" while it is hidden, the name once it won a line."""
    if request.name_hidden and not request.awards.filter(bid__vendor=vendor).exists():
        return ""
    # Never `get_full_name()`: without a name it falls back to a part of the e-mail address.
    return request.buyer.company or request.buyer.name
