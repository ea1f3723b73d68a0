"""What pages about decisions say of criteria and points."""

from __future__ import annotations

from collections.abc import Collection

from django import template

from buyer_requests.deciding import plans
from buyer_requests.deciding.models import Criterion
from buyer_requests.models import BuyerRequest
from buyer_requests.selectors.cells import Column

register = template.Library()


@register.simple_tag
def stated_criteria(request: BuyerRequest) -> Collection[Criterion]:
    """What vendors may know; nothing where the buyer keeps it to himself."""
    return plans.stated_criteria(request)


@register.filter
def weight_in_words(weight: int) -> str:
    return plans.weight_in_words(weight)


@register.simple_tag
def points(plan: plans.Plan, criterion: Criterion, column: Column) -> int | str:
    """The buyer's points, "" where there are none."""
    return plan.points.get((criterion.pk, column.bid.pk), "")


@register.simple_tag
def typed_part(typed: dict[tuple[int, int], str], line: int, bid: int) -> str:
    """The quantity that stands in a field of a shared line."""
    return typed.get((line, bid), "") if typed else ""


@register.filter
def is_alternative(tick: str | None, value: str) -> bool:
    """Whether a line's tick is this alternative; a tick carries its quantity behind it."""
    return bool(tick) and str(tick).partition("=")[0] == value and "," not in str(tick)
