"""One vendor's bid on a sealed request: found by its pseudonym, decrypted, changed, encrypted again.

`held_by` is for the vendor itself and for the opening; nobody else asks.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass, field
from typing import Any

from buyer_requests.bidding.enums import Origin
from buyer_requests.bidding.inputs import BidLineInput
from buyer_requests.enums import BidState
from buyer_requests.models import Bid, BidRevision, BuyerRequest
from buyer_requests.sealing.canonical import inputs_from, moment_of, terms_from
from buyer_requests.sealing.errors import BidUnreadable
from buyer_requests.sealing.keys import RequestKeys
from buyer_requests.sealing.models import SealedBid, SealedTerms
from vendors.models import Vendor


@dataclass(slots=True)
class HeldFile:
    """A file that goes with the bid; its bytes lie encrypted at `path`."""

    public_id: str
    name: str
    media_type: str
    size: int
    sha256: str
    path: str
    uploaded_by: int | None


@dataclass(slots=True)
class HeldRevision:
    """A sending or a withdrawal with all that its receipt says; `form["bid"]` is None for a withdrawal."""

    number: int
    kind: str
    at: str
    origin: str
    sender: str
    user: int | None
    form: dict[str, Any]  # what the commitment is made of
    nonce: str
    commitment: str
    sequence: int
    head: str  # the hash of the record, which was the log's head
    version: int = 1  # of the request, that it answers


@dataclass(slots=True)
class HeldBid:
    """A bid in clear, in memory alone."""

    vendor: int
    state: str = BidState.DRAFT
    content: dict[str, Any] | None = None
    is_automatic: bool = False
    files: list[HeldFile] = field(default_factory=list)
    revisions: list[HeldRevision] = field(default_factory=list)
    rule: dict[str, Any] | None = None  # what a vendor's rule spent on it, for its caps by day
    seen: int = 1  # the request's version that a draft was written for

    @property
    def sendings(self) -> list[HeldRevision]:
        return [revision for revision in self.revisions if revision.form["bid"] is not None]

    @property
    def is_sent(self) -> bool:
        return self.state == BidState.SENT

    @property
    def answers(self) -> int:
        """The request's version that the bid answers; of a draft, the one that it was written for."""
        return self.sendings[-1].version if self.is_sent else self.seen


def terms_for(request: BuyerRequest) -> SealedTerms | None:
    """The terms of a sealed request, None for any other; one statement where they were not read with the request."""
    terms: SealedTerms | None = getattr(request, "sealing", None)
    return terms


def is_sealed(request: BuyerRequest) -> bool:
    """Whether bids are kept sealed now: they are not rows of bids yet."""
    terms = terms_for(request)
    return terms is not None and terms.opened_at is None


def keys_of(terms: SealedTerms) -> RequestKeys:
    return RequestKeys(terms.key_id, terms.salt)


def place_of(request: BuyerRequest, bidder: str) -> str:
    return f"bid:{request.public_id}:{bidder}"


def held_by(terms: SealedTerms, vendor: Vendor) -> HeldBid | None:
    """The vendor's bid in clear. Raises BidUnreadable."""
    keys = keys_of(terms)
    row = SealedBid.objects.filter(request=terms.request_id, bidder=keys.bidder(vendor.pk)).first()
    return opened(terms, keys, row) if row else None


def opened(terms: SealedTerms, keys: RequestKeys, row: SealedBid) -> HeldBid:
    """Raises BidUnreadable, also for a blob that is another bidder's."""
    told = json.loads(keys.unlock(bytes(row.content), place=place_of(terms.request, row.bidder)))
    try:
        held = HeldBid(
            **told
            | {
                "files": [HeldFile(**file) for file in told["files"]],
                "revisions": [HeldRevision(**revision) for revision in told["revisions"]],
            }
        )
    except (KeyError, TypeError) as error:
        raise BidUnreadable("damaged") from error
    if keys.bidder(held.vendor) != row.bidder:
        raise BidUnreadable("damaged")
    return held


def keep(terms: SealedTerms, held: HeldBid) -> None:
    """Encrypts and stores; the request is locked."""
    keys = keys_of(terms)
    bidder = keys.bidder(held.vendor)
    blob = keys.lock(json.dumps(asdict(held)).encode(), place=place_of(terms.request, bidder))
    SealedBid.objects.update_or_create(request=terms.request, bidder=bidder, defaults={"content": blob})


@dataclass(frozen=True, slots=True)
class OwnBid:
    """What the vendor's own page shows, in the shape of a stored bid; none of it is a row."""

    held: HeldBid
    bid: Bid
    lines: list[BidLineInput]
    revisions: list[BidRevision]
    files: list[HeldFile]

    @property
    def receipts(self) -> list[HeldRevision]:
        return self.held.revisions[::-1]


def own_bid(request: BuyerRequest, vendor: Vendor) -> OwnBid | None:
    """The vendor's sealed bid, or None: not sealed, opened already, or nothing begun."""
    terms = terms_for(request)
    held = held_by(terms, vendor) if terms and terms.opened_at is None else None
    if held is None:
        return None
    bid = Bid(
        request=request,
        vendor=vendor,
        state=held.state,
        revision=held.sendings[-1].number if held.sendings else 1,
        currency=request.currency,
        is_automatic=held.is_automatic,
        sent_at=moment_of(held.sendings[-1].at) if held.sendings else None,
    )
    if held.content is not None:
        told = terms_from(held.content)
        bid.currency, bid.delivery_price = told.currency, told.delivery_price
        bid.free_delivery_from, bid.minimum_order = told.free_delivery_from, told.minimum_order
        bid.delivery_days, bid.valid_until, bid.terms = told.delivery_days, told.valid_until, told.terms
    return OwnBid(
        held,
        bid,
        inputs_from(held.content) if held.content else [],
        [revision_of(bid, sending) for sending in held.sendings],
        held.files,
    )


def revision_of(bid: Bid, sending: HeldRevision) -> BidRevision:
    return BidRevision(
        bid=bid,
        number=sending.number,
        content=sending.form["bid"],
        origin=Origin(sending.origin),
        sender=sending.sender,
        created_at=moment_of(sending.at),
    )


def held_file(own: OwnBid | None, public_id: uuid.UUID) -> HeldFile | None:
    files = own.files if own else []
    return next((file for file in files if file.public_id == str(public_id)), None)
