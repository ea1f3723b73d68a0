"""Reads about the people of the desk."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import OperatorInvitation, User
from core import clock


def people() -> QuerySet[User]:
    """Everybody to whom the desk is open, with their groups; `has_second_factor` beside each."""
    factor = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return (
        User.objects.filter(is_staff=True, is_active=True)
        .annotate(has_second_factor=Exists(factor))
        .prefetch_related("groups")
        .order_by("email")
    )


def open_invitations() -> QuerySet[OperatorInvitation]:
    return (
        OperatorInvitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=clock.now())
        .select_related("invited_by")
        .order_by("-pk")
    )
