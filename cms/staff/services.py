"""Giving and taking roles of the desk, and inviting to it. Each of it is traced."""

from __future__ import annotations

import datetime as dt
import smtplib
from collections.abc import Collection, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.locks import lock_group, lock_operator_invitation, lock_person
from accounts.models import OperatorInvitation, User
from accounts.selectors import owns_address
from cms.roles import DeskRole, ensure_roles, roles_named
from cms.staff.errors import LastAdministrator, OwnRoles, StaffInvitationGone
from core import clock, outbox
from core.audit import kinds
from core.audit.services import record
from core.errors import InvalidInput, NotFound, Unavailable
from notifications.mailing import absolute_url

LETTERS: Final = "operator_letters"  # the outbox consumer that mails invitations
LIFE: Final = dt.timedelta(days=7)
_SALT: Final = "cms.staff.invitation"

SET_ROLES = kinds.register("desk.set_roles", gettext_lazy("Changed an operator's roles"))
INVITE = kinds.register("desk.invite_operator", gettext_lazy("Invited an operator"))
REVOKE = kinds.register("desk.revoke_invitation", gettext_lazy("Took back an operator's invitation"))
JOIN = kinds.register("desk.accept_invitation", gettext_lazy("Accepted an invitation to the desk"))


@transaction.atomic
def set_roles(*, actor: User, person_id: int, roles: Collection[DeskRole], reason: str = "") -> User:
    """The person has exactly these roles afterwards; with none, the desk is closed to them.

    Locks the administrators' group, then the person. Raises NotFound, OwnRoles, LastAdministrator.
    """
    groups = ensure_roles()
    lock_group(DeskRole.ADMINISTRATOR.group_name)
    if not User.objects.filter(pk=person_id, is_active=True).exists():
        raise NotFound("unknown_person")
    person = lock_person(person_id)
    before = roles_named(person.groups.values_list("name", flat=True))
    wanted = [role for role in DeskRole if role in roles]
    gained = [role for role in wanted if role not in before]
    lost = [role for role in before if role not in wanted]
    if gained and person.pk == actor.pk:
        raise OwnRoles("own_roles")
    if DeskRole.ADMINISTRATOR in lost and not _other_administrators(person):
        raise LastAdministrator("last_administrator")
    if not gained and not lost:
        return person
    person.groups.add(*(groups[role] for role in gained))
    person.groups.remove(*(groups[role] for role in lost))
    person.is_staff = bool(wanted) or person.is_superuser
    person.save(update_fields=["is_staff"])
    record(
        actor=actor.typed_id,
        action=SET_ROLES,
        subject=person.typed_id,
        reason=reason.strip(),
        details={"before": [role.value for role in before], "after": [role.value for role in wanted]},
    )
    return person


def _other_administrators(person: User) -> bool:
    return (
        User.objects.filter(groups__name=DeskRole.ADMINISTRATOR.group_name, is_active=True, is_staff=True)
        .exclude(pk=person.pk)
        .exists()
    )


@transaction.atomic
def invite(*, actor: User, email: str, roles: Collection[DeskRole]) -> OperatorInvitation:
    """Invites an address; the letter goes out after the commit. A pending invitation is renewed with these roles.

    Raises InvalidInput for a wrong address, no roles, one's own address or somebody who has roles already.
    """
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise InvalidInput("bad_email", _("Enter an e-mail address."), field="email") from error
    if not roles:
        raise InvalidInput("no_roles", _("Choose at least one role."), field="roles")
    if User.objects.filter(email__iexact=email, is_staff=True).exists():
        raise InvalidInput(
            "works_here", _("This person works on the desk already: change the roles there."), field="email"
        )
    lock_group(DeskRole.ADMINISTRATOR.group_name)
    pending = OperatorInvitation.objects.filter(email=email, accepted_at=None, revoked_at=None).first()
    # Under its lock: one that was accepted or taken back meanwhile stays so, and the new one is another.
    held = lock_operator_invitation(pending.pk) if pending else None
    is_renewed = held is not None and held.accepted_at is None and held.revoked_at is None
    invitation = held if held is not None and is_renewed else OperatorInvitation(email=email)
    invitation.groups = [role.group_name for role in DeskRole if role in roles]
    invitation.invited_by = actor
    invitation.language = (translation.get_language() or settings.LANGUAGE_CODE)[:2]
    invitation.expires_at = clock.now() + LIFE
    invitation.mailed_at = None
    invitation.save()
    outbox.emit(LETTERS, "desk.invited", {"invitation": invitation.pk})
    record(
        actor=actor.typed_id,
        action=INVITE,
        subject=f"operator_invitation:{invitation.pk}",
        details={"roles": [role.value for role in roles_named(invitation.groups)]},
    )
    return invitation


