"""Row locks of this room, always the company first."""

from __future__ import annotations

from vendors.care.models import DeskVisit, VendorNote
from vendors.models import Invitation, Membership, Vendor


def lock_vendor(pk: int) -> Vendor:
    """The company's row until the transaction ends: decisions and its people change one at a time."""
    return Vendor.objects.select_for_update().get(pk=pk)


def lock_owners(vendor: Vendor) -> list[Membership]:
    """The owners of a locked company, ordered by id."""
    return list(vendor.memberships.select_for_update().filter(role="owner").order_by("pk"))


def lock_invitation(pk: int) -> Invitation:
    return Invitation.objects.select_for_update(of=("self",)).select_related("vendor").get(pk=pk)


def lock_note(pk: int) -> VendorNote | None:
    return VendorNote.objects.select_for_update(of=("self",)).select_related("vendor").filter(pk=pk).first()


def lock_visits_of(operator: str) -> list[DeskVisit]:
    """An operator's visits that were not ended, ordered by id; there is one at most."""
    open_ones = DeskVisit.objects.select_for_update(of=("self",)).select_related("vendor")
    return list(open_ones.filter(operator=operator, ended_at=None).order_by("pk"))
