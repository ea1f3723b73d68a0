"""What can be done with companies: applying and deciding, their terms, their people."""

from vendors.services.onboarding import apply_as_vendor, approve_vendor, reject_vendor, suspend_vendor
from vendors.services.people import (
    LETTERS,
    accept_invitation,
    change_role,
    invite_member,
    remove_member,
    revoke_invitation,
    send_invitation_letters,
)
from vendors.services.standing import refresh_quality
from vendors.services.terms import update_vendor

__all__ = [
    "LETTERS",
    "accept_invitation",
    "apply_as_vendor",
    "approve_vendor",
    "change_role",
    "invite_member",
    "refresh_quality",
    "reject_vendor",
    "remove_member",
    "revoke_invitation",
    "send_invitation_letters",
    "suspend_vendor",
    "update_vendor",
]
