"""What a change of a published request is refused for. Hung below the room's errors."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, InvalidInput


class RequestChanged(Conflict):
    """A bid that was written for an earlier version than the one in force."""

    message = _(
        "The buyer changed the request while you wrote. Nothing was sent: look at what changed, then send the bid again."
    )


class NotConfirmed(Conflict):
    """Nobody talks about the price of a bid that answers an earlier version."""

    message = _("The request changed after this bid: its vendor has to confirm it first.")


class ChangeOutdated(Conflict):
    message = _(
        "The request was changed from another window meanwhile. Look at it and write the change anew."
    )


class NothingToPublish(Conflict):
    message = _("There is no change to publish: it is published already, or it was thrown away.")


class LinesAwarded(Conflict):
    message = _("“%(line)s” was given to a vendor: it stays as it is.")


class AuctionAhead(Conflict):
    message = _("This request goes to an auction: what is put up for it stays as it was published.")


class NotByPress(Conflict):
    """A bid that one press cannot confirm."""

    message = _("Some lines ask for something else now. Look at their prices and send the bid again.")


_REFUSED: dict[str, Any] = {
    "no_lines": _("A request needs at least one line. Cancel it instead."),
    "too_little_time": _(
        "Vendors need at least %(hours)s hours to confirm their bids: choose a later deadline with the change."
    ),
    "deadline_past": _("The new deadline has to be later than the present one, and within a year."),
    "too_many_versions": _("A request is changed at most %(most)s times. Cancel it and write a new one."),
}


class ChangeRefused(InvalidInput):
    def __init__(self, code: str, *, field: str = "", **context: Any) -> None:
        super().__init__(code, _REFUSED[code], field=field, **context)
