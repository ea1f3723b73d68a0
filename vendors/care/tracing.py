"""The trace of what an operator does on a company's desk. Apart from `services`: the desk's gate itself writes it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.audit import kinds
from core.audit.services import record
from vendors.care.models import DeskVisit
from vendors.locks import lock_visits_of

DEED = kinds.register("vendors.act_for_vendor", _("Operator for vendor: worked on its desk"))


@transaction.atomic
def trace_deed(*, visit: DeskVisit, page: str, about: str = "") -> None:
    """One press of a button on the company's desk, written before it is carried out: none can be lost.

    `page` is the view's name, `about` the typed id of what its address names.
    """
    for locked in lock_visits_of(visit.operator):
        locked.deeds += 1
        locked.save(update_fields=["deeds"])
    record(
        actor=visit.operator,
        action=DEED,
        subject=f"desk_visit:{visit.pk}",
        subject_name=visit.vendor.name,
        reason=visit.reason,
        details={"visit": visit.pk, "vendor": visit.vendor_id, "page": page, "about": about},
    )
