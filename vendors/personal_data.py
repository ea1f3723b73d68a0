"""What this room keeps of people: memberships and invitations. It joins `accounts.personal_data`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from vendors.enums import Role, VendorState
from vendors.models import Invitation, Membership, Vendor, VendorNote


def export(user: User) -> dict[str, Any]:
    """Companies the person works for, and invitations sent to the person."""
    memberships = Membership.objects.filter(user=user).select_related("vendor").order_by("pk")
    return {
        "companies": [
            {"name": row.vendor.name, "role": row.role, "since": row.created_at.isoformat()}
            for row in memberships
        ],
        "invitations": [
            {"company": row.vendor.name, "role": row.role, "at": row.created_at.isoformat()}
            for row in Invitation.objects.filter(email__iexact=user.email)
            .select_related("vendor")
            .order_by("pk")
        ],
        # What operators wrote: the writer's own words, and what was written about companies that are one person's.
        "notes_written": [
            {"company": note.vendor.name, "text": note.text, "at": note.created_at.isoformat()}
            for note in VendorNote.objects.filter(author=user.typed_id, removed_at=None)
            .select_related("vendor")
            .order_by("pk")
        ],
        "notes_about_me": [
            {"company": note.vendor.name, "text": note.text, "at": note.created_at.isoformat()}
            for note in VendorNote.objects.filter(
                removed_at=None, vendor__memberships__user=user, vendor__memberships__role=Role.OWNER
            )
            .select_related("vendor")
            .order_by("pk")
            if note.vendor.memberships.count() == 1
        ],
    }


def erase(user: User) -> None:
    """The person leaves every company; a company's own facts stay with it."""
    Invitation.objects.filter(email__iexact=user.email).delete()
    Invitation.objects.filter(invited_by=user).update(invited_by=None)
    Vendor.objects.filter(applied_by=user).update(applied_by=None)
    Membership.objects.filter(user=user).delete()


def blockers(user: User) -> list[str]:
    """Companies that would be left without an owner."""
    owned = Vendor.objects.filter(memberships__user=user, memberships__role=Role.OWNER).exclude(
        state=VendorState.REJECTED
    )
    return [
        _("Make somebody else an owner of %(vendor)s first.") % {"vendor": vendor.name}
        for vendor in owned.order_by("name")
        if not vendor.memberships.filter(role=Role.OWNER, user__is_active=True).exclude(user=user).exists()
    ]
