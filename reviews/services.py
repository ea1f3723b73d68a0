"""Rating after a deal: said once by each side, read by both together, answered, reported, decided about."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from buyer_requests.locks import locked_request
from buyer_requests.models import BuyerRequest, PoolMember
from core.audit import kinds as audit_kinds
from core.audit.services import record
from core.errors import NotAllowed, NotFound
from price_lists.title_rules.detecting import found
from price_lists.title_rules.enums import Rule
from reviews import messages
from reviews.deals import deal_of, deals_to_ask_about, participant_of
from reviews.enums import ReviewState, Side
from reviews.errors import ReviewClosed, ReviewRefused, UnknownDeal
from reviews.locks import locked_review, locked_word
from reviews.models import Review
from vendors.models import Vendor
from vendors.own_company import require_not_own

DECIDED = audit_kinds.register("reviews.decide", _("Decided about a reported review"))

#: How long one side's word waits for the other's.
BLIND_FOR = dt.timedelta(days=14)
#: From so few stars on, a sentence is asked for.
NEEDS_TEXT = 2
LONGEST = 2000
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Said:
    """What one side says. The two facts are None where nothing is said of them."""

    stars: int
    kept_word: bool | None = None
    in_time: bool | None = None
    text: str = ""


@transaction.atomic
def rate(*, side: Side, user: User, request: BuyerRequest, vendor: Vendor, said: Said) -> Review:
    """Stores or changes one side's word; once both have spoken, both are shown. Locks the request.

    A participant of a pooled request speaks for himself beside its organiser; as the vendor rates the organiser alone,
    his word is shown when it has waited. Raises UnknownDeal for a request that is not the person's or had no deal with the vendor, ReviewClosed after the
    deal's time or once it is shown, ReviewRefused with the field.
    """
    current, now = locked_request(request.pk)
    member = _member(current, vendor, side, user)
    deal = deal_of(current, vendor)
    review = locked_word(current, vendor, side, member)
    if now >= deal.open_until:
        raise ReviewClosed("too_late")
    if review is not None and review.state != ReviewState.WAITING:
        raise ReviewClosed("shown")
    _check(said)
    if review is None:
        review = Review(request=current, vendor=vendor, side=side, member=member, reveal_at=now + BLIND_FOR)
    review.author = user
    review.stars, review.kept_word, review.in_time = said.stars, said.kept_word, said.in_time
    review.text = said.text.strip()
    review.save()
    if member is not None:
        return review
    other = locked_word(current, vendor, Side.VENDOR if side == Side.BUYER else Side.BUYER)
    if other is None:
        messages.ask_other_side(review)
        return review
    for each in (review, other):
        if each.state == ReviewState.WAITING:
            _show(each, now)
    return review


def show_due(*, limit: int = _AT_ONCE) -> int:
    """Shows what has waited long enough for the other side. Returns how many."""
    now = timezone.now()
    due = Review.objects.filter(state=ReviewState.WAITING, reveal_at__lte=now).order_by("reveal_at")
    shown = 0
    for public_id in list(due.values_list("public_id", flat=True)[:limit]):
        with transaction.atomic():
            review = locked_review(public_id)
            if review.state == ReviewState.WAITING:
                _show(review, now)
                shown += 1
    return shown


def ask_for_ratings() -> int:
    """Asks both sides of each deal, once, how it went. Returns how many people were asked."""
    return sum(messages.ask(deal) for deal in deals_to_ask_about(timezone.now()))


@transaction.atomic
def answer_review(*, vendor: Vendor, public_id: uuid.UUID, text: str) -> Review:
    """The vendor's answer to what a buyer said, once, shown below it. Raises NotFound for another vendor's."""
    review = _about(vendor, public_id)
    if review.answer:
        raise ReviewClosed("answered")
    if review.state != ReviewState.SHOWN:
        raise ReviewClosed("not_shown")
    if not text.strip():
        raise ReviewRefused("no_answer", field="text")
    _without_contacts(text)
    review.answer, review.answered_at = text.strip()[:LONGEST], timezone.now()
    review.save(update_fields=["answer", "answered_at"])
    messages.answered(review)
    return review


@transaction.atomic
def report_review(*, vendor: Vendor, public_id: uuid.UUID, reason: str) -> Review:
    """The vendor asks an operator to look. The review stays shown: who is criticised does not silence by asking."""
    review = _about(vendor, public_id)
    if review.state != ReviewState.SHOWN or review.reported_at is not None:
        raise ReviewClosed("decided")
    if not reason.strip():
        raise ReviewRefused("no_reason", field="reason")
    review.report, review.reported_at = reason.strip()[:500], timezone.now()
    review.save(update_fields=["report", "reported_at"])
    return review


@transaction.atomic
def take_back(*, side: Side, user: User, request: BuyerRequest, vendor: Vendor) -> None:
    """The author's own word goes, for good; one that was not shown yet may be said anew. Raises UnknownDeal."""
    current, _now = locked_request(request.pk)
    review = locked_word(current, vendor, side, _member(current, vendor, side, user))
    if review is None:
        raise UnknownDeal("unknown_deal")
    if review.state == ReviewState.WAITING:
        review.delete()
    elif review.state == ReviewState.SHOWN:
        review.state = ReviewState.WITHDRAWN
        review.save(update_fields=["state"])


