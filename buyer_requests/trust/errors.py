"""What trust refuses; the tree is that of `buyer_requests.errors`.

InvalidInput
└── RequestIncomplete
    ├── RequestDoubtful     the early look found something: mend it, or say that it is meant so
    └── TooMuchPublished    a buyer's allowance is used up
Conflict
├── ReportedAlready         one report a vendor and request
└── HoldDecided             there is nothing to decide, or to appeal against
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from buyer_requests.errors import RequestIncomplete
from core.errors import Conflict, InvalidInput

if TYPE_CHECKING:
    from buyer_requests.trust.look import Look


_DOUBTFUL: dict[str, Any] = {
    "mend": _("Before this can be published, one thing has to be mended."),
    "confirm": _("Look at this before publishing: mend it, or say that it is meant so."),
    "hold": _(
        "This looks unlike a request that means to buy. Mend it, or say that it is meant so: then an operator looks at it first."
    ),
}


class RequestDoubtful(RequestIncomplete):
    """`look` has the findings; with `may_confirm` the buyer can say that they are meant so."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.may_confirm = look.outcome != "mend"
        InvalidInput.__init__(self, look.outcome, _DOUBTFUL[look.outcome])

    @property
    def advice(self) -> list[tuple[Any, str, Any]]:
        """(what was found, where, what to do) in words."""
        from buyer_requests.trust.labels import ADVICE

        return [(each.rule.label, each.what, ADVICE[each.rule]) for each in self.look.findings]


_TOO_MUCH: dict[str, Any] = {
    "too_many_open": _(
        "%(most)s requests of yours are open already. Close or award some; whoever awarded a request may have more."
    ),
    "too_many_a_day": _(
        "You published %(most)s requests within a day. Go on tomorrow, or join lists into one."
    ),
    "too_many_lines_a_day": _(
        "Your requests of a day may have %(most)s lines together. Go on tomorrow, or ask the operators."
    ),
}


class TooMuchPublished(RequestIncomplete):
    def __init__(self, code: str, **context: Any) -> None:
        InvalidInput.__init__(self, code, _TOO_MUCH[code], **context)


class ReportedAlready(Conflict):
    message = _("Your company has reported this request already.")


class HoldDecided(Conflict):
    message = _("There is nothing to decide here: it is decided already.")
