"""Vendors' quality, written each night from what the rooms know of them."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from vendors.models import Vendor
from vendors.quality import Evidence, kinds, quality_of

_AT_ONCE: Final = 500


def refresh_quality() -> int:
    """Returns how many vendors' quality changed. Of whom nothing is known any more, is again as all begin."""
    known: dict[int, list[Evidence]] = defaultdict(list)
    for kind in kinds():
        for vendor_id, evidence in kind.read(None).items():
            known[vendor_id].append(evidence)
    changed = []
    for vendor in Vendor.objects.only("pk", "quality").order_by("pk").iterator(chunk_size=2_000):
        quality = quality_of(known.get(vendor.pk, ()))
        if vendor.quality != quality:
            vendor.quality = quality
            changed.append(vendor)
    Vendor.objects.bulk_update(changed, ["quality"], batch_size=_AT_ONCE)
    return len(changed)
