"""Opening: once the database's clock is past the deadline, sealed bids become bids, and the log says so.

Bids are stored in small transactions as drafts, which nobody but their vendors reads; the last transaction puts all
of them in force, closes the request and appends the record, so that there is one moment. Whatever breaks off is
taken up again; nothing is done twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import structlog
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from buyer_requests import metrics
from buyer_requests.bidding.enums import Outcome
from buyer_requests.changing.standing import note_answer
from buyer_requests.enums import BidState, RequestState
from buyer_requests.locks import database_now, locked_request
from buyer_requests.models import Bid, BiddingRule, BidFile, BidRevision, BuyerRequest, RuleOutcome
from buyer_requests.sealing import log
from buyer_requests.sealing import messages as sealed_messages
from buyer_requests.sealing.canonical import commitment_of, inputs_from, moment_of, terms_from
from buyer_requests.sealing.enums import Fault, Kind
from buyer_requests.sealing.errors import BidUnreadable
from buyer_requests.sealing.holding import HeldBid, keep, keys_of, opened, revision_of, terms_for
from buyer_requests.sealing.keys import RequestKeys, secrets_known
from buyer_requests.sealing.models import SealedBid, SealedRecord, SealedTerms
from buyer_requests.services import messages
from buyer_requests.services.bids import BID_SENT, store
from buyer_requests.services.publishing import CONSUMER
from catalog.models import Offer
from core import outbox
from vendors.models import Vendor

logger = structlog.get_logger(__name__)

#: Bids that one transaction stores: with fifty lines each some 0.2 s on SQLite, which lets others write in between.
AT_ONCE: Final = 10


def open_due_requests(*, limit: int = 200) -> int:
    """Opens all sealed requests whose deadline has passed. Returns how many; one that fails keeps no other waiting."""
    due = SealedTerms.objects.filter(
        opened_at=None, request__state=RequestState.OPEN, request__deadline_at__lte=database_now()
    )
    gone = {terms.pk: terms.key_id for terms in without_secret()}
    if gone:
        # What they wait for is a setting: nothing is wrong with the bids, and nothing is said of them.
        logger.error("sealing.secret_gone", requests=sorted(gone)[:50], keys=sorted(set(gone.values())))
        due = due.exclude(pk__in=gone)
    done = 0
    for pk in list(due.order_by("request__deadline_at").values_list("request", flat=True)[:limit]):
        try:
            done += open_request(pk)
        except Exception:  # a request that cannot be opened now is tried again; the log line names no bid
            logger.exception("sealing.not_opened", request=pk)
    return done


def without_secret() -> QuerySet[SealedTerms]:
    """Requests with sealed bids whose secret is not in the settings, also those whose deadline is ahead."""
    waiting = SealedTerms.objects.filter(opened_at=None, request__state=RequestState.OPEN)
    return waiting.filter(
        Exists(SealedBid.objects.filter(request=OuterRef("request"), is_opened=False))
    ).exclude(key_id__in=list(secrets_known()))


def open_request(request_id: int, *, gives_up: bool = False) -> bool:
    """Opens one request; False where it is not due, or opened already. Repeating it changes nothing.

    Raises BidUnreadable where the secret is not in the settings: it may come back, and an opening is final. With
    `gives_up`, an operator's last word, those bids are told of as unreadable for good.
    """
    while (more := _store_some(request_id, gives_up=gives_up)) is not None:
        if not more:
            return _finish(request_id)
    return False


def _due(request_id: int) -> tuple[BuyerRequest, SealedTerms] | None:
    request, now = locked_request(request_id)
    terms = terms_for(request)
    if terms is None or terms.opened_at is not None or request.state != RequestState.OPEN:
        return None
    if request.deadline_at is None or request.deadline_at > now:
        return None
    return request, terms


@transaction.atomic
def _store_some(request_id: int, *, gives_up: bool) -> bool | None:
    """Whether there were bids to store; None where the request is not to be opened."""
    found = _due(request_id)
    if found is None:
        return None
    request, terms = found
    rows = list(SealedBid.objects.filter(request=request, is_opened=False).order_by("pk")[:AT_ONCE])
    last = log.last_of_bidders(log.records_of(request)) if rows else {}
    lines = dict(request.lines.values_list("pk", "position"))
    keys: RequestKeys | None = None
    if rows:
        try:
            keys = keys_of(terms)
        except BidUnreadable:
            if not gives_up:
                raise
    for row in rows:
        was_sent = row.bidder in last
        # Drafts stay sealed for good.
        answers = log.answered_version(last[row.bidder]) if was_sent else 1
        row.fault = _open(terms, keys, row, lines, answers) if was_sent else Fault.NONE
        row.is_opened = True
        row.save(update_fields=["fault", "is_opened"])
    return bool(rows)


def _open(
    terms: SealedTerms, keys: RequestKeys | None, row: SealedBid, lines: Mapping[int, int], answers: int
) -> Fault:
    """Stores the bid; what is wrong with it otherwise."""
    if keys is None:
        return Fault.UNREADABLE
    try:
        held = opened(terms, keys, row)
    except BidUnreadable:
        return Fault.UNREADABLE
    if not _matches(terms.request, row, held):
        return Fault.DIFFERS
    try:
        with transaction.atomic():
            _store(terms.request, held, lines, answers)
            # From here on the rows know where it was sent from, and forget it when their time is over.
            for revision in held.revisions:
                revision.sender = ""
            keep(terms, held)
    except (DatabaseError, LookupError, ValueError, ObjectDoesNotExist) as error:
        logger.warning("sealing.unusable", request=terms.request_id, error=type(error).__name__)
        return Fault.UNUSABLE
    return Fault.NONE


def _matches(request: BuyerRequest, row: SealedBid, held: HeldBid) -> bool:
    """Every record of the bidder stands in the stored bid, with contents and nonce that give its commitment."""
    recorded = SealedRecord.objects.filter(request=request, bidder=row.bidder).order_by("sequence")
    told = [(record.kind, record.commitment, record.hash) for record in recorded]
    kept = [
        (revision.kind, commitment_of(revision.form, revision.nonce), revision.head)
        for revision in held.revisions
    ]
    named = all(
        revision.form["bidder"] == row.bidder and revision.form["request"] == str(request.public_id)
        for revision in held.revisions
    )
    withdrawn = held.revisions[-1].form["bid"] is None
    stands = BidState.WITHDRAWN if withdrawn else BidState.SENT
    return told == kept and named and held.state == stands


def _store(request: BuyerRequest, held: HeldBid, lines: Mapping[int, int], answers: int) -> None:
    vendor, last = Vendor.objects.get(pk=held.vendor), held.sendings[-1]
    content = last.form["bid"]
    people = set(User.objects.filter(pk__in=_people(held)).values_list("pk", flat=True))
    bid = Bid(
        request=request,
        vendor=vendor,
        state=BidState.DRAFT if held.is_sent else BidState.WITHDRAWN,
        revision=last.number,
        is_automatic=held.is_automatic,
        sent_by_id=last.user if last.user in people else None,
        sent_at=moment_of(last.at),
        withdrawn_at=None if held.is_sent else moment_of(held.revisions[-1].at),
    )
    every = [line for line in inputs_from(content) if line.line_id in lines]
    goods = {line.offer_id for line in every}
    goods |= {other.offer_id for line in every for other in line.alternatives}
    known = set(Offer.objects.filter(pk__in=[pk for pk in goods if pk]).values_list("pk", flat=True))
    store(bid, every, terms_from(content), known)
    note_answer(bid, request, answers)  # what was not confirmed by the deadline stays so
    for sending in held.sendings:
        revision = revision_of(bid, sending)
        revision.save()
        BidRevision.objects.filter(pk=revision.pk).update(created_at=moment_of(sending.at))
    named = {sha256 for _name, sha256 in content["files"]}
    for file in held.files:
        # What was attached and not sent again is no part of what was committed to.
        if file.sha256 in named:
            BidFile.objects.create(
                public_id=file.public_id,
                bid=bid,
                file=file.path,
                name=file.name,
                media_type=file.media_type,
                size=file.size,
                sha256=file.sha256,
                uploaded_by_id=file.uploaded_by if file.uploaded_by in people else None,
            )
    if held.rule is not None:
        rule = BiddingRule.objects.filter(pk=held.rule["rule"]).first()
        RuleOutcome.objects.update_or_create(
            request=request,
            vendor=vendor,
            defaults={
                "rule": rule,
                "outcome": Outcome.SENT,
                "reason": "",
                "amount_base": held.rule["amount_base"],
                "lines": held.rule["lines"],
                "decided_at": moment_of(held.rule["at"]),
            },
        )


def _people(held: HeldBid) -> set[int]:
    told = {revision.user for revision in held.revisions} | {file.uploaded_by for file in held.files}
    return {pk for pk in told if pk is not None}


@transaction.atomic
def _finish(request_id: int) -> bool:
    found = _due(request_id)
    if found is None:
        return False
    request, terms = found
    if SealedBid.objects.filter(request=request, is_opened=False).exists():
        return False  # cannot be: the deadline has passed; the next run looks again
    now = database_now()
    last = log.last_of_bidders(log.records_of(request))
    stored = {row.bidder: row.fault for row in SealedBid.objects.filter(request=request)}
    faults = [
        {"bidder": bidder, "fault": str(fault)}
        for bidder in sorted(last)
        if (fault := stored.get(bidder, Fault.MISSING))
    ]
    bids = list(Bid.objects.filter(request=request).select_related("vendor").order_by("pk"))
    sent = [bid for bid in bids if bid.state == BidState.DRAFT]
    Bid.objects.filter(pk__in=[bid.pk for bid in sent]).update(state=BidState.SENT)
    log.append(request, Kind.OPENED, now, details={"bids": len(sent), "faults": faults})
    terms.opened_at = now
    terms.save(update_fields=["opened_at"])
    request.state, request.closed_at = RequestState.CLOSED, now
    request.save(update_fields=["state", "closed_at"])
    outbox.emit_many((CONSUMER, BID_SENT, {"bid": bid.pk}) for bid in bids)
    for bid in sent:
        metrics.happened("bid_by_rule" if bid.is_automatic else "bid")
    messages.tell_buyer_of_closing(request)
    broken = sealed_messages.owners_of(terms, {fault["bidder"] for fault in faults})
    sealed_messages.tell_of_opening(request, [bid.vendor for bid in bids], broken=broken)
    return True
