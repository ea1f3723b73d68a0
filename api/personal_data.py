"""What this room keeps of people: their own endpoints. It joins `accounts.personal_data`."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from api.webhooks.models import WebhookEndpoint


def export(user: User) -> dict[str, Any]:
    """Endpoints with what was sent to them in the last thirty days; no secrets."""
    return {
        "webhook_endpoints": [
            {
                "url": endpoint.url,
                "events": endpoint.events,
                "state": endpoint.state,
                "created_at": endpoint.created_at.isoformat(),
                "deliveries": [
                    {"at": delivery.created_at.isoformat(), "state": delivery.state, "body": delivery.body}
                    for delivery in endpoint.deliveries.order_by("pk").iterator()
                ],
            }
            for endpoint in WebhookEndpoint.objects.filter(user=user)
        ]
    }


def erase(user: User) -> None:
    """A company keeps its endpoints, without the name of who added them."""
    WebhookEndpoint.objects.filter(user=user).delete()
    WebhookEndpoint.objects.filter(created_by=user).update(created_by=None)
