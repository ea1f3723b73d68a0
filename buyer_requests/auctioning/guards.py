"""What an auction forbids elsewhere until it is over: seeing who bids what, awarding, withdrawing, talking about prices."""

from __future__ import annotations

from buyer_requests.auctioning.enums import UNDECIDED, AuctionState, Timing
from buyer_requests.enums import RequestState
from buyer_requests.errors import AuctionRuns
from buyer_requests.models import Auction, AuctionBidder, BuyerRequest
from vendors.models import Vendor


def undecided_auction(request: BuyerRequest) -> Auction | None:
    """The auction of a published request that has yet to end; None where there is none, or it is over."""
    if request.state not in {RequestState.OPEN, RequestState.CLOSED}:
        return None
    return Auction.objects.filter(request=request, state__in=UNDECIDED).first()


def hides_bids(request: BuyerRequest) -> bool:
    """Whether bids and bidders are hidden from the buyer, too."""
    return undecided_auction(request) is not None


def require_over(request: BuyerRequest) -> None:
    """Raises AuctionRuns while the auction is planned or running; the request is locked."""
    if undecided_auction(request) is not None:
        raise AuctionRuns("auction_not_over")


def require_outside(request: BuyerRequest, vendor: Vendor) -> None:
    """Raises AuctionRuns where the vendor takes part in a running auction: prices change there, and none is taken back."""
    auction = Auction.objects.filter(
        request=request, timing=Timing.ONCE, state__in=(AuctionState.RUNNING, AuctionState.PAUSED)
    ).first()
    if auction is not None and AuctionBidder.objects.filter(auction=auction, vendor=vendor).exists():
        raise AuctionRuns("takes_part")
