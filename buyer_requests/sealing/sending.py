"""A bid on a sealed request: saved, sent, revised, withdrawn. Nothing of it becomes a row of bids before the opening.

`services.bids` and `bidding` call these with the request locked and the right and the deadline checked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from buyer_requests.bidding.checking import Wanted, check
from buyer_requests.bidding.enums import Origin
from buyer_requests.bidding.inputs import BidLineInput, BidTerms
from buyer_requests.changing.standing import asked_version
from buyer_requests.enums import BidState
from buyer_requests.errors import BidNotSent
from buyer_requests.models import BuyerRequest, RequestLine
from buyer_requests.sealing import log, messages
from buyer_requests.sealing.canonical import commitment_of, content_from, new_nonce, sealed_form
from buyer_requests.sealing.enums import Kind
from buyer_requests.sealing.holding import HeldBid, HeldRevision, held_by, keep, keys_of, terms_for
from buyer_requests.sealing.models import SealedTerms
from catalog.models import Offer
from vendors.models import Vendor


@sensitive_variables()
def save(
    *,
    vendor: Vendor,
    request: BuyerRequest,
    lines: Sequence[BidLineInput],
    terms: BidTerms,
    now: dt.datetime,
    version: int | None = None,
) -> None:
    """Keeps what is not sent yet; `version` is the request's that it was written for. Raises BidIncomplete, BidNotSent (`already_sent`)."""
    sealing = _terms(request)
    held = held_by(sealing, vendor) or HeldBid(vendor.pk)
    if held.is_sent:
        raise BidNotSent("already_sent")
    held.content = _content(request, held, lines, terms, now=now, complete=False)
    held.is_automatic = False
    held.seen = max(1, min(version or request.version, request.version))
    keep(sealing, held)


@sensitive_variables()
def send(
    *,
    vendor: Vendor,
    user: User | None,
    request: BuyerRequest,
    lines: Sequence[BidLineInput],
    terms: BidTerms,
    now: dt.datetime,
    origin: Origin,
    sender: str = "",
    rule: dict[str, Any] | None = None,
) -> bool:
    """Sends or revises; the vendor gets its receipt. False: it is in force as it is. `rule`: what a rule spent.

    The same contents again are a record of their own where bidders were asked to confirm since.
    """
    sealing = _terms(request)
    held = held_by(sealing, vendor) or HeldBid(vendor.pk)
    content = _content(request, held, lines, terms, now=now, complete=True)
    last = held.sendings[-1] if held.sendings else None
    asked = asked_version(request)
    if held.is_sent and last is not None and last.form["bid"] == content and last.version >= asked:
        return False
    kind = Kind.REVISED if held.is_sent else Kind.SENT
    held.content, held.state, held.is_automatic = content, BidState.SENT, origin == Origin.RULE
    held.rule = rule or held.rule
    _commit(
        sealing, held, kind, content, now, user=user, origin=origin, sender=sender, version=request.version
    )
    return True


def withdraw(*, vendor: Vendor, request: BuyerRequest, now: dt.datetime) -> None:
    """Takes the bid back; the log says so. Raises BidNotSent."""
    sealing = _terms(request)
    held = held_by(sealing, vendor)
    if held is None or not held.is_sent:
        raise BidNotSent("no_bid")
    version = held.answers
    held.state = BidState.WITHDRAWN
    _commit(
        sealing, held, Kind.WITHDRAWN, None, now, user=None, origin=Origin.PERSON, sender="", version=version
    )


def note_files(*, terms: SealedTerms, held: HeldBid, user: User | None, now: dt.datetime) -> None:
    """Stores a bid whose files changed; of one in force that is a revision, in the log as any other."""
    if not held.is_sent or held.content is None:
        keep(terms, held)
        return
    content = held.content | {"files": [[file.name, file.sha256] for file in held.files]}
    held.content = content
    # A file is no word on prices: what waits to be confirmed goes on waiting.
    _commit(
        terms,
        held,
        Kind.REVISED,
        content,
        now,
        user=user,
        origin=Origin.PERSON,
        sender="",
        version=held.answers,
    )


def _commit(
    terms: SealedTerms,
    held: HeldBid,
    kind: Kind,
    content: dict[str, Any] | None,
    now: dt.datetime,
    *,
    user: User | None,
    origin: Origin,
    sender: str,
    version: int,
) -> None:
    """One transaction: the record, the encrypted bid, the receipt."""
    request, bidder, nonce = terms.request, keys_of(terms).bidder(held.vendor), new_nonce()
    number = len(held.sendings) + (0 if content is None else 1)
    form = sealed_form(request=str(request.public_id), bidder=bidder, number=number, content=content)
    commitment = commitment_of(form, nonce)
    with transaction.atomic():
        record = log.append(
            request,
            kind,
            now,
            bidder=bidder,
            commitment=commitment,
            details={log.VERSION: version} if version > 1 else None,
        )
        held.revisions.append(
            HeldRevision(
                number=number,
                kind=str(kind),
                at=record.at,
                origin=str(origin),
                sender=sender,
                user=user.pk if user else None,
                form=form,
                nonce=nonce,
                commitment=commitment,
                sequence=record.sequence,
                head=record.hash,
                version=version,
            )
        )
        keep(terms, held)
        messages.give_receipt(terms, held, held.revisions[-1])


@sensitive_variables()
def _content(
    request: BuyerRequest,
    held: HeldBid,
    lines: Sequence[BidLineInput],
    terms: BidTerms,
    *,
    now: dt.datetime,
    complete: bool,
) -> dict[str, Any]:
    wanted = {
        pk: Wanted(position, substitutes)
        for pk, position, substitutes in RequestLine.objects.filter(request=request).values_list(
            "pk", "position", "substitutes"
        )
    }
    check(lines, terms, wanted, now, complete=complete)
    goods = {
        good for line in lines for good in (line.offer_id, *(other.offer_id for other in line.alternatives))
    }
    own = Offer.objects.filter(pk__in=[pk for pk in goods if pk], vendor=held.vendor)
    every = sorted(lines, key=lambda each: wanted[each.line_id].position)
    files = [(file.name, file.sha256) for file in held.files]
    return content_from(every, terms, files, set(own.values_list("pk", flat=True)))


def _terms(request: BuyerRequest) -> SealedTerms:
    terms = terms_for(request)
    if terms is None or terms.opened_at is not None:
        raise BidNotSent("not_sealed")
    return terms
