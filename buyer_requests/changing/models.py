"""Versions of a published request, a change that is being drafted, and which version a line and a bid stand at.

A request is at version 1 until it is first changed; nothing here has a row for it before that.
"""

from __future__ import annotations

from typing import Any, Never

from django.conf import settings
from django.db import models


class RequestRevision(models.Model):
    """A published version as vendors saw it: written once, never changed. `content` is what `content.py` writes.

    `asks` says whether bidders had to confirm it.
    """

    request = models.ForeignKey(
        "buyer_requests.BuyerRequest", on_delete=models.CASCADE, related_name="versions"
    )
    number = models.PositiveIntegerField()
    content = models.JSONField()
    asks = models.BooleanField(default=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["request", "number"], name="changing_version_once")]

    def __str__(self) -> str:
        return f"{self.request_id} v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A published version is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> Never:
        raise TypeError("A published version goes with its request alone.")


class DraftedChange(models.Model):
    """What the buyer would change, seen by nobody else. `base` is the version that it was written from."""

    request = models.OneToOneField(
        "buyer_requests.BuyerRequest", on_delete=models.CASCADE, related_name="drafted_change"
    )
    base = models.PositiveIntegerField()
    content = models.JSONField()
    saved_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"change of {self.request_id} v{self.base}"


class LineStanding(models.Model):
    """The version in which a line last changed so that earlier prices for it no longer hold. No row: never."""

    line = models.OneToOneField(
        "buyer_requests.RequestLine", on_delete=models.CASCADE, related_name="standing"
    )
    number = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.line_id} v{self.number}"


class BidStanding(models.Model):
    """The version that a bid answers: that it was sent for, or confirmed for. No row: the first."""

    bid = models.OneToOneField("buyer_requests.Bid", on_delete=models.CASCADE, related_name="standing")
    number = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.bid_id} v{self.number}"
