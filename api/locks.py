"""Every row lock of this room: the owner first, then an endpoint."""

from __future__ import annotations

from accounts.models import User
from api.webhooks.models import WebhookEndpoint
from vendors.models import Vendor


def lock_owner(*, vendor: Vendor | None, user: User | None) -> None:
    """Whoever owns endpoints, until the transaction ends: their number is counted under it."""
    if vendor is not None:
        Vendor.objects.select_for_update().get(pk=vendor.pk)
    elif user is not None:
        User.objects.select_for_update().get(pk=user.pk)


def lock_endpoint(pk: int) -> WebhookEndpoint:
    return WebhookEndpoint.objects.select_for_update().get(pk=pk)
