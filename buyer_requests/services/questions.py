"""Questions about a request: a vendor asks without a name, the buyer answers, all who see the request read both."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from buyer_requests.errors import UnknownRequest
from buyer_requests.locks import locked_request
from buyer_requests.models import BuyerRequest, Question
from buyer_requests.selectors.visibility import require_visible
from buyer_requests.services import messages
from buyer_requests.services.publishing import require_open
from buyer_requests.trust.limits import count_question
from core.errors import InvalidInput, TooMany
from vendors.models import Vendor

MOST = 20
_EMPTY = "empty"


@transaction.atomic
def ask_question(*, vendor: Vendor, request: BuyerRequest, text: str) -> Question:
    """Asks until the deadline, at most 20 times a request and vendor. Locks the request; the buyer is told.

    Raises UnknownRequest, RequestNotOpen, InvalidInput (`empty`), TooMany.
    """
    current, now = locked_request(request.pk)
    require_visible(current, vendor)
    require_open(current, now)
    if not text.strip():
        raise InvalidInput(_EMPTY, field="text")
    if Question.objects.filter(request=current, vendor=vendor).count() >= MOST:
        raise TooMany("too_many_questions", retry_after=86_400)
    count_question(vendor.pk)
    question = Question.objects.create(request=current, vendor=vendor, text=text.strip()[:1000])
    messages.tell_buyer_of_question(question)
    return question


@transaction.atomic
def answer_question(*, buyer: User, question: Question, text: str) -> Question:
    """Answers, or mends the answer. Locks the request; the asker and all bidders are told of the first answer."""
    current, now = locked_request(question.request_id)
    if current.buyer_id != buyer.pk:
        raise UnknownRequest("unknown_request")
    require_open(current, now)
    if not text.strip():
        raise InvalidInput(_EMPTY, field="text")
    fresh = Question.objects.get(pk=question.pk)
    is_first = not fresh.answer
    fresh.answer = text.strip()[:2000]
    fresh.answered_at = now
    fresh.save(update_fields=["answer", "answered_at"])
    if is_first:
        messages.tell_of_answer(fresh)
    return fresh
