"""Setting what a decision is judged by: criteria and weights, points for bids, limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from buyer_requests.deciding.enums import CriterionKind
from buyer_requests.deciding.models import Criterion, CriterionScore, DecisionPlan
from buyer_requests.deciding.plans import MOST_OWN, Limits
from buyer_requests.enums import BidState, RequestState
from buyer_requests.errors import RequestNotOpen, UnknownRequest
from buyer_requests.locks import locked_request
from buyer_requests.models import BuyerRequest
from buyer_requests.sealing import terms as sealing
from buyer_requests.services.messages import tell_bidders_of_criteria

OPEN_TO_CHANGE = (RequestState.DRAFT, RequestState.OPEN, RequestState.CLOSED)


@dataclass(frozen=True, slots=True)
class CriterionInput:
    kind: CriterionKind
    weight: int
    name: str = ""


@transaction.atomic
def set_criteria(
    *, buyer: User, request: BuyerRequest, criteria: Sequence[CriterionInput], is_stated: bool
) -> bool:
    """Replaces them; points of criteria that stay are kept. Locks the request. Whether anything changed.

    Where vendors see the weights, or saw them, bidders are told of a change; while bids are sealed, all who were told
    of the request. Raises
    UnknownRequest, RequestNotOpen for a request that is decided or over.
    """
    current, now = locked_request(request.pk)
    if current.buyer_id != buyer.pk:
        raise UnknownRequest("unknown_request")
    if current.state not in OPEN_TO_CHANGE:
        raise RequestNotOpen("not_open")
    plan, _is_new = DecisionPlan.objects.get_or_create(request=current)
    wanted = {
        (each.kind, each.name.strip()[:80] if each.kind == CriterionKind.OWN else ""): min(each.weight, 100)
        for each in criteria
        if each.weight > 0 and (each.kind != CriterionKind.OWN or each.name.strip())
    }
    own = [key for key in wanted if key[0] == CriterionKind.OWN]
    for key in own[MOST_OWN:]:
        del wanted[key]
    before = {(each.kind, each.name): each for each in current.criteria.all()}
    was_stated, is_changed = plan.is_stated, {key: each.weight for key, each in before.items()} != wanted
    if not is_changed and was_stated == is_stated:
        return False
    current.criteria.exclude(pk__in=[before[key].pk for key in wanted if key in before]).delete()
    for (kind, name), weight in wanted.items():
        Criterion.objects.update_or_create(request=current, kind=kind, name=name, defaults={"weight": weight})
    plan.is_stated = is_stated
    shows = is_stated or was_stated
    if shows and current.state != RequestState.DRAFT:
        plan.stated_changed_at = now
        sealing.note_weights(current, now, is_stated=is_stated)
        tell_bidders_of_criteria(current, f"criteria:{now.isoformat()}")
    plan.save(update_fields=["is_stated", "stated_changed_at"])
    return True


@transaction.atomic
def set_points(*, buyer: User, request: BuyerRequest, points: Mapping[tuple[int, int], int | None]) -> None:
    """The buyer's points by (criterion, bid), 0 to 10, None for none; others' and unknown ones are left out."""
    if request.buyer_id != buyer.pk:
        raise UnknownRequest("unknown_request")
    criteria = {each.pk for each in request.criteria.all() if each.is_by_hand}
    bids = set(request.bids.filter(state=BidState.SENT).values_list("pk", flat=True))
    known = {key: value for key, value in points.items() if key[0] in criteria and key[1] in bids}
    stored = {
        (each.criterion_id, each.bid_id): each
        for each in CriterionScore.objects.filter(criterion__in=criteria)
    }
    gone = [stored[key].pk for key, value in known.items() if value is None and key in stored]
    CriterionScore.objects.filter(pk__in=gone).delete()
    CriterionScore.objects.bulk_create(
        [
            CriterionScore(criterion_id=criterion, bid_id=bid, points=min(max(value, 0), 10))
            for (criterion, bid), value in known.items()
            if value is not None
        ],
        update_conflicts=True,
        unique_fields=["criterion", "bid"],
        update_fields=["points"],
    )


@transaction.atomic
def set_limits(*, buyer: User, request: BuyerRequest, limits: Limits) -> None:
    """Who may have what; bids and lines of other requests are left out."""
    if request.buyer_id != buyer.pk:
        raise UnknownRequest("unknown_request")
    bids = set(request.bids.filter(state=BidState.SENT).values_list("pk", flat=True))
    lines = set(request.lines.values_list("pk", flat=True))
    kept = Limits(
        never=limits.never & bids,
        only={line: bid for line, bid in limits.only.items() if line in lines and bid in bids},
        barred={line: each & bids for line, each in limits.barred.items() if line in lines},
        whole=limits.whole & lines,
    )
    DecisionPlan.objects.update_or_create(request=request, defaults={"limits": kept.as_dict()})
