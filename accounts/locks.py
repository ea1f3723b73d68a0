"""Every row lock of accounts."""

from __future__ import annotations

from django.contrib.auth.models import Group

from accounts.models import OperatorInvitation, User


def lock_person(pk: int) -> User:
    """The person's row, locked until the transaction ends."""
    return User.objects.select_for_update().get(pk=pk)


def lock_group(name: str) -> None:
    """A group's row: of two who take somebody out of it, the second sees what the first has left."""
    Group.objects.select_for_update().filter(name=name).first()


def lock_operator_invitation(pk: int) -> OperatorInvitation | None:
    return OperatorInvitation.objects.select_for_update().filter(pk=pk).first()
