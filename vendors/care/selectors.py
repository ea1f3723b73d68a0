"""Reads of notes and visits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.db.models import Count, Min, QuerySet

from accounts.models import User
from core import clock
from core.models import AuditEntry
from vendors.care.deeds import words_of
from vendors.care.models import DeskVisit, VendorNote
from vendors.care.tracing import DEED
from vendors.models import Vendor

#: The button that ends a visit is no deed.
LEAVING: Final = "desk:end_visit"


def notes_about(vendor: Vendor) -> QuerySet[VendorNote]:
    """For operators only: pinned ones first, then the newest."""
    return VendorNote.objects.filter(vendor=vendor, removed_at=None).order_by("-pinned", "-pk")


def visit_now(user: User, vendor_slug: str) -> DeskVisit | None:
    """The operator's visit to this desk that goes on."""
    if not user.is_staff or not user.has_perm("vendors.act_for_vendor"):
        return None
    if settings.OPERATORS_NEED_SECOND_FACTOR and not is_mfa_enabled(user):
        return None  # as on the operators' desk itself
    return (
        DeskVisit.objects.select_related("vendor")
        .filter(operator=user.typed_id, ended_at=None, ends_at__gt=clock.now(), vendor__slug=vendor_slug)
        .first()
    )


@dataclass(frozen=True, slots=True)
class Deed:
    """What an operator set about on the desk, how often. `number` is that of the thing, "" where there is none."""

    page: str
    words: Any
    number: str
    times: int


def visits_to(vendor: Vendor, most: int = 100) -> list[tuple[DeskVisit, list[Deed]]]:
    """The last visits with what was set about, for the company's people. Like ones are counted by the database: an
    upload in parts is thousands of them.
    """
    visits = list(DeskVisit.objects.filter(vendor=vendor).order_by("-pk")[:most])
    subjects = [f"desk_visit:{visit.pk}" for visit in visits]
    rows = (
        AuditEntry.objects.filter(action=DEED, subject__in=subjects)
        .values("subject", "details__page", "details__about")
        .annotate(times=Count("pk"), first=Min("pk"))
        .order_by("first")
    )
    deeds: dict[str, list[Deed]] = {}
    for row in rows:
        page = str(row["details__page"] or "")
        if page == LEAVING:
            continue
        number = str(row["details__about"] or "").rpartition(":")[2]
        deeds.setdefault(row["subject"], []).append(Deed(page, words_of(page), number, row["times"]))
    return [(visit, deeds.get(f"desk_visit:{visit.pk}", [])) for visit in visits]
