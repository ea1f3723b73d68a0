"""What waited too long is given up, and what is older than the log is forgotten."""

from __future__ import annotations

import datetime as dt
from typing import Final

from api.webhooks import schedule
from api.webhooks.enums import DeliveryState
from api.webhooks.models import WebhookDelivery, WebhookEndpoint
from core import clock

KEPT: Final = dt.timedelta(days=30)
_AT_ONCE: Final = 500


def tidy() -> int:
    """Returns how many deliveries went."""
    now = clock.now()
    WebhookDelivery.objects.filter(
        state=DeliveryState.WAITING, begun_at__lt=now - schedule.GIVE_UP_AFTER
    ).update(state=DeliveryState.FAILED)
    WebhookEndpoint.objects.filter(old_until__lt=now).update(old_secret="", old_until=None)
    gone = 0
    old = WebhookDelivery.objects.filter(created_at__lt=now - KEPT).order_by("pk")
    while ids := list(old.values_list("pk", flat=True)[:_AT_ONCE]):
        WebhookDelivery.objects.filter(pk__in=ids).delete()
        gone += len(ids)
    return gone
