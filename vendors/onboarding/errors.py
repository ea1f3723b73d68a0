"""What the checklist refuses.

Conflict ── OnboardingIncomplete   required points are open; `keys` names them
InvalidInput ── UnknownPoint       no such point, or not one that this side answers
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, InvalidInput


class OnboardingIncomplete(Conflict):
    message = _("Points of the checklist are still open: %(points)s. Meet them, or waive them with a reason.")

    def __init__(self, points: Collection[Any], keys: Collection[str]) -> None:
        self.keys = tuple(keys)
        super().__init__("onboarding_incomplete", points=", ".join(str(point) for point in points))


class UnknownPoint(InvalidInput):
    message = _("This point of the checklist is not answered here.")
