"""What a person does with the own account: profile, a copy of the data, the end of the account."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import structlog
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import personal_data
from accounts.errors import AccountInUse
from accounts.locks import lock_person
from accounts.models import Consent, OperatorInvitation, User

logger = structlog.get_logger(__name__)

PROFILE_FIELDS = ("name", "company", "phone", "language")


def update_profile(*, user: User, name: str, company: str, phone: str, language: str) -> User:
    """Sets what the person tells of themselves; letters come in `language` from now on."""
    user.name, user.company, user.phone, user.language = name, company, phone, language
    user.save(update_fields=PROFILE_FIELDS)
    return user


def export_person(*, user: User) -> dict[str, Any]:
    """Everything that the rooms keep of the person, by room, as JSON can carry it."""
    return {
        "made_at": timezone.now().isoformat(),
        **{keeper.room: keeper.export(user) for keeper in personal_data.keepers()},
    }


@transaction.atomic
def erase_person(*, user: User) -> None:
    """Ends the account: every room erases what it may not keep, the person's row becomes a nameless stub.

    The stub stays so that orders, bids and logs keep pointing to somebody without saying who. Locks the person's
    row. Raises AccountInUse with what has to be settled first.
    """
    locked = lock_person(user.pk)
    reasons = [reason for keeper in personal_data.keepers() for reason in keeper.blockers(locked)]
    if reasons:
        raise AccountInUse("account_in_use", reasons=" ".join(reasons))
    for keeper in personal_data.keepers():
        keeper.erase(locked)
    logger.info("accounts.erased", actor=locked.typed_id)


def export_account(user: User) -> dict[str, Any]:
    """This room's part of the copy. Secrets (password, keys) are named, not given."""
    return {
        "email": user.email,
        **{field: getattr(user, field) for field in PROFILE_FIELDS},
        "joined_at": user.date_joined.isoformat(),
        "last_login_at": user.last_login.isoformat() if user.last_login else None,
        "addresses": list(EmailAddress.objects.filter(user=user).values("email", "verified", "primary")),
        "second_factors": [
            {"type": factor.get_type_display(), "created_at": factor.created_at.isoformat()}
            for factor in Authenticator.objects.filter(user=user).order_by("pk")
        ],
        "consents": [
            {"purpose": consent.purpose, "version": consent.version, "given_at": consent.given_at.isoformat()}
            for consent in user.consents.order_by("pk")
        ],
    }


def erase_account(user: User) -> None:
    """This room's part of the erasure: nobody can sign in with the row any more, on any device."""
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    Consent.objects.filter(user=user).delete()
    OperatorInvitation.objects.filter(email__iexact=user.email).delete()
    user.groups.clear()
    user.user_permissions.clear()
    user.email = f"erased-{user.pk}@erased.invalid"
    user.name = user.company = user.phone = ""
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login = None
    user.set_unusable_password()  # also ends every session: they are bound to the password's hash
    user.save()


def forget_ended_sessions() -> None:
    """Deletes the rows of sessions that have ended; Django leaves them where they are."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
