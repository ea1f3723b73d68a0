"""What the accounts' room refuses.

Conflict ── AccountInUse    the account cannot end before something is settled; the message says what
"""

from django.utils.translation import gettext_lazy as _

from core.errors import Conflict


class AccountInUse(Conflict):
    message = _("The account cannot be deleted yet. %(reasons)s")
