"""Endpoints of webhooks and what is to be sent to them."""

from __future__ import annotations

import json
import uuid
from typing import Any

from accounts.models import User
from api.models import WebhookDelivery, WebhookEndpoint
from api.webhooks import catalogue, signing
from vendors.models import Vendor

SECRET = signing.new_secret()


def make_endpoint(
    *,
    vendor: Vendor | None = None,
    user: User | None = None,
    url: str = "https://shop.example/hook",
    **fields: Any,
) -> WebhookEndpoint:
    """Signed with SECRET; of a vendor or of a person, wanting everything."""
    audience: catalogue.Audience = "vendor" if vendor else "buyer"
    fields.setdefault("events", [event.type for event in catalogue.events_for(audience)])
    return WebhookEndpoint.objects.create(
        vendor=vendor, user=user, url=url, secret=signing.sealed(SECRET), **fields
    )


def make_delivery(
    *,
    endpoint: WebhookEndpoint | None = None,
    vendor: Vendor | None = None,
    user: User | None = None,
    **fields: Any,
) -> WebhookDelivery:
    """One that is due; `delivery_id` is its own id, for addresses."""
    event_id = uuid.uuid4()
    body = {"id": f"msg_{event_id.hex}", "type": "bid.won", "version": 1, "data": {"n": 1}}
    delivery = WebhookDelivery.objects.create(
        endpoint=endpoint or make_endpoint(vendor=vendor, user=user),
        event_id=event_id,
        type="bid.won",
        key=event_id.hex,
        body=json.dumps(body),
        **fields,
    )
    delivery.delivery_id = delivery.pk
    return delivery
