"""Counting buyers who go on to a listing vendor's own site."""

from __future__ import annotations

import structlog
from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from catalog.models import Offer, OutboundClick

log = structlog.get_logger(__name__)


def record_outbound_click(*, offer: Offer, visitor: str) -> None:
    """Counts a visitor once an offer and day. `visitor` tells visitors apart and is stored only as a keyed hash.

    A database that takes no more rows costs the count, not the way to the vendor.
    """
    day = timezone.localdate()
    digest = salted_hmac("catalog.outbound_click", f"{visitor}|{day}", algorithm="sha256").hexdigest()
    click = OutboundClick(offer=offer, vendor_id=offer.vendor_id, session_hash=digest, day=day)
    try:
        with transaction.atomic():
            OutboundClick.objects.bulk_create([click], ignore_conflicts=True)
    except OperationalError as error:
        log.warning("catalog.click_not_counted", error=str(error))
