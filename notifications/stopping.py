"""One press that ends letters of a kind, or the digest: the link of a letter's header (RFC 8058) and its page.

The link is sealed and is the right by itself: mail programs press it for their reader, who is not signed in.
"""

from __future__ import annotations

from typing import Final

from django.core import signing
from django.urls import reverse

from accounts.models import User
from notifications import kinds
from notifications.enums import Rhythm
from notifications.models import MailChoice

_SALT: Final = "notifications.stop"
#: In a kind's place: all that comes once a day or a week.
DIGEST: Final = "*"


def path_of(user: User, what: str) -> str:
    """The path that ends letters of a kind, or the digest, of this person."""
    return reverse("notifications:stop", args=[signing.dumps([user.pk, what], salt=_SALT)])


def opened(token: str) -> tuple[User, str] | None:
    """Whose letters of which kind; None for a link that is not ours, or of a closed account."""
    try:
        pk, what = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return None if user is None else (user, what)


def stop(user: User, what: str) -> None:
    """The inbox goes on; so do letters that cannot be ended."""
    from notifications.services import choose_rhythm

    if what == DIGEST:
        choose_rhythm(user=user, rhythm=Rhythm.NEVER)
    elif kinds.is_known(what) and kinds.get(what).optional:  # a letter outlives the kinds of its day
        MailChoice.objects.update_or_create(user=user, kind=what, defaults={"mailed": False})


def headers(path: str) -> dict[str, str]:
    """Of a letter that `path`, the whole address, ends by POST."""
    return {"List-Unsubscribe": f"<{path}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
