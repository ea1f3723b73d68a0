"""This room's point of a vendor's checklist."""

from __future__ import annotations

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from price_lists.enums import RunState
from price_lists.models import ImportRun
from vendors.models import Vendor
from vendors.onboarding.enums import How
from vendors.onboarding.items import Finding, Item


def price_list_point() -> Item:
    """Not required: lists are taken from approved companies alone."""
    return Item(
        key="price_list",
        label=_("A price list is applied"),
        help=_("Once the company is approved: upload it, or name its link."),
        how=How.COMPUTED,
        look=_look,
        order=60,
    )


def _look(vendor: Vendor) -> Finding:
    run = ImportRun.objects.filter(vendor=vendor, state=RunState.APPLIED).order_by("-pk").first()
    if run is None:
        return Finding(is_met=False, evidence=_now("none yet"))
    return Finding(is_met=True, evidence=f"{run.finished_at:%d.%m.%Y}" if run.finished_at else "")
