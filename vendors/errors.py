"""What the vendors' room refuses.

NotAllowed ── DeskClosed            the vendor's state lets nothing be changed
Conflict   ── LastOwner             a company keeps at least one owner
           ── AlreadyMember         the person already works for the vendor
           ── WrongVendorState      the decision does not follow from the present state
InvalidInput ── InvitationInvalid   the link is spoilt, old, used, or meant for another address
"""

from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, InvalidInput, NotAllowed


class DeskClosed(NotAllowed):
    message = _("Nothing can be changed here until the company is approved. Its desk says what is missing.")


class LastOwner(Conflict):
    message = _("A company needs at least one owner. Make somebody else an owner first.")


class AlreadyMember(Conflict):
    message = _("%(email)s already works for this company.")


class WrongVendorState(Conflict):
    message = _("The company is “%(state)s” now, so this decision cannot be taken.")


class InvitationInvalid(InvalidInput):
    message = _("This invitation is not valid any more. Ask the company for a new one.")
