"""Holding a request back from further vendors, an operator's decision about it, and the buyer's one appeal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from buyer_requests.enums import BidState, RequestState
from buyer_requests.errors import UnknownRequest
from buyer_requests.locks import locked_hold, locked_request
from buyer_requests.models import BuyerRequest, RequestHold, RequestReport
from buyer_requests.sealing.terms import note_deadline
from buyer_requests.services.messages import tell_bidders_of_deadline, tell_buyer, tell_vendors
from buyer_requests.services.publishing import CONSUMER, LONGEST, cancel_request
from buyer_requests.telling.reviving import revive
from buyer_requests.trust import trace
from buyer_requests.trust.enums import Deed, HoldCause, HoldState, Verdict
from buyer_requests.trust.errors import HoldDecided
from core import clock, outbox
from core.audit import kinds as audit_kinds
from core.audit.services import record
from core.errors import InvalidInput, NotAllowed
from vendors.appeals.errors import SameOperator
from vendors.services.onboarding import operators_for

RELEASE: Final = audit_kinds.register("requests.release", _("Released a request"))
CLOSE: Final = audit_kinds.register("requests.close", _("Closed a request"))
DISMISS: Final = audit_kinds.register("requests.dismiss_reports", _("Rejected reports of a request"))
_WAITS: Final = (HoldState.HELD, HoldState.APPEALED)
#: A request of such terms is not opened a second time: what it promised its bidders ended with it.
_TERMS: Final = ("sealing", "auction", "pool", "standing")


def hold(request: BuyerRequest, cause: HoldCause, findings: Sequence[dict[str, Any]]) -> RequestHold | None:
    """Holds a locked request back; None where it is held already, or an operator closed it. The buyer is told."""
    held = locked_hold(request.pk)
    if held is not None and held.state != HoldState.RELEASED:
        return None
    held, _is_new = RequestHold.objects.update_or_create(
        request=request,
        defaults={
            "state": HoldState.HELD,
            "cause": cause,
            "findings": list(findings),
            "held_at": clock.now(),
            "decided_at": None,
            "decided_by": None,
            "reason": "",
        },
    )
    trace.note(request.pk, Deed.HELD, cause=cause.value)
    _tell(request, "request.held", held)
    return held


@transaction.atomic
def decide(*, operator: User, request: BuyerRequest, releases: bool, reason: str) -> RequestHold:
    """An operator's word, and on an appeal the last one. Locks the request, then what holds it. The buyer is told why.

    Raises HoldDecided, InvalidInput without a reason, AlreadyAwarded where a vendor has lines of it,
    NotAllowed for one's own request, SameOperator where who closed it judges the appeal although somebody else may.
    """
    current, now = locked_request(request.pk)
    held = locked_hold(current.pk)
    if held is None or held.state not in _WAITS:
        raise HoldDecided("hold_decided")
    if not reason.strip():
        raise InvalidInput("no_reason", field="reason")
    _require_anothers(operator, current, held)
    was_appeal = held.state == HoldState.APPEALED
    if releases:
        held.state, deed = HoldState.RELEASED, Deed.RELEASED
    elif was_appeal:
        held.state, deed = HoldState.UPHELD, Deed.UPHELD
    else:
        held.state, deed = HoldState.CLOSED, Deed.CLOSED
    held.decided_at, held.decided_by, held.reason = now, operator, reason.strip()[:500]
    held.save()
    verdict = Verdict.WRONG if releases else Verdict.RIGHT
    reports = RequestReport.objects.filter(request=current)
    (reports if was_appeal else reports.filter(verdict="")).update(verdict=verdict)
    trace.note(current.pk, deed, actor=operator.typed_id, reports=reports.count())
    record(
        actor=operator.typed_id,
        action=RELEASE if releases else CLOSE,
        subject=f"request:{current.pk}",
        subject_name=current.title,
        reason=held.reason,
        details={"deed": deed, "reports": reports.count()},
    )
    if releases:
        _give_back(current, held, now)
        is_over = current.deadline_at is None or current.deadline_at <= now
        is_reopened = was_appeal and not is_over and not any(hasattr(current, terms) for terms in _TERMS)
        if is_reopened:
            current.state, current.closed_at = RequestState.OPEN, None
            current.save(update_fields=["state", "closed_at"])
        if current.state == RequestState.OPEN:
            outbox.emit(CONSUMER, "published", {"request": current.pk})
            revive(current, now)
            if is_reopened:
                tell_of_reopening(current)
    elif current.state in {RequestState.OPEN, RequestState.CLOSED}:
        cancel_request(buyer=current.buyer, request=current)
    _tell(current, "request.released" if releases else "request.refused", held)
    return held


def _give_back(request: BuyerRequest, held: RequestHold, now: dt.datetime) -> None:
    """The time for which it was held, to a request that was let go: reporters shut nobody out by letting it run down.

    One that its deadline closed meanwhile takes bids again. Auctions, pools and standing requests keep clocks of their own;
    a sealed request gets it while its log still takes a later deadline.
    """
    kept = any(hasattr(request, terms) for terms in ("auction", "pool", "standing"))
    if kept or request.deadline_at is None or held.held_at >= request.deadline_at:
        return
    is_over = request.deadline_at <= now
    if hasattr(request, "sealing") and (is_over or request.state != RequestState.OPEN):
        return
    if request.state == RequestState.CLOSED and (not is_over or request.awards.exists()):
        return  # its buyer closed it, or decided
    request.deadline_at = min(request.deadline_at + (now - held.held_at), now + LONGEST)
    if request.state == RequestState.CLOSED:
        request.state, request.closed_at = RequestState.OPEN, None
    request.save(update_fields=["deadline_at", "state", "closed_at"])
    note_deadline(request, now)
    if request.state == RequestState.OPEN:
        tell_bidders_of_deadline(request)


@transaction.atomic
def appeal(*, buyer: User, request: BuyerRequest, text: str) -> RequestHold:
    """The buyer's word against a closing; once. Raises UnknownRequest, HoldDecided, InvalidInput (`empty`)."""
    current, now = locked_request(request.pk)
    if current.buyer_id != buyer.pk:
        raise UnknownRequest("unknown_request")
    held = locked_hold(current.pk)
    if held is None or held.state != HoldState.CLOSED or held.appealed_at is not None:
        raise HoldDecided("hold_decided")
    if not text.strip():
        raise InvalidInput("empty", field="text")
    held.state, held.appeal, held.appealed_at = HoldState.APPEALED, text.strip()[:1000], now
    held.save(update_fields=["state", "appeal", "appealed_at"])
    trace.note(current.pk, Deed.APPEALED, actor=buyer.typed_id)
    return held


