"""A webhook of one demo vendor: paused, for its address answers nobody. Its log shows what waits."""

from __future__ import annotations

from accounts.models import User
from api.models import WebhookEndpoint
from api.webhooks import catalogue, signing
from api.webhooks.enums import EndpointState, Reason
from vendors.models import Vendor

_URL = "https://erp.ryad.example/hooks/ryad"


def give_endpoint(vendor: Vendor, owner: User) -> None:
    """Not through `add`, which looks the address up. A second load leaves what is there."""
    if vendor.webhook_endpoints.exists():
        return
    WebhookEndpoint.objects.create(
        vendor=vendor,
        url=_URL,
        events=[event.type for event in catalogue.events_for("vendor")],
        state=EndpointState.PAUSED,
        reason=Reason.OWNER,
        secret=signing.sealed(signing.new_secret()),
        created_by=owner,
    )
