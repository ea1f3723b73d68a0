"""What the people of the desk are refused.

NotAllowed ── OwnRoles             nobody gives a role to oneself
Conflict ─┬── LastAdministrator    somebody has to stay who can give roles
          └── StaffInvitationGone  taken back, used or too old
"""

from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, NotAllowed


class OwnRoles(NotAllowed):
    message = _("Nobody gives a role to oneself. Ask another administrator.")


class LastAdministrator(Conflict):
    message = _("This is the last administrator. Give somebody else the role first.")


class StaffInvitationGone(Conflict):
    message = _("This invitation is no longer good. Ask for a new one.")
