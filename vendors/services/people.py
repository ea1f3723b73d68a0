"""Who works for a company: invitations, roles, leaving. A company never loses its last owner."""

from __future__ import annotations

import datetime as dt
import smtplib
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import owns_address
from core import outbox
from core.errors import NotAllowed, NotFound, Unavailable
from notifications.mailing import absolute_url
from notifications.services import notify
from vendors.access import has_role
from vendors.enums import Role
from vendors.errors import AlreadyMember, InvitationInvalid, LastOwner
from vendors.locks import lock_invitation, lock_owners, lock_vendor
from vendors.models import Invitation, Membership, Vendor
from vendors.signals import member_removed
from vendors.tokens import token_for

logger = structlog.get_logger(__name__)

LETTERS = "letters"  # the outbox consumer that mails invitations
INVITATION_LIFE = dt.timedelta(days=14)


@transaction.atomic
def invite_member(*, vendor: Vendor, actor: Membership, email: str, role: Role) -> Invitation:
    """Invites an address; its letter goes out after the commit. A pending one is renewed with the new role.

    Locks the company. Managers invite managers and assistants, owners anybody. Raises AlreadyMember, NotAllowed.
    """
    lock_vendor(vendor.pk)
    _may_handle(actor, role)
    email = email.strip().lower()
    if vendor.memberships.filter(user__email=email).exists():
        raise AlreadyMember("already_member", email=email)
    pending = vendor.invitations.filter(
        email=email, accepted_at__isnull=True, revoked_at__isnull=True
    ).first()
    if pending:
        _may_handle(actor, Role(pending.role))
    invitation = pending or Invitation(vendor=vendor, email=email)
    invitation.role = role
    invitation.invited_by_id = actor.user_id
    invitation.language = (translation.get_language() or settings.LANGUAGE_CODE)[:2]
    invitation.expires_at = timezone.now() + INVITATION_LIFE
    invitation.mailed_at = None
    invitation.save()
    outbox.emit(LETTERS, "vendor.invited", {"invitation": invitation.pk})
    existing = User.objects.filter(email=email, is_active=True).first()
    if existing:
        notify(
            users=[existing],
            kind="vendor.invited",
            params={"vendor": vendor.name},
            url=reverse("desk:invitation", args=[token_for(invitation.pk)]),
            key=f"vendor.invited:{invitation.pk}:{invitation.expires_at.date().isoformat()}",
        )
    logger.info("vendors.invited", vendor=vendor.pk, actor=f"user:{actor.user_id}", role=role)
    return invitation


@transaction.atomic
def accept_invitation(*, invitation_id: int, user: User) -> Membership:
    """Makes `user` a member. The address invited must be one that `user` verified. Locks the invitation."""
    try:
        invitation = lock_invitation(invitation_id)
    except Invitation.DoesNotExist:
        raise InvitationInvalid("invitation_invalid") from None
    if not invitation.is_open:
        raise InvitationInvalid("invitation_invalid")
    if not owns_address(user, invitation.email):
        raise InvitationInvalid(
            "invitation_address",
            _("This invitation was sent to another address. Sign in with %(email)s to accept it."),
            email=invitation.email,
        )
    membership, created = Membership.objects.get_or_create(
        vendor=invitation.vendor, user=user, defaults={"role": invitation.role}
    )
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    if created:
        notify(
            users=invitation.vendor.memberships.filter(role=Role.OWNER)
            .exclude(user=user)
            .values_list("user_id", flat=True),
            kind="vendor.joined",
            params={"vendor": invitation.vendor.name, "person": user.get_full_name()},
            url=reverse("desk:people", args=[invitation.vendor.slug]),
            key=f"vendor.joined:{invitation.pk}",
        )
        logger.info("vendors.joined", vendor=invitation.vendor_id, actor=user.typed_id, role=membership.role)
    return membership


@transaction.atomic
def revoke_invitation(*, vendor: Vendor, actor: Membership, invitation_id: int) -> None:
    """Takes a pending invitation back: its link stops working."""
    lock_vendor(vendor.pk)
    invitation = vendor.invitations.filter(
        pk=invitation_id, accepted_at__isnull=True, revoked_at=None
    ).first()
    if invitation is None:
        raise NotFound("unknown_invitation")
    _may_handle(actor, Role(invitation.role))
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])


