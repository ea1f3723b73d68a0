"""Publishing with the early look before it: the request goes out, waits for its buyer, or for an operator."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from buyer_requests.enums import RequestState
from buyer_requests.locks import database_now, locked_request
from buyer_requests.models import BuyerRequest, RequestHold
from buyer_requests.services.publishing import publish_request
from buyer_requests.trust import holding, trace
from buyer_requests.trust.enums import Deed, HoldCause, Outcome
from buyer_requests.trust.errors import RequestDoubtful
from buyer_requests.trust.look import facts_of, judge
from core.errors import Conflict


def publish_with_look(*, buyer: User, request: BuyerRequest, confirmed: bool = False) -> BuyerRequest:
    """As `publish_request`. Raises RequestDoubtful with what was found, unless the buyer says that it is meant so.

    What weighs too much is published all the same and held back: nobody hears of it until an operator releases it.
    The look is outside of the transaction, so what is published is held against what was looked at.
    """
    facts = facts_of(request, database_now())
    look = judge(facts)
    if look.outcome == Outcome.MEND or (look.outcome != Outcome.OUT and not confirmed):
        raise RequestDoubtful(look)
    with transaction.atomic():
        published = publish_request(buyer=buyer, request=request)
        lines = published.lines.order_by("position").values_list("text", "details")
        now_there = [published.title, published.notes, *(f"{text} {details}" for text, details in lines)]
        if now_there != list(facts.texts):
            raise Conflict("changed_meanwhile")
        trace.note(published.pk, Deed.LOOKED, findings=_codes(look.as_json()), credit=look.credit)
        if look.outcome != Outcome.OUT:
            trace.note(published.pk, Deed.CONFIRMED, actor=buyer.typed_id)
        if look.outcome == Outcome.HOLD:
            holding.hold(published, HoldCause.LOOK, look.as_json())
    return published


def look_again(request_id: int) -> bool:
    """After a published request was changed: what weighs too much now is held back from further vendors.

    What an operator released stays released. Returns whether it is held now. Repeating it changes nothing.
    """
    request = BuyerRequest.objects.filter(pk=request_id, state=RequestState.OPEN).first()
    if request is None or RequestHold.objects.filter(request=request).exists():
        return False
    look = judge(facts_of(request, database_now()))
    if look.outcome != Outcome.HOLD:
        return False
    with transaction.atomic():
        current, _now = locked_request(request_id)
        trace.note(current.pk, Deed.LOOKED, findings=_codes(look.as_json()), credit=look.credit)
        return holding.hold(current, HoldCause.LOOK, look.as_json()) is not None


def _codes(findings: list[dict[str, object]]) -> list[dict[str, object]]:
    """Without the words that were found: the trace is kept for ever."""
    return [{"rule": each["rule"], "weight": each["weight"]} for each in findings]
