"""The root of everything that the row refuses, and the errors that any room may raise.

DomainError                 what was asked cannot be done; the message says why and what to do
├── NotFound                unknown, or none of the asker's business: the two answer alike (404)
├── NotAllowed              known and visible, but not for this person (403)
├── Conflict                the state has moved on (409)
├── InvalidInput            a value that cannot be taken; carries `field` (400)
├── TooMany                 a limit of calls was reached; carries `retry_after` in seconds (429)
└── Unavailable             a part is down for now; trying again helps (503)

Each room's `errors.py` extends these. They are translated once at each edge: page or htmx fragment
(`core.middleware`), command (exit status and JSON), task (retry for `Unavailable`, recorded otherwise).
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """Something was impossible. `code` is stable; `message` is for people and names the remedy."""

    status = 400
    message: Any = _("This cannot be done.")

    def __init__(self, code: str = "", message: Any = None, **context: Any) -> None:
        self.code = code or type(self).__name__
        self.context = context
        if message is not None:
            self.message = message
        super().__init__(self.code, context)

    def __str__(self) -> str:
        return str(self.message) % self.context if self.context else str(self.message)


class NotFound(DomainError):
    status = 404
    message = _("There is nothing here.")


class NotAllowed(DomainError):
    status = 403
    message = _("You have no right to do this.")


class Conflict(DomainError):
    status = 409
    message = _("This has changed meanwhile. Reload the page and try again.")


class InvalidInput(DomainError):
    """A value that cannot be taken. `field` names it."""

    message = _("This value cannot be taken.")

    def __init__(self, code: str = "", message: Any = None, *, field: str = "", **context: Any) -> None:
        self.field = field
        super().__init__(code, message, **context)


class TooMany(DomainError):
    """A limit was reached; `retry_after` seconds later it goes on."""

    status = 429
    message = _("Too many attempts. Try again in a few minutes.")

    def __init__(self, code: str = "", message: Any = None, *, retry_after: int = 60, **context: Any) -> None:
        self.retry_after = retry_after
        super().__init__(code, message, **context)


class Unavailable(DomainError):
    status = 503
    message = _("This part is not available right now. Try again in a minute.")
