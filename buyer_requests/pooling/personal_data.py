"""What pooled requests keep of people who take part: how much they take, where to, and what they pay."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.models import User
from buyer_requests.deciding.enums import LIVE, AwardState
from buyer_requests.enums import RequestState
from buyer_requests.locks import locked_request
from buyer_requests.models import Award, PoolMember, PoolTerms
from buyer_requests.pooling import telling
from buyer_requests.pooling.awarding import fall_away, live_parts
from buyer_requests.pooling.enums import MemberState, PartState
from buyer_requests.pooling.joining import take_out


def export(user: User) -> dict[str, Any]:
    members = PoolMember.objects.filter(user=user).select_related("request").order_by("pk")
    return {
        "pools_joined": [
            {
                "request": member.request.title,
                "state": member.state,
                "joined_at": member.joined_at.isoformat(),
                "place": member.place,
                "region": member.region,
                "name_shown": member.name_shown,
                "takes": [
                    {"line": each.line.text, "quantity": str(each.quantity), "ceiling": each.ceiling_amount}
                    for each in member.quantities.select_related("line")
                ],
                "pays": [
                    {"vendor": part.bid.vendor.name, "minor": part.total_minor, "currency": part.currency}
                    for part in member.parts.select_related("bid__vendor")
                ],
            }
            for member in members.prefetch_related("quantities__line", "parts__bid__vendor")
        ]
    }


def erase(user: User) -> None:
    """Before the decision the person is taken out and totals fall; afterwards his shares fall away, others' prices stay.

    The organiser's own request was cancelled before, or is decided: then he falls away like anybody else.
    """
    for member in PoolMember.objects.filter(user=user).order_by("request"):
        _erase_one(member)


@transaction.atomic
def _erase_one(member: PoolMember) -> None:
    request, now = locked_request(member.request_id)
    terms = PoolTerms.objects.filter(request=request).first()
    parts = [part for part in live_parts(request) if part.member_id == member.pk]
    undecided = request.state in {RequestState.OPEN, RequestState.CLOSED}
    is_guest = member.user_id != request.buyer_id and member.state == MemberState.JOINED
    if undecided and not parts and is_guest and terms is not None:
        take_out(request, terms, member, now)
    for part in parts:
        if part.state == PartState.GIVEN:
            fall_away(request, part, now)
            has_accepted = Award.objects.filter(bid=part.bid_id, state=AwardState.ACCEPTED).exists()
            if has_accepted or Award.objects.filter(bid=part.bid_id, state__in=LIVE).exists():
                telling.tell_bidders(request, [part.bid], kind="pool.fell_away.vendor", key=f"away:{part.pk}")
    member.quantities.update(ceiling_amount=None)
    state = (
        member.state if member.user_id == request.buyer_id else MemberState.LEFT
    )  # nothing more is given to him
    PoolMember.objects.filter(pk=member.pk).update(
        state=state, place="", region="", name_shown=False, falls=[], out_reason=""
    )
