"""Who works on what of the inbox. What waits there, the rooms' own rows say."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class InboxClaim(models.Model):
    """An operator works on an item until a moment; nobody else decides about it meanwhile."""

    item = models.CharField(max_length=60, unique=True, help_text="source and key: vendor:12")
    source = models.CharField(max_length=30)
    number = models.BigIntegerField(help_text="the key alone")
    operator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    claimed_at = models.DateTimeField()
    until = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["source", "number"], name="cms_claims_of_source")]

    def __str__(self) -> str:
        return f"{self.item}: {self.operator_id}"


class QueueKeeper(models.Model):
    """Who looks after a queue."""

    queue = models.CharField(max_length=30, unique=True)
    operator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.queue}: {self.operator_id}"
