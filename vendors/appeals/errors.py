"""What appeals refuse.

Conflict
├── NothingToAppeal     too late, appealed already, or no longer in force
├── AppealDecided       nothing waits here any more
├── SameOperator        whoever decided first does not judge the appeal while somebody else can
└── ChangedSince        what was decided about is no longer as the decision left it
"""

from django.utils.translation import gettext_lazy as _

from core.errors import Conflict


class NothingToAppeal(Conflict):
    message = _(
        "This decision cannot be appealed against: its time is over, or it was appealed against already."
    )


class AppealDecided(Conflict):
    message = _("There is nothing to decide here: it is decided already.")


class SameOperator(Conflict):
    message = _("You took this decision. A colleague has to judge the appeal.")


class ChangedSince(Conflict):
    """Raised by a kind's undo before it changes anything."""

    message = _("It was changed by others since, so there was nothing to put back.")
