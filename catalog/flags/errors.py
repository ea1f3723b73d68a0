"""What reporting refuses.

Conflict
├── FlaggedAlready     one open report a person and offer
└── CaseDecided        an operator decided meanwhile
NotFound ── UnknownOffer
"""

from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, NotFound


class FlaggedAlready(Conflict):
    message = _("You have reported this offer already. An operator looks at it.")


class CaseDecided(Conflict):
    message = _("There is nothing to decide here: it is decided already.")


class UnknownOffer(NotFound):
    message = _("This offer is not here any more.")
