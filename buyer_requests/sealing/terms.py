"""Making a request sealed, and what its log says of its way: published, given more time, cancelled."""

from __future__ import annotations

import datetime as dt

from buyer_requests.bidding.enums import Outcome
from buyer_requests.changing.content import content_of
from buyer_requests.changing.models import RequestRevision
from buyer_requests.deciding.models import DecisionPlan
from buyer_requests.enums import RequestState
from buyer_requests.models import Bid, BuyerRequest, RuleOutcome
from buyer_requests.sealing import log
from buyer_requests.sealing.canonical import content_hash, moment
from buyer_requests.sealing.enums import Fault, Kind, Reveals
from buyer_requests.sealing.errors import SealedForGood
from buyer_requests.sealing.holding import terms_for
from buyer_requests.sealing.keys import newest_key_id
from buyer_requests.sealing.models import SealedRecord, SealedTerms


def choose_sealed(
    *, request: BuyerRequest, sealed: bool, shows_count: bool = False, reveals: Reveals = Reveals.OWN
) -> None:
    """Stores the buyer's choice; the draft is locked. Raises SealedForGood once it is published."""
    if request.state != RequestState.DRAFT:
        raise SealedForGood("published")
    if sealed:
        SealedTerms.objects.update_or_create(
            request=request, defaults={"shows_count": shows_count, "reveals": reveals}
        )
    else:
        SealedTerms.objects.filter(request=request).delete()


def note_published(request: BuyerRequest, now: dt.datetime) -> None:
    """The keys are fixed and the log begins; nothing for a request that is not sealed. The request is locked."""
    terms = terms_for(request)
    if terms is None:
        return
    terms.key_id = newest_key_id()
    terms.save(update_fields=["key_id"])
    assert request.deadline_at is not None  # publishing asked for one
    plan = DecisionPlan.objects.filter(request=request, is_stated=True).first()
    log.append(
        request,
        Kind.PUBLISHED,
        now,
        details={
            "deadline": moment(request.deadline_at),
            "reveals": str(terms.reveals),
            "shows_count": terms.shows_count,
            "content": content_hash(content_of(request)),
            **({"weights": _weights(request)} if plan else {}),
        },
    )


def note_deadline(request: BuyerRequest, now: dt.datetime) -> None:
    """Time is only ever added, and only before it has passed; that is the caller's rule."""
    if terms_for(request) is not None:
        assert request.deadline_at is not None
        log.append(request, Kind.DEADLINE, now, details={"deadline": moment(request.deadline_at)})


def note_changed(request: BuyerRequest, version: RequestRevision) -> None:
    """A further version of the wording, by its fingerprint, and the time that was added with it. The request is locked."""
    terms = terms_for(request)
    if terms is None or terms.opened_at is not None:
        return
    held = SealedRecord.objects.filter(request=request, kind__in=(Kind.PUBLISHED, Kind.DEADLINE))
    last = held.order_by("-sequence").first()
    if last is not None and request.deadline_at and last.details["deadline"] != moment(request.deadline_at):
        note_deadline(request, version.made_at)
    log.append(
        request,
        Kind.CHANGED,
        version.made_at,
        details={log.VERSION: version.number, "content": content_hash(version.content)},
    )


def note_weights(request: BuyerRequest, now: dt.datetime, *, is_stated: bool) -> None:
    """What vendors are told that bids are judged by, after it changed. The request is locked."""
    terms = terms_for(request)
    if terms is None or terms.opened_at is not None or request.state != RequestState.OPEN:
        return
    log.append(request, Kind.WEIGHTS, now, details={"weights": _weights(request) if is_stated else None})


def _weights(request: BuyerRequest) -> list[list[str | int]]:
    rows = request.criteria.order_by("kind", "name").values_list("kind", "name", "weight")
    return [[str(kind), str(name), int(weight)] for kind, name, weight in rows]


def note_cancelled(request: BuyerRequest, now: dt.datetime) -> None:
    """An opening that has begun is taken back: bidders are told that no bid on it was opened, and none will be."""
    terms = terms_for(request)
    if terms is None:
        return
    if terms.opened_at is None:
        Bid.objects.filter(request=request).delete()
        RuleOutcome.objects.filter(request=request, outcome=Outcome.SENT).delete()
        request.sealed_bids.update(
            is_opened=False, fault=Fault.NONE
        )  # marks alone: nothing is decrypted here
    log.append(request, Kind.CANCELLED, now)
