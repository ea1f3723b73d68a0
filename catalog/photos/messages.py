"""Why there is no photo, and what its vendor can do, in the reader's language."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

_OPEN: Final = _("Open the address in a private window of a browser: the picture alone must come.")
_SMALLER: Final = _("Make it smaller: 2,000 pixels a side are more than a page shows.")
_AGAIN: Final = _("It is asked again by itself. If it stays so, ask whoever runs that server.")
_NOT_ASKED: Final = (
    _("This address cannot be asked from here."),
    _("Give a link that opens from everywhere on the Internet."),
)

#: code -> (what happened, what to do)
WORDS: Final[dict[str, tuple[Any, Any]]] = {
    "empty": (_("Nothing comes from this address."), _OPEN),
    "page": (_("A web page stands at this address, not a picture."), _OPEN),
    "svg": (_("This is a drawing (SVG), which may carry a program."), _("Give it as JPEG, PNG or WebP.")),
    "not_a_picture": (
        _("This is no picture, or one of a kind that is not taken."),
        _("Give it as JPEG, PNG or WebP."),
    ),
    "damaged": (_("The picture is damaged or cut off."), _("Put it on your site again.")),
    "too_many_pixels": (_("The picture has more than 40 million pixels."), _SMALLER),
    "too_heavy": (_("The picture takes too much time or memory to open."), _SMALLER),
    "too_small": (
        _("The picture is smaller than 24 pixels."),
        _("Give the picture of the good itself, best of 1,000 pixels a side or more."),
    ),
    "removed": (
        _("The operators of this site have taken this picture away."),
        _("Give another picture, or ask the operators."),
    ),
    "quota": (
        _("Your photos take all the room there is for them."),
        _("Those of goods that you no longer sell make room by themselves; or ask the operators for more."),
    ),
    "too_big": (_("The file is bigger than 15 MB."), _SMALLER),
    "status_gone": (_("There is no file at this address."), _OPEN),
    "status_sign_in": (
        _("The server does not give this picture to everybody."),
        _("Open it to programs, too, and without a password."),
    ),
    "certificate": (_("The certificate of the server is not valid."), _AGAIN),
    "unknown_host": (_("There is no server of this name."), _OPEN),
    **dict.fromkeys(("bad_url", "scheme", "userinfo", "port", "odd_host", "private_address"), _NOT_ASKED),
}
_ELSE: Final = (_("The server did not answer as it should."), _AGAIN)


def in_words(code: str) -> tuple[str, str]:
    """What happened and what to do; empty where nothing did."""
    if not code:
        return "", ""
    text, remedy = WORDS.get(code, _ELSE)
    return str(text), str(remedy)
