"""Counting buyers who go on to a listing vendor's own site."""

from __future__ import annotations

from django.utils import timezone
from django.utils.crypto import salted_hmac

from catalog.models import Offer, OutboundClick


def record_outbound_click(*, offer: Offer, visitor: str) -> None:
    """Counts a visitor once an offer and day. `visitor` tells visitors apart and is stored only as a keyed hash."""
    day = timezone.localdate()
    digest = salted_hmac("catalog.outbound_click", f"{visitor}|{day}", algorithm="sha256").hexdigest()
    click = OutboundClick(offer=offer, vendor_id=offer.vendor_id, session_hash=digest, day=day)
    OutboundClick.objects.bulk_create([click], ignore_conflicts=True)
