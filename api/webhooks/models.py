"""Endpoints, what is to be sent to them, and every attempt at it. The delivery's own row is the queue."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from api.webhooks.enums import DeliveryState, EndpointState, Reason
from vendors.models import Vendor


class WebhookEndpoint(models.Model):
    """An address of a vendor's or of a buyer's, and the events that it wants."""

    vendor = models.ForeignKey(
        Vendor, on_delete=models.CASCADE, null=True, blank=True, related_name="webhook_endpoints"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="webhook_endpoints",
    )
    url = models.CharField(max_length=500)
    events = models.JSONField(default=list, help_text="types, see api.webhooks.catalogue")
    state = models.CharField(max_length=8, choices=EndpointState, default=EndpointState.ACTIVE)
    reason = models.CharField(max_length=8, choices=Reason, blank=True, default="")
    secret = models.TextField(help_text="sealed")
    old_secret = models.TextField(blank=True, default="", help_text="sealed; signs too until it runs out")
    old_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    failing_since = models.DateTimeField(
        null=True, blank=True, help_text="the first failure with no success since"
    )
    failures = models.PositiveIntegerField(default=0, help_text="attempts since then")
    hold_until = models.DateTimeField(
        null=True, blank=True, help_text="nothing is sent before: it failed, or asked so"
    )
    lease = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(
        null=True, blank=True, help_text="while somebody sends; else when somebody last did"
    )

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(vendor__isnull=True) ^ models.Q(user__isnull=True),
                name="api_endpoint_has_one_owner",
            )
        ]

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(models.Model):
    """One event for one endpoint. `body` is what is signed and sent, to the byte, at each attempt."""

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    event_id = models.UUIDField(
        default=uuid.uuid4, help_text="the same for each endpoint that gets the event"
    )
    type = models.CharField(max_length=60)
    key = models.CharField(
        max_length=200, help_text="of the message: the same for the same endpoint is one event"
    )
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    begun_at = models.DateTimeField(
        default=timezone.now, help_text="of the schedule: sent again, it begins anew"
    )
    state = models.CharField(max_length=9, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    status = models.PositiveSmallIntegerField(default=0, help_text="of the last answer; 0: none came")

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        constraints = [models.UniqueConstraint(fields=["endpoint", "key"], name="api_delivery_once")]
        indexes = [
            models.Index(
                fields=["endpoint", "next_at"],
                name="api_delivery_due",
                condition=models.Q(state="waiting"),
            ),
            models.Index(fields=["endpoint", "-id"], name="api_delivery_log"),
            models.Index(fields=["created_at"], name="api_delivery_age"),
        ]

    def __str__(self) -> str:
        return f"{self.type} → {self.endpoint_id}"

    @property
    def message_id(self) -> str:
        """As the receiver sees it; the same at each attempt."""
        return f"msg_{self.event_id.hex}"


class WebhookAttempt(models.Model):
    """One attempt, with what came back."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField(default=timezone.now)
    status = models.PositiveSmallIntegerField(default=0, help_text="0: no answer")
    error = models.CharField(max_length=60, blank=True, default="", help_text="code of core.outgoing.errors")
    milliseconds = models.PositiveIntegerField(default=0)
    answer = models.TextField(blank=True, default="", help_text="its first kilobyte")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.delivery_id}: {self.status or self.error}"
