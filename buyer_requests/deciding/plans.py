"""What the buyer holds to besides the aim: criteria with weights and points, and limits on who may have what."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from buyer_requests.deciding.enums import CriterionKind
from buyer_requests.deciding.models import Criterion, CriterionScore, DecisionPlan
from buyer_requests.models import Bid, BuyerRequest

#: In words; the per cent by which the worst on a criterion counts as dearer.
WEIGHTS: Final[tuple[tuple[int, Promise], ...]] = (
    (0, _("does not count")),
    (5, _("a little (5 %)")),
    (10, _("noticeably (10 %)")),
    (20, _("much (20 %)")),
    (40, _("very much (40 %)")),
)
#: Of a bid that the buyer gave no points, out of 10.
MIDDLE: Final = 5
#: Of days where the buyer weighs and has chosen nothing.
USUAL_DAYS: Final = 20
MOST_OWN: Final = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """By ids of bids and lines. `only` and `barred` are by line; `whole` lines are not shared out."""

    never: frozenset[int] = frozenset()
    only: Mapping[int, int] = field(default_factory=dict)
    barred: Mapping[int, frozenset[int]] = field(default_factory=dict)
    whole: frozenset[int] = frozenset()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Limits:
        return cls(
            never=frozenset(data.get("never", ())),
            only={int(line): bid for line, bid in data.get("only", {}).items()},
            barred={int(line): frozenset(bids) for line, bids in data.get("barred", {}).items()},
            whole=frozenset(data.get("whole", ())),
        )

    def as_dict(self) -> dict[str, Any]:
        return {
            "never": sorted(self.never),
            "only": {str(line): bid for line, bid in sorted(self.only.items())},
            "barred": {str(line): sorted(bids) for line, bids in sorted(self.barred.items()) if bids},
            "whole": sorted(self.whole),
        }

    def moved(self, *, lines: Mapping[int, int], bids: Mapping[int, int]) -> Limits:
        """The same for copies, by their new ids; what has no copy is left out."""
        return Limits(
            never=frozenset(bids[bid] for bid in self.never if bid in bids),
            only={lines[line]: bids[bid] for line, bid in self.only.items() if line in lines and bid in bids},
            barred={
                lines[line]: frozenset(bids[bid] for bid in each if bid in bids)
                for line, each in self.barred.items()
                if line in lines
            },
            whole=frozenset(lines[line] for line in self.whole if line in lines),
        )

    def __bool__(self) -> bool:
        return bool(self.never or self.only or any(self.barred.values()) or self.whole)


@dataclass(frozen=True, slots=True)
class Plan:
    """`points` are the buyer's, by (criterion, bid)."""

    criteria: tuple[Criterion, ...] = ()
    points: Mapping[tuple[int, int], int] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    is_stated: bool = False

    @property
    def days_weight(self) -> int:
        if not self.criteria:
            return USUAL_DAYS
        return sum(each.weight for each in self.criteria if each.kind == CriterionKind.DAYS)

    @property
    def scored(self) -> tuple[Criterion, ...]:
        """All but days, in the order of a seller's scores."""
        return tuple(each for each in self.criteria if each.kind != CriterionKind.DAYS)

    @property
    def by_hand(self) -> tuple[Criterion, ...]:
        return tuple(each for each in self.criteria if each.is_by_hand)

    def scores_of(self, bid: Bid) -> tuple[int, ...]:
        """0 to 100 for each of `scored`."""
        return tuple(
            round(100 * bid.vendor.quality)
            if each.kind == CriterionKind.QUALITY
            else 10 * self.points.get((each.pk, bid.pk), MIDDLE)
            for each in self.scored
        )


def plan_of(request: BuyerRequest) -> Plan:
    plan = DecisionPlan.objects.filter(request=request).first()
    criteria = tuple(Criterion.objects.filter(request=request))
    by_hand = [each.pk for each in criteria if each.is_by_hand]
    points = (
        CriterionScore.objects.filter(criterion__in=by_hand) if by_hand else CriterionScore.objects.none()
    )
    return Plan(
        criteria=criteria,
        points={(score.criterion_id, score.bid_id): score.points for score in points},
        limits=Limits.from_dict(plan.limits) if plan else Limits(),
        is_stated=plan is not None and plan.is_stated,
    )


def stated_criteria(request: BuyerRequest) -> Collection[Criterion]:
    """What vendors may see of them: nothing where the buyer keeps them to himself."""
    return list(Criterion.objects.filter(request=request, request__decision_plan__is_stated=True))


def weight_in_words(weight: int) -> str:
    return str(dict(WEIGHTS).get(weight) or f"{weight} %")
