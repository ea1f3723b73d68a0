"""Reads of the checklist: each point with its state, and what still blocks approval."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from vendors.models import Vendor
from vendors.onboarding import items
from vendors.onboarding.enums import How, MarkState
from vendors.onboarding.items import Item
from vendors.onboarding.models import OnboardingMark


@dataclass(frozen=True, slots=True)
class Point:
    """One point of one company as pages show it. `state` is "" while nobody has said anything."""

    item: Item
    is_required: bool
    state: str
    evidence: str
    reason: str
    actor: str
    at: dt.datetime | None

    @property
    def is_met(self) -> bool:
        return self.state == MarkState.DONE

    @property
    def is_waived(self) -> bool:
        return self.state == MarkState.WAIVED

    @property
    def blocks(self) -> bool:
        return self.is_required and not (self.is_met or self.is_waived)

    @property
    def is_computed(self) -> bool:
        return self.item.how == How.COMPUTED

    @property
    def is_attested(self) -> bool:
        return self.item.how == How.ATTESTED

    @property
    def is_verified(self) -> bool:
        return self.item.how == How.VERIFIED


def checklist(vendor: Vendor) -> list[Point]:
    """All points in their order. A waiver of a computed point ends by itself once the point is met."""
    marks = {mark.item: mark for mark in OnboardingMark.objects.filter(vendor=vendor)}
    return [_point(vendor, item, marks.get(item.key)) for item in items.all_items()]


def blocking(vendor: Vendor) -> list[Point]:
    """Required points that are neither met nor waived."""
    return [point for point in checklist(vendor) if point.blocks]


def left_to_do(vendor: Vendor) -> list[Point]:
    """What the company itself can still do: required or not, without what operators check."""
    return [
        point
        for point in checklist(vendor)
        if not (point.is_met or point.is_waived) and point.item.how != How.VERIFIED
    ]


def _point(vendor: Vendor, item: Item, mark: OnboardingMark | None) -> Point:
    required = item.required(vendor)
    if item.look is not None:
        found = item.look(vendor)
        if found.is_met or mark is None or mark.state != MarkState.WAIVED:
            state = MarkState.DONE if found.is_met else MarkState.FAILED
            return Point(item, required, state, found.evidence, "", "system", None)
    if mark is None:
        return Point(item, required, "", "", "", "", None)
    return Point(item, required, mark.state, mark.evidence, mark.reason, mark.actor, mark.at)