@transaction.atomic
def change_role(*, vendor: Vendor, actor: Membership, membership_id: int, role: Role) -> Membership:
    """Owners alone change roles. Locks the company and its owners. Raises LastOwner, NotAllowed, NotFound."""
    lock_vendor(vendor.pk)
    owners = lock_owners(vendor)
    if actor.pk not in {owner.pk for owner in owners}:
        raise NotAllowed("only_owners", _("Only an owner changes roles."))
    member = _member(vendor, membership_id)
    if member.role == Role.OWNER and role != Role.OWNER and len(owners) == 1:
        raise LastOwner("last_owner")
    before, member.role = member.role, role
    member.save(update_fields=["role"])
    logger.info(
        "vendors.role_changed",
        vendor=vendor.pk,
        actor=f"user:{actor.user_id}",
        subject=f"user:{member.user_id}",
        before=before,
        role=role,
    )
    return member


@transaction.atomic
def remove_member(*, vendor: Vendor, actor: Membership, membership_id: int) -> None:
    """Takes a person off the company, or lets one leave. Locks as `change_role` does."""
    lock_vendor(vendor.pk)
    owners = lock_owners(vendor)
    member = _member(vendor, membership_id)
    if member.pk != actor.pk:
        _may_handle(actor, Role(member.role))
    if member.role == Role.OWNER and len(owners) == 1:
        raise LastOwner("last_owner")
    user_id = member.user_id
    member.delete()
    member_removed.send(sender=Membership, vendor=vendor, user_id=user_id)
    logger.info(
        "vendors.member_removed", vendor=vendor.pk, actor=f"user:{actor.user_id}", subject=f"user:{user_id}"
    )


def send_invitation_letters(facts: Sequence[dict[str, Any]]) -> None:
    """Outbox handler: mails what is still open and not mailed yet. Raises Unavailable where mail is down."""
    for invitation in Invitation.objects.filter(
        pk__in={fact["invitation"] for fact in facts}, mailed_at__isnull=True
    ).select_related("vendor", "invited_by"):
        if not invitation.is_open:
            continue
        try:
            _letter(invitation).send()
        except smtplib.SMTPRecipientsRefused as error:
            # The address itself is wrong: the people page shows the invitation as not delivered.
            logger.warning("vendors.invitation_refused", invitation=invitation.pk, error=type(error).__name__)
            continue
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable("mail_down") from error
        Invitation.objects.filter(pk=invitation.pk).update(mailed_at=timezone.now())


def _letter(invitation: Invitation) -> EmailMessage:
    with translation.override(invitation.language):
        context = {
            "invitation": invitation,
            "vendor": invitation.vendor,
            "site_name": settings.SITE_NAME,
            "url": absolute_url(
                reverse("desk:invitation", args=[token_for(invitation.pk)]), invitation.language
            ),
        }
        return EmailMessage(
            subject=_("%(vendor)s invites you to work on its desk") % {"vendor": invitation.vendor.name},
            body=render_to_string("vendors/mail/invitation.txt", context).strip() + "\n",
            to=[invitation.email],
            headers={
                "Message-ID": f"<invitation-{invitation.pk}-{invitation.expires_at:%Y%m%d%H%M}"
                f"@{urlsplit(settings.SITE_URL).hostname}>",
                "Auto-Submitted": "auto-generated",
            },
        )


def _may_handle(actor: Membership, role: Role) -> None:
    """Managers handle managers and assistants, owners everybody, assistants nobody."""
    present = Membership.objects.filter(pk=actor.pk).first()
    if present is None or not has_role(present, Role.MANAGER):
        raise NotAllowed("only_managers", _("Only managers and owners do this."))
    if role == Role.OWNER and present.role != Role.OWNER:
        raise NotAllowed("only_owners", _("Only an owner does this with owners."))


def _member(vendor: Vendor, membership_id: int) -> Membership:
    member = vendor.memberships.filter(pk=membership_id).first()
    if member is None:
        raise NotFound("unknown_member")
    return member
