"""What pages show of sealed requests: the seal, the log, receipts, what was opened. Nothing here decrypts for anybody but
the bidder, before the opening.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from buyer_requests.models import BuyerRequest
from buyer_requests.sealing import log
from buyer_requests.sealing.enums import Fault, Kind, Reveals
from buyer_requests.sealing.errors import BidUnreadable, StillSealed
from buyer_requests.sealing.holding import (
    HeldBid,
    HeldRevision,
    held_by,
    is_sealed,
    keys_of,
    opened,
    terms_for,
)
from buyer_requests.sealing.keys import RequestKeys
from buyer_requests.sealing.models import SealedBid, SealedRecord, SealedTerms
from vendors.models import Vendor

FORMAT_LOG, FORMAT_RECEIPT, FORMAT_OPENED = (
    "ryad-sealed-log-1",
    "ryad-sealed-receipt-1",
    "ryad-sealed-bids-1",
)


@dataclass(frozen=True, slots=True)
class Broken:
    """A bid that could not be opened as it was sent."""

    bidder: str
    fault: str


@dataclass(frozen=True, slots=True)
class Seal:
    """What both sides' pages say of a sealed request. `count` is None where it is not to be known."""

    terms: SealedTerms
    count: int | None
    broken: list[Broken]

    @property
    def is_opened(self) -> bool:
        return self.terms.opened_at is not None

    @property
    def shows_all(self) -> bool:
        return self.terms.reveals == Reveals.ALL


def seal_of(request: BuyerRequest) -> Seal | None:
    """None for a request that is not sealed."""
    terms = terms_for(request)
    if terms is None:
        return None
    count, broken = None, []
    if terms.opened_at is not None:
        last = SealedRecord.objects.filter(request=request, kind=Kind.OPENED).first()
        told = last.details if last else {}
        count = told.get("bids")
        broken = [Broken(each["bidder"], str(Fault(each["fault"]).label)) for each in told.get("faults", ())]
    elif terms.shows_count:
        count = log.in_force(log.records_of(request))
    return Seal(terms, count, broken)


def keep_quiet(request: HttpRequest, found: BuyerRequest) -> None:
    """The log line of a bidder's page names neither the person nor the request while bids are sealed."""
    if is_sealed(found):
        request.is_confidential = True  # type: ignore[attr-defined]  # core.trail looks for it


def mark_rows(rows: Iterable[Any], vendor: Vendor) -> None:
    """Puts the state of the vendor's sealed bid into `bid_state` of rows of its own list."""
    for row in rows:
        terms = terms_for(row)
        if terms is not None and terms.opened_at is None:
            held = _own(terms, vendor)
            row.bid_state = held.state if held else None


def sealed_bids_in_force(requests: Iterable[BuyerRequest], vendor: Vendor) -> int:
    """On how many of these sealed requests the vendor has a bid in force; for its own people alone."""
    named: dict[tuple[int, str], tuple[SealedTerms, RequestKeys]] = {}
    for request in requests:
        terms = terms_for(request)
        if terms is not None:
            try:
                keys = keys_of(terms)
            except BidUnreadable:
                continue
            terms.request = request
            named[request.pk, keys.bidder(vendor.pk)] = (terms, keys)
    rows = SealedBid.objects.filter(bidder__in=[bidder for _request, bidder in named])
    held = [_held_row(*named[row.request_id, row.bidder], row) for row in rows]
    return sum(each is not None and each.is_sent for each in held)


def log_file(request: BuyerRequest) -> dict[str, Any]:
    """The log as it is published. Raises StillSealed while even the number of bids is not to be known."""
    return {
        "format": FORMAT_LOG,
        "request": str(request.public_id),
        "records": [log.plain(record, request) for record in visible_records(request)],
    }


def may_see_log(request: BuyerRequest) -> bool:
    terms = terms_for(request)
    return terms is not None and (terms.shows_count or terms.opened_at is not None)


def visible_records(request: BuyerRequest) -> list[SealedRecord]:
    if not may_see_log(request):
        raise StillSealed("sealed")
    return log.records_of(request)


@dataclass(frozen=True, slots=True)
class Known:
    """What may be told of the log while it is closed: publishing and deadlines, without hashes, which would tell more."""

    kind: str
    at: str
    deadline: str


def known_records(request: BuyerRequest) -> list[Known]:
    told = SealedRecord.objects.filter(request=request, kind__in=(Kind.PUBLISHED, Kind.DEADLINE))
    return [
        Known(str(record.get_kind_display()), record.at, record.details["deadline"])
        for record in told.order_by("sequence")
    ]


def receipt_of(request: BuyerRequest, revision: HeldRevision) -> dict[str, Any]:
    """A receipt as it is downloaded.

    While the log is closed it holds neither the record's number nor what it follows nor the record's blind: with them a
    bidder could tell whether anybody bid between two of its own.
    """
    record = SealedRecord.objects.get(request=request, hash=revision.head)
    told = log.plain(record, request)
    if not may_see_log(request):
        told["details"] = {key: value for key, value in told["details"].items() if key != log.BLIND}
        del told["sequence"], told["previous"]
    return {
        "format": FORMAT_RECEIPT,
        "title": request.title,
        "record": told,
        "nonce": revision.nonce,
        "sealed": revision.form,
    }


def own_held(request: BuyerRequest, vendor: Vendor) -> HeldBid | None:
    """The vendor's own sealed bid with its receipts, after the opening too. Raises BidUnreadable."""
    terms = terms_for(request)
    return held_by(terms, vendor) if terms else None


def opened_file(request: BuyerRequest, *, named: bool) -> dict[str, Any]:
    """Contents and nonces of all bids that stood; with the vendors' names for the buyer. Raises StillSealed."""
    terms = terms_for(request)
    if terms is None or terms.opened_at is None:
        raise StillSealed("sealed")
    keys, bids = keys_of(terms), []
    for row in SealedBid.objects.filter(request=request, fault=Fault.NONE).order_by("bidder"):
        held = _held_row(terms, keys, row)
        if held is None or not held.is_sent:
            continue
        last = held.revisions[-1]
        told: dict[str, Any] = {"bidder": row.bidder, "nonce": last.nonce, "sealed": last.form}
        if named:
            told["vendor"] = Vendor.objects.values_list("name", flat=True).get(pk=held.vendor)
        bids.append(told)
    return {"format": FORMAT_OPENED, "request": str(request.public_id), "bids": bids}


def own_bids(vendor: Vendor, *, limit: int = 200) -> list[tuple[BuyerRequest, HeldBid]]:
    """The vendor's sealed bids, newest request first, among the latest requests that were sealed."""
    found, names = [], {}
    every = SealedTerms.objects.exclude(key_id="").select_related("request").order_by("-request")
    for terms in every[:2000]:
        try:
            names[terms.pk, keys_of(terms).bidder(vendor.pk)] = terms
        except BidUnreadable:
            continue
    rows = SealedBid.objects.filter(bidder__in=[bidder for _request, bidder in names]).order_by("-request")
    for row in rows[:limit]:
        terms = names[row.request_id, row.bidder]
        held = _held_row(terms, keys_of(terms), row)
        if held is not None:
            found.append((terms.request, held))
    return found


def _own(terms: SealedTerms, vendor: Vendor) -> HeldBid | None:
    try:
        return held_by(terms, vendor)
    except BidUnreadable:
        return None


def _held_row(terms: SealedTerms, keys: Any, row: SealedBid) -> HeldBid | None:
    try:
        return opened(terms, keys, row)
    except BidUnreadable:
        return None
