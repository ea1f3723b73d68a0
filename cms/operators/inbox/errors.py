"""What the inbox refuses.

Conflict
├── ItemTaken      a colleague works on it; says who and until when
└── ItemGone       it waits no longer, or is another by now
InvalidInput ── UnknownItem
"""

from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, InvalidInput


class ItemTaken(Conflict):
    message = _("%(who)s has taken this until %(until)s.")


class ItemGone(Conflict):
    message = _("This has changed meanwhile, or somebody has decided about it.")


class UnknownItem(InvalidInput):
    message = _("There is no such item or queue for you.")
