"""Reads of notes and visits."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import User
from core import clock
from core.models import AuditEntry
from vendors.care.models import DeskVisit, VendorNote
from vendors.models import Vendor


def notes_about(vendor: Vendor) -> QuerySet[VendorNote]:
    """For operators only: pinned ones first, then the newest."""
    return VendorNote.objects.filter(vendor=vendor, removed_at=None).order_by("-pinned", "-pk")


def visit_now(user: User, vendor_slug: str) -> DeskVisit | None:
    """The operator's visit to this desk that goes on."""
    if not user.is_staff or not user.has_perm("vendors.act_for_vendor"):
        return None
    return (
        DeskVisit.objects.select_related("vendor")
        .filter(operator=user.typed_id, ended_at=None, ends_at__gt=clock.now(), vendor__slug=vendor_slug)
        .first()
    )


def visits_to(vendor: Vendor, most: int = 100) -> list[tuple[DeskVisit, list[str]]]:
    """The last visits with the pages on which something was done, for the company's people."""
    visits = list(DeskVisit.objects.filter(vendor=vendor).order_by("-pk")[:most])
    pages: dict[str, list[str]] = {}
    subjects = [f"desk_visit:{visit.pk}" for visit in visits]
    rows = AuditEntry.objects.filter(subject__in=subjects).order_by("pk").values_list("subject", "details")
    for subject, details in rows:
        pages.setdefault(subject, []).append(str(details.get("page", "")))
    return [(visit, pages.get(f"desk_visit:{visit.pk}", [])) for visit in visits]
