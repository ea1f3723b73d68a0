"""What a company says of itself and on which terms it sells."""

from __future__ import annotations

from typing import Any

import structlog
from django.db import transaction

from accounts.models import User
from core import outbox
from core.errors import InvalidInput
from vendors.locks import lock_vendor
from vendors.models import Vendor
from vendors.onboarding.services import ASK_SITE, forget_outdated
from vendors.signals import delivery_changed
from vendors.tax_ids import clean_tax_id

logger = structlog.get_logger(__name__)

FIELDS = frozenset(
    {
        "name",
        "legal_name",
        "tax_id",
        "participation",
        "description",
        "site_url",
        "email",
        "phone",
        "city",
        "region",
        "default_currency",
        "vat_status",
        "vat_percent",
        "delivery_price",
        "free_delivery_from",
        "delivery_regions",
        "delivery_days",
    }
)
#: Where and how soon goods arrive: requests ask for it.
_DELIVERY = frozenset({"region", "delivery_regions", "delivery_days"})


@transaction.atomic
def update_vendor(*, vendor: Vendor, actor: User, **changes: Any) -> Vendor:
    """Sets fields of `FIELDS`; prices in 1/10,000 of the base currency. Locks the company's row.

    Raises InvalidInput for a tax number that does not add up. The slug stays: links to the company live on.
    """
    unknown = changes.keys() - FIELDS
    if unknown:
        raise InvalidInput("unknown_field", field=min(unknown))
    if "tax_id" in changes:
        changes["tax_id"] = clean_tax_id(changes["tax_id"])
    locked = lock_vendor(vendor.pk)
    changed = sorted(name for name, value in changes.items() if getattr(locked, name) != value)
    for name in changed:
        setattr(locked, name, changes[name])
    if changed:
        locked.save(update_fields=changed)
        forget_outdated(vendor=locked, fields=changed)
        logger.info("vendors.updated", vendor=locked.pk, actor=actor.typed_id, fields=changed)
    if "site_url" in changed and locked.site_url:
        outbox.emit(ASK_SITE, "vendor.site", {"vendor": locked.pk})
    if not _DELIVERY.isdisjoint(changed):
        delivery_changed.send(Vendor, vendor_id=locked.pk)
    return locked
