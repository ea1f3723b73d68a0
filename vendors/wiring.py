"""This room's own entries in the registries: desk navigation, kinds of messages, personal data."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts import personal_data as people_data
from core import outbox
from notifications import kinds
from vendors import desk, personal_data, services
from vendors.enums import Role, VendorState

_WAITING = (VendorState.APPROVED, VendorState.APPLIED)


def connect() -> None:
    """Called once when the application starts."""
    outbox.register(services.LETTERS, services.send_invitation_letters, queue="notify", batch=20)
    people_data.register(
        "vendors", export=personal_data.export, erase=personal_data.erase, blockers=personal_data.blockers
    )
    _register_kinds()
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


def _register_kinds() -> None:
    kinds.register(
        "vendor.applied",
        label=_("A company applies"),
        subject=_("%(vendor)s wants to sell in the row"),
        body=_("City: %(city)s. Look at what it says of itself and decide."),
        icon="building-store",
        action=_("Look at the application"),
    )
    kinds.register(
        "vendor.approved",
        label=_("My company was approved"),
        subject=_("%(vendor)s is approved"),
        body=_("Upload your price list: buyers see its offers as soon as it is applied.\n%(reason)s"),
        icon="circle-check",
        action=_("Open the desk"),
        optional=False,
    )
    kinds.register(
        "vendor.rejected",
        label=_("My company was refused"),
        subject=_("The application of %(vendor)s was refused"),
        body=_("Reason: %(reason)s\nIf it can be mended, apply again."),
        icon="circle-x",
        optional=False,
    )
    kinds.register(
        "vendor.suspended",
        label=_("My company was suspended"),
        subject=_("%(vendor)s is suspended"),
        body=_("Reason: %(reason)s\nIts offers are hidden until the matter is settled."),
        icon="player-pause",
        optional=False,
    )
    kinds.register(
        "vendor.invited",
        label=_("A company invites me"),
        subject=_("%(vendor)s invites you to work on its desk"),
        body="",
        icon="user-plus",
        action=_("Look at the invitation"),
        mailed=False,  # the invitation has a letter of its own, which also reaches people without an account
    )
    kinds.register(
        "vendor.joined",
        label=_("Somebody accepted my invitation"),
        subject=_("%(person)s works for %(vendor)s now"),
        body="",
        icon="user-check",
        action=_("See the people"),
    )
