"""Reads about people."""

from __future__ import annotations

from allauth.account.models import EmailAddress

from accounts.models import User


def owns_address(user: User, email: str) -> bool:
    """Whether the person proved to read letters at `email`."""
    return EmailAddress.objects.filter(user=user, email__iexact=email, verified=True).exists()
