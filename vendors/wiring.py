"""This room's own entries in the registries: desk navigation, kinds of messages, personal data."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from vendors import desk
from vendors.enums import Role, VendorState

_WAITING = (VendorState.APPROVED, VendorState.APPLIED)


def connect() -> None:
    """Called once when the application starts."""
    desk.add_entry(
        key="today", label=_("Today"), icon="home", url_name="desk:home", order=10, states=tuple(VendorState)
    )
    desk.add_entry(
        key="people", label=_("People"), icon="users", url_name="desk:people", order=80, states=_WAITING
    )
    desk.add_entry(
        key="settings",
        label=_("Settings"),
        icon="settings",
        url_name="desk:settings",
        order=90,
        min_role=Role.MANAGER,
        states=_WAITING,
    )
