"""Why an address was not asked, or its answer not taken; each says what to do about it.

core.errors.DomainError
└── OutgoingError           carries `remedy`
    ├── AddressRefused      it may not be asked: scheme, port, notation, a private network
    ├── RedirectRefused     too many redirects, or one that leads nowhere
    ├── HostSilent          unknown name, no connection, a broken one, a certificate that does not fit
    ├── TookTooLong         the whole time ran out
    ├── StatusRefused       the server answered with an error; carries `status_code` and `retry_after`
    └── AnswerRefused       what came cannot be taken
        └── AnswerTooBig    more bytes than allowed, as sent or unpacked
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError

#: code -> (what happened, what to do)
MESSAGES: dict[str, tuple[Any, Any]] = {
    "bad_url": (
        _("“%(url)s” is not a complete address."),
        _("Give the whole link, with https:// at its beginning."),
    ),
    "scheme": (
        _("Links beginning with “%(scheme)s” cannot be asked."),
        _("Give a link that begins with https:// or http://."),
    ),
    "userinfo": (
        _("The link carries a user name or a password in itself."),
        _("Take them out of the link and put them into the fields for user and password."),
    ),
    "port": (
        _("Port %(port)s is not asked from here."),
        _("Have the file served at the usual port of http or https, without a port in the link."),
    ),
    "odd_host": (
        _("“%(host)s” is an unusual way to write an address."),
        _("Give the server's name, such as shop.example.com."),
    ),
    "private_address": (
        _("“%(host)s” leads into a private network, which is not asked from here."),
        _("Give a link that opens from everywhere on the Internet."),
    ),
    "too_many_redirects": (
        _("The link leads on more than %(limit)s times."),
        _("Open it in a browser and give the address that it ends at."),
    ),
    "redirect_nowhere": (
        _("The server leads on without saying where."),
        _("Open the link in a browser and give the address that it ends at."),
    ),
    "unknown_host": (
        _("There is no server named “%(host)s”."),
        _("Check the link for slips of the pen; perhaps the site has moved."),
    ),
    "no_connection": (
        _("“%(host)s” does not answer."),
        _("It is tried again by itself. If it stays so, ask whoever runs that server."),
    ),
    "broken_connection": (
        _("The connection to “%(host)s” broke off before everything had come."),
        _("It is tried again by itself. If it stays so, ask whoever runs that server."),
    ),
    "certificate": (
        _("The certificate of “%(host)s” is not valid."),
        _("Ask whoever runs that server to renew it; a browser shows the same warning."),
    ),
    "took_too_long": (
        _("The answer of “%(host)s” took longer than %(seconds)s s."),
        _("Serve a ready file rather than one that is made while it is fetched, or pack it (gzip)."),
    ),
    "status_sign_in": (
        _("“%(host)s” asks for a user and password (%(status)s)."),
        _("Fill in both fields, or open the link to everybody."),
    ),
    "status_gone": (
        _("“%(host)s” has no such file (%(status)s)."),
        _("Check the link: open it in a private window of a browser."),
    ),
    "status_busy": (
        _("“%(host)s” asks to come less often (%(status)s)."),
        _("Choose a longer interval."),
    ),
    "status_broken": (
        _("“%(host)s” answers with an error of its own (%(status)s)."),
        _("It is tried again by itself. If it stays so, ask whoever runs that server."),
    ),
    "status_other": (
        _("“%(host)s” answers with status %(status)s instead of a file."),
        _("Open the link in a private window of a browser and give one that downloads the file."),
    ),
    "packing": (
        _("The answer is packed in a way that is not known here (“%(encoding)s”)."),
        _("Have the server send it plain or as gzip."),
    ),
    "damaged_packing": (
        _("The packed answer is damaged."),
        _("Have the file made anew; it was probably not written to its end."),
    ),
    "too_big": (
        _("The file is bigger than %(limit)s MB."),
        _("Split it, or leave descriptions and pictures out."),
    ),
}


class OutgoingError(DomainError):
    """`code` is one of MESSAGES; `remedy` says what to do."""

    def __init__(self, code: str, **context: Any) -> None:
        message, remedy = MESSAGES[code]
        super().__init__(code, message, **context)
        self._remedy = remedy

    @property
    def remedy(self) -> str:
        return str(self._remedy)


class AddressRefused(OutgoingError):
    pass


class RedirectRefused(OutgoingError):
    pass


class HostSilent(OutgoingError):
    status = 502


class TookTooLong(OutgoingError):
    status = 504


class StatusRefused(OutgoingError):
    """`retry_after`: seconds that the server asks to wait, None where it says nothing."""

    status = 502

    def __init__(
        self, code: str, *, status_code: int, retry_after: int | None = None, **context: Any
    ) -> None:
        self.status_code = status_code
        self.retry_after = retry_after
        super().__init__(code, status=status_code, **context)


class AnswerRefused(OutgoingError):
    status = 502


class AnswerTooBig(AnswerRefused):
    pass
