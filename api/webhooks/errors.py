"""What this topic refuses.

core.errors.DomainError
├── InvalidInput
│   ├── AddressNotTaken     an address that webhooks may not be sent to
│   └── NoEvents            nothing was chosen
├── Conflict
│   └── TooManyEndpoints
└── NotFound
    └── UnknownEndpoint     none of this owner's
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, InvalidInput, NotFound

#: Of an attempt: the secret was sealed with a key that the installation has no more.
UNREADABLE = "secret_unreadable"


class AddressNotTaken(InvalidInput):
    message = _("Webhooks go to addresses that begin with https:// alone.")


class NoEvents(InvalidInput):
    message = _("Choose at least one event.")


class TooManyEndpoints(Conflict):
    message = _("There are %(number)s endpoints already. Delete one first.")


class UnknownEndpoint(NotFound):
    pass
