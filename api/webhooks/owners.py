"""Whose endpoints: a vendor's, on its desk, or a person's, in the profile. The pages are the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from api.webhooks import catalogue
from api.webhooks.errors import UnknownEndpoint
from api.webhooks.models import WebhookDelivery, WebhookEndpoint
from vendors.models import Vendor


@dataclass(frozen=True, slots=True)
class Owner:
    """One of the two is set."""

    vendor: Vendor | None = None
    user: User | None = None

    @classmethod
    def of(cls, endpoint: WebhookEndpoint) -> Owner:
        return cls(vendor=endpoint.vendor, user=endpoint.user)

    @property
    def key(self) -> str:
        """Names the owner in counters of what may be done how often."""
        return f"vendor:{self.vendor.pk}" if self.vendor else f"user:{self.user.pk if self.user else 0}"

    @property
    def events(self) -> list[catalogue.Event]:
        return catalogue.events_for("vendor" if self.vendor else "buyer")

    @property
    def base(self) -> str:
        """The template that the pages are set into."""
        return "webhooks/base_desk.html" if self.vendor else "webhooks/base_profile.html"

    def endpoints(self) -> QuerySet[WebhookEndpoint]:
        return WebhookEndpoint.objects.filter(vendor=self.vendor, user=self.user)

    def endpoint(self, pk: int) -> WebhookEndpoint:
        """Raises UnknownEndpoint."""
        found = self.endpoints().select_related("vendor", "user").filter(pk=pk).first()
        if found is None:
            raise UnknownEndpoint("unknown_endpoint")
        return found

    def delivery(self, endpoint_id: int, pk: int) -> WebhookDelivery:
        """Raises UnknownEndpoint."""
        found = self.endpoint(endpoint_id).deliveries.filter(pk=pk).first()
        if found is None:
            raise UnknownEndpoint("unknown_delivery")
        return found

    def url(self, name: str, *args: Any) -> str:
        if self.vendor:
            return reverse(f"webhooks_desk:{name}", args=[self.vendor.slug, *args])
        return reverse(f"webhooks:{name}", args=args)