@transaction.atomic
def decide(*, public_id: uuid.UUID, remove: bool, reason: str, operator: User) -> Review:
    """An operator keeps a review or removes it; both sides are told the reason. Locks it.

    Raises ReviewClosed, ReviewRefused without a reason, NotAllowed for a side of the deal.
    """
    review = locked_review(public_id)
    if review.state != ReviewState.SHOWN:
        raise ReviewClosed("decided")
    require_not_own(operator, review.vendor_id)
    if operator.pk in {review.request.buyer_id, review.author_id}:
        raise NotAllowed("own_deal", _("This is your own request. A colleague has to decide."))
    if not reason.strip():
        raise ReviewRefused("no_reason", field="reason")
    if remove:
        review.state = ReviewState.REMOVED
    review.decision, review.decided_by, review.decided_at = (
        reason.strip()[:500],
        operator.typed_id,
        timezone.now(),
    )
    review.save(update_fields=["state", "decision", "decided_by", "decided_at"])
    record(
        actor=operator.typed_id,
        action=DECIDED,
        subject=f"review:{review.pk}",
        subject_name=review.vendor.name,
        reason=review.decision,
        details={"removed": remove, "vendor": review.vendor_id},
    )
    messages.decided(review)
    return review


def _about(vendor: Vendor, public_id: uuid.UUID) -> Review:
    review = locked_review(public_id)
    if review.vendor_id != vendor.pk or review.side != Side.BUYER or review.state == ReviewState.WAITING:
        raise NotFound("unknown_review")
    return review


def _member(request: BuyerRequest, vendor: Vendor, side: Side, user: User) -> PoolMember | None:
    """The participant who speaks; None for the buyer and for the vendor."""
    if side == Side.VENDOR or request.buyer_id == user.pk:
        return None
    return participant_of(request, vendor, user)


def _show(review: Review, now: dt.datetime) -> None:
    review.state, review.shown_at = ReviewState.SHOWN, now
    review.save(update_fields=["state", "shown_at"])
    messages.shown(review)


def _check(said: Said) -> None:
    if not 1 <= said.stars <= 5:
        raise ReviewRefused("no_stars", field="stars")
    if said.stars <= NEEDS_TEXT and not said.text.strip():
        raise ReviewRefused("few_stars_no_text", field="text")
    _without_contacts(said.text)


def _without_contacts(text: str) -> None:
    if found(text, {Rule.PHONE, Rule.LINK}):
        raise ReviewRefused("contacts", field="text")
