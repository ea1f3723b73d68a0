"""Every row lock of accounts."""

from __future__ import annotations

from accounts.models import User


def lock_person(pk: int) -> User:
    """The person's row, locked until the transaction ends."""
    return User.objects.select_for_update().get(pk=pk)
