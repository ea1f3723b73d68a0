"""What pooled requests refuse.

Conflict
├── PoolClosed          nobody joins, changes or leaves any more
├── PutOut              the organiser put this participant out, and said why
├── OneSide             who works for a bidder takes no part, and a bidder's people who take part keep it from bidding
├── PoolUnchanged       who joined agreed to the request as it was
├── PoolGiven           it is decided: nobody is put out any more
├── PoolDecides         the stated rule decides, not the buyer's choice
└── PoolNotDecidable    too early, too late, or no bid serves anybody
RequestIncomplete
└── PoolIncomplete      what is missing in the terms, or in what a participant takes
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from buyer_requests.errors import RequestIncomplete
from core.errors import Conflict, InvalidInput


class PoolClosed(Conflict):
    message = _("Joining has ended: nobody joins, changes quantities or leaves any more.")


class PutOut(Conflict):
    message = _("The organiser put you out of this request. The reason: %(reason)s")


class OneSide(Conflict):
    message = _(
        "People of a company that bids on a pooled request cannot take part in it, nor may their company bid where they do."
    )


class PoolDecides(Conflict):
    message = _("A pooled request is decided by the rule that was stated when it was opened.")


class PoolUnchanged(Conflict):
    message = _(
        "Others have joined this request as it is: its lines and terms stay. You may give vendors more time, or cancel it."
    )


_NOT_DECIDABLE: dict[str, Any] = {
    "too_early": _("Bids are still taken: the rule decides after the deadline."),
    "lapsed": _(
        "More than %(days)s days have passed since the deadline: nobody is bound any more. Cancel the request and open it anew."
    ),
    "nothing": _("No bid serves anybody at a price within the limits."),
    "not_fallen": _("Not more has fallen away than was stated: your word holds."),
}


class PoolGiven(Conflict):
    message = _("The request is decided: nobody is put out any more. What was given holds.")


class PoolNotDecidable(Conflict):
    def __init__(self, code: str, **context: Any) -> None:
        super().__init__(code, _NOT_DECIDABLE[code], **context)


_INCOMPLETE: dict[str, Any] = {
    "no_join_until": _("Say until when others may join."),
    "join_past": _("The day until which others join has passed. Choose a later one."),
    "join_late": _(
        "Others have to join at least a day before the bids' deadline, so that vendors can bid on the whole quantity."
    ),
    "deadline_far": _(
        "Nobody can leave any more: now the deadline is at most %(days)s days after joining ended. Cancel the request and open it anew."
    ),
    "with_others": _(
        "A request that others join cannot be sealed, an auction or standing at the same time: choose one of them."
    ),
    "nothing_taken": _("Write how much you need of at least one line."),
    "organiser_takes": _("As the organiser you take something of every line."),
    "too_little": _("Take at least %(least)s of each line that you need."),
    "too_much": _("The quantity is too big."),
    "no_reason": _("Say why, in at least ten letters: the participant reads it."),
    "wrong_region": _("This request is only for the places that its organiser chose."),
    "no_place": _("Say where to deliver: town and address."),
    "too_many_members": _("So many already take part that nobody else can join."),
}


class PoolIncomplete(RequestIncomplete):
    """Codes: the keys of `_INCOMPLETE` here."""

    def __init__(self, code: str, *, field: str = "", **context: Any) -> None:
        InvalidInput.__init__(self, code, _INCOMPLETE[code], field=field, **context)
