"""This room's own entries in the registries: desk navigation, kinds of messages, personal data."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.utils.translation import gettext_lazy as _

from accounts import personal_data as people_data
from accounts.models import User
from core import outbox
from notifications import kinds
from vendors import desk, personal_data, services
from vendors.appeals import wiring as appeals
from vendors.care.services import end_visit
from vendors.enums import Role, VendorState
from vendors.models import Vendor
from vendors.onboarding.rules import register_points
from vendors.onboarding.selectors import left_to_do
from vendors.onboarding.services import ASK_SITE, ask_sites

_WAITING = (VendorState.APPROVED, VendorState.APPLIED)


def connect() -> None:
    """Called once when the application starts."""
    outbox.register(services.LETTERS, services.send_invitation_letters, queue="notify", batch=20)
    people_data.register(
        "vendors", export=personal_data.export, erase=personal_data.erase, blockers=personal_data.blockers
    )
    outbox.register(ASK_SITE, ask_sites, queue="default", batch=5)
    register_points()
    appeals.connect()
    _register_kinds()
    user_logged_out.connect(_leave_desk, dispatch_uid="vendors.leave_desk")
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
    desk.add_entry(
        key="holiday",
        label=_("Holiday"),
        icon="calendar",
        url_name="desk:holiday",
        order=85,
        min_role=Role.MANAGER,
    )
    desk.add_entry(key="visits", label=_("Visits of operators"), icon="eye", url_name="desk:visits", order=88)
    desk.add_entry(
        key="decisions",
        label=_("Decisions and appeals"),
        icon="gavel",
        url_name="desk:decisions",
        order=85,
        states=tuple(VendorState),
    )
    desk.add_panel(key="onboarding", template="vendors/_left_to_do.html", context=_left, order=5)


def _leave_desk(user: User | None = None, **_kwargs: Any) -> None:
    """Who signs in again is on no company's desk."""
    if user is not None and user.pk is not None:
        end_visit(operator=user)


def _left(vendor: Vendor) -> dict[str, Any] | None:
    """For the desk's first page; None where nothing of the checklist is left."""
    points = left_to_do(vendor)
    return {"points": points} if points else None


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
        "vendor.reopened",
        label=_("My company's application is looked at again"),
        subject=_("The application of %(vendor)s is looked at again"),
        body=_("The refusal was undone: %(reason)s\nThe desk says what is left to do."),
        icon="clock",
        action=_("Open the desk"),
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
        "vendor.holiday",
        label=_("An operator set my company's holiday"),
        subject=_("%(vendor)s: holiday from %(first)s to %(last)s"),
        body=_("You can change it on the desk."),
        icon="calendar",
        action=_("See the holiday"),
    )
    kinds.register(
        "vendor.visited",
        label=_("An operator works on my company's desk"),
        subject=_("An operator entered the desk of %(vendor)s"),
        body=_("Reason: %(reason)s\nWhat is done there stands in the list of visits."),
        icon="eye",
        action=_("See the visits"),
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
