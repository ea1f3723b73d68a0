"""What standing requests refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from buyer_requests.errors import RequestIncomplete
from core.errors import Conflict, InvalidInput


class RoundNotClosed(Conflict):
    message = _("This request stands: close its round first, then choose among the bids of the round.")


class NotStanding(Conflict):
    message = _("The request does not stand any more.")


class NoBids(Conflict):
    message = _("No bid holds now: there is nothing to choose from.")


class StandingIncomplete(RequestIncomplete):
    """Before publishing; codes are the keys of `_INCOMPLETE`."""

    def __init__(self, code: str) -> None:
        InvalidInput.__init__(self, code, _INCOMPLETE[code], field="standing")


_INCOMPLETE = {
    "standing_alone": _(
        "A standing request cannot be sealed, become an auction or be joined by others: each of these needs one deadline."
    ),
    "standing_end": _("The standing request would end before its first round closes: choose a later day."),
}