@transaction.atomic
def revoke(*, actor: User, invitation_id: int) -> None:
    """The link works no longer. Raises StaffInvitationGone where it was used or taken back already."""
    invitation = lock_operator_invitation(invitation_id)
    if invitation is None or invitation.accepted_at or invitation.revoked_at:
        raise StaffInvitationGone("invitation_gone")
    invitation.revoked_at = clock.now()
    invitation.save(update_fields=["revoked_at"])
    record(actor=actor.typed_id, action=REVOKE, subject=f"operator_invitation:{invitation.pk}")


@transaction.atomic
def accept(*, user: User, invitation_id: int) -> User:
    """Gives the invited roles to `user`, who has proved to read letters at the invited address. Locks the invitation."""
    invitation = lock_operator_invitation(invitation_id)
    if invitation is None or not invitation.is_open:
        raise StaffInvitationGone("invitation_gone")
    if not owns_address(user, invitation.email):
        raise StaffInvitationGone(
            "invitation_address",
            _("This invitation was sent to another address. Sign in with %(email)s to accept it."),
            email=invitation.email,
        )
    groups = ensure_roles()
    roles = roles_named(invitation.groups)
    person = lock_person(user.pk)
    person.groups.add(*(groups[role] for role in roles))
    person.is_staff = True
    person.save(update_fields=["is_staff"])
    invitation.accepted_at = clock.now()
    invitation.save(update_fields=["accepted_at"])
    record(
        actor=user.typed_id,
        action=JOIN,
        subject=user.typed_id,
        details={"roles": [role.value for role in roles], "invitation": invitation.pk},
    )
    return person


def token_for(invitation_id: int) -> str:
    return signing.dumps(invitation_id, salt=_SALT)


def invitation_of(token: str) -> OperatorInvitation | None:
    """None for a token that this site did not sign."""
    try:
        value = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    return OperatorInvitation.objects.select_related("invited_by").filter(pk=value).first()


def send_letters(facts: Sequence[dict[str, Any]]) -> None:
    """Outbox handler: mails what is still open and not mailed yet. Raises Unavailable where mail is down."""
    for invitation in OperatorInvitation.objects.filter(
        pk__in={fact["invitation"] for fact in facts}, mailed_at=None
    ).select_related("invited_by"):
        if not invitation.is_open:
            continue
        try:
            _letter(invitation).send()
        except smtplib.SMTPRecipientsRefused:
            continue  # the address itself is wrong: the page shows the invitation as not delivered
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable("mail_down") from error
        OperatorInvitation.objects.filter(pk=invitation.pk).update(mailed_at=clock.now())


def _letter(invitation: OperatorInvitation) -> EmailMessage:
    with translation.override(invitation.language):
        url = absolute_url(reverse("staff_invitation", args=[token_for(invitation.pk)]), invitation.language)
        context = {
            "invitation": invitation,
            "roles": ", ".join(str(role.label) for role in roles_named(invitation.groups)),
            "site_name": settings.SITE_NAME,
            "url": url,
        }
        return EmailMessage(
            subject=_("You are invited to the operators' desk of %(site)s") % {"site": settings.SITE_NAME},
            body=render_to_string("cms/staff/invitation.txt", context).strip() + "\n",
            to=[invitation.email],
            headers={
                "Message-ID": f"<operator-{invitation.pk}-{invitation.expires_at:%Y%m%d%H%M}"
                f"@{urlsplit(settings.SITE_URL).hostname}>",
                "Auto-Submitted": "auto-generated",
            },
        )
