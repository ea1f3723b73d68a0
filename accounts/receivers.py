"""What happens at sign-in, in the log: who (by id), how, and from which network; never a password or an address."""

from __future__ import annotations

import hashlib
from typing import Any

import structlog
from allauth.account.signals import authentication_step_completed, password_changed, password_reset
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from accounts.models import User

logger = structlog.get_logger(__name__)


@receiver(user_logged_in)
def signed_in(user: User, **_: Any) -> None:
    logger.info("accounts.signed_in", actor=user.typed_id)


@receiver(user_logged_out)
def signed_out(user: User | None, **_: Any) -> None:
    if user is not None:
        logger.info("accounts.signed_out", actor=user.typed_id)


@receiver(user_login_failed)
def refused(credentials: dict[str, Any], **_: Any) -> None:
    """The address appears as a short hash: attempts on one account can be told together, the person cannot."""
    name = str(credentials.get("email") or credentials.get("username") or "").strip().lower()
    logger.warning("accounts.sign_in_refused", login=hashlib.sha256(name.encode()).hexdigest()[:12])


@receiver(authentication_step_completed)
def step_done(user: User, method: str, **_: Any) -> None:
    logger.info("accounts.step_done", actor=user.typed_id, method=method)


@receiver(password_changed)
@receiver(password_reset)
def password_set(user: User, **_: Any) -> None:
    logger.info("accounts.password_set", actor=user.typed_id)


@receiver(authenticator_added)
@receiver(authenticator_removed)
def factor_changed(user: User, authenticator: Any, signal: Any, **_: Any) -> None:
    change = "added" if signal is authenticator_added else "removed"
    logger.info("accounts.factor_changed", actor=user.typed_id, factor=authenticator.type, change=change)
