"""Browsers that want messages, what is to be sent to them, and the key by which push services know this site."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PushBrowser(models.Model):
    """One browser of one person: what it told when it subscribed (RFC 8030, RFC 8291)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_browsers")
    address = models.CharField(max_length=1000, help_text="at its maker's push service")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the address")
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=50)
    mark = models.CharField(max_length=64, db_index=True, help_text="SHA-256 of the browser's cookie")
    name = models.CharField(max_length=60, help_text="as its owner tells it from others")
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    hold_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("browser with push messages")
        verbose_name_plural = _("browsers with push messages")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name


class PushMessage(models.Model):
    """One message for one browser, until it is sent; the row is the queue."""

    browser = models.ForeignKey(PushBrowser, on_delete=models.CASCADE, related_name="waiting")
    notification = models.ForeignKey("notifications.Notification", on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    next_at = models.DateTimeField(default=timezone.now, db_index=True)
    lease = models.UUIDField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["browser", "notification"], name="notifications_push_once")
        ]

    def __str__(self) -> str:
        return f"{self.notification_id} → {self.browser_id}"


class PushKey(models.Model):
    """The site's key (VAPID, RFC 8292): one row. Browsers subscribe to its public half."""

    public = models.CharField(max_length=100)
    private = models.TextField(help_text="sealed")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.public[:12]
