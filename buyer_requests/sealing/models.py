"""What is stored of sealed requests: their terms, each bid as one encrypted blob, and the chained log.

No row here names a vendor. `bidder` is a keyed pseudonym that differs from request to request.
"""

from __future__ import annotations

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from buyer_requests.sealing.enums import Fault, Kind, Reveals


def new_salt() -> str:
    return secrets.token_hex(32)


class SealedTerms(models.Model):
    """A row makes a request sealed. It is written while the request is a draft and cannot be taken back after that."""

    request = models.OneToOneField(
        "buyer_requests.BuyerRequest", on_delete=models.CASCADE, primary_key=True, related_name="sealing"
    )
    shows_count = models.BooleanField(_("show how many bids came in"), default=False)
    reveals = models.CharField(
        _("after the opening a bidder sees"), max_length=3, choices=Reveals, default=Reveals.OWN
    )
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    key_id = models.CharField(
        max_length=16, blank=True, default="", help_text="which secret of the settings the keys are made of"
    )
    opened_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"sealed {self.request_id}"


class SealedBid(models.Model):
    """One vendor's bid, draft or sent, with its revisions, nonces and the names of its files: encrypted as a whole."""

    request = models.ForeignKey(
        "buyer_requests.BuyerRequest", on_delete=models.PROTECT, related_name="sealed_bids"
    )
    bidder = models.CharField(max_length=32)
    content = models.BinaryField()
    fault = models.CharField(max_length=10, choices=Fault, blank=True, default=Fault.NONE)
    is_opened = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "bidder"], name="sealed_bid_once")]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.bidder}"


class SealedRecord(models.Model):
    """A link of a request's log; see docs/sealed.md for what `hash` covers. Written by `sealing.log` alone, never changed."""

    request = models.ForeignKey(
        "buyer_requests.BuyerRequest", on_delete=models.PROTECT, related_name="sealed_records"
    )
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=9, choices=Kind)
    bidder = models.CharField(max_length=32, blank=True, default="")
    commitment = models.CharField(max_length=64, blank=True, default="")
    details = models.JSONField(default=dict)
    at = models.CharField(max_length=27, help_text="UTC, by the database's clock")
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["request", "sequence"], name="sealed_record_in_order"),
            models.UniqueConstraint(
                fields=["request"], condition=models.Q(kind="opened"), name="sealed_opened_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} #{self.sequence} {self.kind}"
