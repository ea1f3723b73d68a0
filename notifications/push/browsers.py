"""Which browser is whose. A browser has a cookie of its own, so that signing out there, or somebody else's signing in,
ends its messages, whichever page that happens on.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
from typing import Final

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import outgoing
from core.errors import InvalidInput
from notifications.push.models import PushBrowser

COOKIE: Final = "ryad_browser"
_YEAR: Final = 365 * 24 * 3600
#: Of one person; more push out the oldest.
MOST: Final = 10
_LONGEST: Final = 1000
_MARK: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_NAMES: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux")
)  # fmt: skip


class NotASubscription(InvalidInput):
    message = _("The browser gave no address that messages can be sent to.")


def browsers_of(user: User) -> list[PushBrowser]:
    """Newest first."""
    return list(PushBrowser.objects.filter(user=user))


def is_on_here(user: User, request: HttpRequest) -> bool:
    """Whether messages of this person come to the browser that asks."""
    mark = mark_of(request)
    return bool(mark) and PushBrowser.objects.filter(user=user, mark=mark).exists()


def mark_of(request: HttpRequest) -> str:
    """The kept form of the browser's cookie; "" where it has none."""
    cookie = request.COOKIES.get(COOKIE, "")
    return hashlib.sha256(cookie.encode()).hexdigest() if _MARK.fullmatch(cookie) else ""


def give_mark(request: HttpRequest, response: HttpResponse) -> str:
    """A fresh cookie for the browser, and its kept form: what was its before is nobody's any more."""
    cookie = secrets.token_urlsafe(32)
    response.set_cookie(
        COOKIE, cookie, max_age=_YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return hashlib.sha256(cookie.encode()).hexdigest()


@transaction.atomic
def subscribe(*, user: User, address: str, p256dh: str, auth: str, mark: str, agent: str) -> PushBrowser:
    """The browser's messages are this person's from now on. Raises NotASubscription."""
    address = _checked(address)
    _check_key(p256dh, 65)
    _check_key(auth, 16)
    digest = hashlib.sha256(address.encode()).hexdigest()
    PushBrowser.objects.filter(digest=digest).exclude(
        user=user
    ).delete()  # with what waits for its former owner
    browser, _is_new = PushBrowser.objects.update_or_create(
        digest=digest,
        defaults={
            "user": user,
            "address": address,
            "p256dh": p256dh,
            "auth": auth,
            "mark": mark,
            "name": name_of(agent),
            "failures": 0,
            "hold_until": None,
        },
    )
    kept = PushBrowser.objects.filter(user=user).order_by("-pk").values_list("pk", flat=True)[:MOST]
    PushBrowser.objects.filter(user=user).exclude(pk__in=[*kept, browser.pk]).delete()
    return browser


def unsubscribe(*, user: User, pk: int) -> None:
    PushBrowser.objects.filter(user=user, pk=pk).delete()


def forget_browser(mark: str, *, but: User | None = None) -> None:
    """Nothing comes to this browser any more, but what is for `but`."""
    if mark:
        held = PushBrowser.objects.filter(mark=mark)
        (held.exclude(user=but) if but else held).delete()


def forget_others(user: User, mark: str) -> None:
    """Only the browser with this mark keeps getting the person's messages."""
    PushBrowser.objects.filter(user=user).exclude(mark=mark or "-").delete()


def name_of(agent: str) -> str:
    """Such as "Firefox, Linux", of what a browser calls itself."""
    browser = next((name for sign, name in _NAMES if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return ", ".join(part for part in (browser, system) if part) or "?"


def _checked(address: str) -> str:
    if len(address) > _LONGEST or not address.startswith(_beginnings()):
        raise NotASubscription("not_a_subscription", field="address")
    try:
        return outgoing.check_url(address).url
    except outgoing.OutgoingError as error:
        raise NotASubscription("not_a_subscription", field="address") from error


def _beginnings() -> tuple[str, ...]:
    """Push services speak https; a developer's own may not."""
    return tuple(f"{scheme}://" for scheme in settings.PUSH_SCHEMES)


def _check_key(key: str, size: int) -> None:
    try:
        read = base64.b64decode(key + "=" * (-len(key) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotASubscription("not_a_subscription", field="keys") from error
    if len(read) != size or len(key) > 100:
        raise NotASubscription("not_a_subscription", field="keys")
