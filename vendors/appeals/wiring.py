"""Decisions about the company itself: an application refused, a company suspended."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from vendors.appeals import kinds, services
from vendors.appeals.models import Decision
from vendors.appeals.services import lift, note
from vendors.enums import VendorState
from vendors.models import Vendor
from vendors.services.onboarding import approve_vendor, reopen_application
from vendors.signals import vendor_state_changed

REFUSED = "vendor.rejected"
SUSPENDED = "vendor.suspended"


def connect() -> None:
    """Called once when the application starts."""
    services.register_messages()
    kinds.register(
        REFUSED,
        label=_("The application was refused"),
        permission="vendors.change_vendor",
        undo=_look_again,
        told=False,
    )
    kinds.register(
        SUSPENDED,
        label=_("The company was suspended"),
        permission="vendors.change_vendor",
        undo=_end_suspension,
        told=False,
    )
    vendor_state_changed.connect(_note_state, dispatch_uid="vendors.appeals")


def _note_state(*, vendor: Vendor, before: str, actor: str = "", **_told: object) -> None:
    """In the transaction of the decision."""
    subject = f"vendor:{vendor.pk}"
    kind = {VendorState.REJECTED: REFUSED, VendorState.SUSPENDED: SUSPENDED}.get(VendorState(vendor.state))
    for gone in (REFUSED, SUSPENDED):
        lift(kind=gone, subject=subject)
    if kind is not None and vendor.state_reason:
        note(
            kind=kind,
            subject=subject,
            subject_name=vendor.name,
            vendor=vendor,
            reason=vendor.state_reason,
            actor=actor or "system",
        )


def _look_again(decision: Decision, operator: User, reason: str) -> None:
    """A refused application waits again, with all that was said about its checklist."""
    reopen_application(vendor=decision.vendor, actor=operator, reason=reason)


def _end_suspension(decision: Decision, operator: User, reason: str) -> None:
    approve_vendor(vendor=decision.vendor, actor=operator, reason=reason)
