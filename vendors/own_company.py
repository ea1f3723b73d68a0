"""Nobody decides about the company that they work for themselves."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import NotAllowed
from vendors.models import Membership


def require_not_own(operator: User, *vendor_ids: int) -> None:
    """Called after the lock under which the decision is taken. Raises NotAllowed (`own_company`)."""
    if Membership.objects.filter(vendor__in=vendor_ids, user=operator).exists():
        raise NotAllowed("own_company", _("You work for this company yourself. A colleague has to decide."))