@transaction.atomic
def dismiss_reports(*, operator: User, request: BuyerRequest) -> int:
    """Reports that are too few to hold a request, rejected by an operator. Returns how many."""
    current, _now = locked_request(request.pk)
    _require_anothers(operator, current)
    count = RequestReport.objects.filter(request=current, verdict="").update(verdict=Verdict.WRONG)
    if count:
        trace.note(current.pk, Deed.DISMISSED, actor=operator.typed_id, reports=count)
        record(
            actor=operator.typed_id,
            action=DISMISS,
            subject=f"request:{current.pk}",
            subject_name=current.title,
            details={"reports": count},
        )
    return count


def _require_anothers(operator: User, request: BuyerRequest, held: RequestHold | None = None) -> None:
    """Nobody decides about the own request; and an appeal is for somebody else than who closed it, where there is one."""
    if request.buyer_id == operator.pk:
        raise NotAllowed("own_request", _("This is your own request. A colleague has to decide."))
    if held is None or held.state != HoldState.APPEALED or held.decided_by_id != operator.pk:
        return
    others = operators_for("buyer_requests.change_requesthold").filter(is_staff=True)
    if others.exclude(pk__in=(operator.pk, request.buyer_id)).exists():
        raise SameOperator("same_operator")


def waiting() -> QuerySet[RequestHold]:
    """For operators: what waits for a decision, the soonest deadline first."""
    return (
        RequestHold.objects.filter(state__in=_WAITS)
        .select_related("request", "request__buyer")
        .prefetch_related("request__reports__vendor")
        .order_by("request__deadline_at", "pk")
    )


def tell_of_reopening(request: BuyerRequest) -> None:
    """To those who were told that it is cancelled: their bids are in force again."""
    key = f"reopened:{trace.times(request.pk)}"
    bids = request.bids.filter(state=BidState.SENT).select_related("vendor").order_by("pk")
    tell_vendors(request, [(bid.vendor, "request.reopened", key, {}) for bid in bids])


def _tell(request: BuyerRequest, kind: str, held: RequestHold) -> None:
    times = trace.times(request.pk)
    tell_buyer(request, kind=kind, key=f"{kind}:{times}", params={"reason": held.reason})
