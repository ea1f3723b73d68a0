"""Reads about companies and their people."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from accounts.models import User
from vendors.enums import Role
from vendors.models import Invitation, Membership, Vendor

_RANK = models.Case(models.When(role=Role.OWNER, then=0), models.When(role=Role.MANAGER, then=1), default=2)


def memberships_of(user: User) -> models.QuerySet[Membership]:
    """The person's companies, with the company."""
    return Membership.objects.filter(user=user).select_related("vendor").order_by("vendor__name", "pk")


def people_of(vendor: Vendor) -> models.QuerySet[Membership]:
    """Members with their person, owners first."""
    return vendor.memberships.select_related("user").order_by(_RANK, "pk")


def open_invitations(vendor: Vendor) -> models.QuerySet[Invitation]:
    """Invitations that still wait for an answer, newest first."""
    return (
        vendor.invitations.filter(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())
        .select_related("invited_by")
        .order_by("-pk")
    )


def people_to_tell(vendor: Vendor) -> models.QuerySet[User]:
    """Everybody who works for the company and has an open account: who gets its messages."""
    return User.objects.filter(memberships__vendor=vendor, is_active=True).order_by("pk")


def invitation_by_id(pk: int) -> Invitation | None:
    return Invitation.objects.select_related("vendor", "invited_by").filter(pk=pk).first()
