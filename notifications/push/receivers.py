"""Whose a browser is changes when somebody signs in or out there."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import User
from notifications.push import browsers


@receiver(user_logged_out, dispatch_uid="notifications.push.signed_out")
def signed_out(request: HttpRequest | None, **_: Any) -> None:
    if request is not None:
        browsers.forget_browser(browsers.mark_of(request))


@receiver(user_logged_in, dispatch_uid="notifications.push.signed_in")
def signed_in(request: HttpRequest | None, user: User, **_: Any) -> None:
    """A session may have ended without anybody's signing out."""
    if request is not None:
        browsers.forget_browser(browsers.mark_of(request), but=user)


@receiver([password_changed, password_reset], dispatch_uid="notifications.push.password_set")
def password_set(request: HttpRequest, user: User, **_: Any) -> None:
    """Other sessions end with the old password, and so do messages to where they were."""
    browsers.forget_others(user, browsers.mark_of(request))
