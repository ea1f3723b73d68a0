"""Rows about sources: a link with its schedule, each look at it, keys for uploading, and what partial sources say.

They belong to the room's models and are imported by them, so they name the others as strings.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.enums import Availability
from catalog.models import Offer
from core.money import CurrencyField, PriceField
from core.program_keys import ProgramKey
from price_lists.sources.enums import Every, Outcome


class Feed(models.Model):
    """The link of a source and how it is getting on. Whoever holds the lease is the one that asks it."""

    source = models.OneToOneField("price_lists.Source", on_delete=models.CASCADE, related_name="feed")
    url = models.CharField(_("link"), max_length=2000)
    user = models.CharField(_("user"), max_length=200, blank=True, default="")
    password = models.TextField(blank=True, default="", help_text="sealed (core.sealing); never shown")
    # Unknown (None): nobody's leaving stops it.
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    every = models.PositiveSmallIntegerField(_("how often"), choices=Every, default=Every.SIX_HOURS)
    is_on = models.BooleanField(default=True)
    etag = models.CharField(max_length=250, blank=True, default="")
    last_modified = models.CharField(max_length=60, blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="", help_text="of the bytes taken last")
    run = models.ForeignKey(
        "price_lists.ImportRun", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    told_run = models.PositiveBigIntegerField(default=0, help_text="the run about which people were told")
    next_at = models.DateTimeField()
    sent_until = models.DateTimeField(null=True, blank=True, help_text="a task is under way until then")
    lease = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="in a row")
    failing_since = models.DateTimeField(null=True, blank=True)
    is_told = models.BooleanField(default=False, help_text="people were told that it fails")

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], name="price_lists_feed_due", condition=models.Q(is_on=True))
        ]

    def __str__(self) -> str:
        return f"feed of source {self.source_id}"


class Fetch(models.Model):
    """One look at a link and what came of it."""

    source = models.ForeignKey(
        "price_lists.Source", on_delete=models.CASCADE, related_name="fetches", db_index=False
    )
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    size = models.PositiveBigIntegerField(default=0)
    seconds = models.FloatField(default=0)
    error_code = models.CharField(max_length=60, blank=True, default="")
    error_context = models.JSONField(default=dict)
    run = models.ForeignKey(
        "price_lists.ImportRun", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["source", "-id"], name="price_lists_fetch_of_source")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.at:%Y-%m-%d %H:%M} {self.outcome}"


class UploadKey(ProgramKey):
    """With it a program of the vendor's may send files to one source."""

    source = models.ForeignKey("price_lists.Source", on_delete=models.CASCADE, related_name="upload_keys")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.beginning}… of source {self.source_id}"


class PartialValue(models.Model):
    """What a partial source last said of one offer. Empty where it says nothing of that part."""

    source = models.ForeignKey(
        "price_lists.Source", on_delete=models.CASCADE, related_name="values", db_index=False
    )
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="+")
    price_amount = PriceField(null=True, blank=True)
    price_currency = CurrencyField(blank=True, default="")
    old_price_amount = PriceField(null=True, blank=True)
    stock_state = models.CharField(max_length=10, choices=Availability, blank=True, default="")
    quantity = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    order_days = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "offer"], name="price_lists_partial_value_once")
        ]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.offer_id}"


class SharedValue(models.Model):
    """What a full source last said of an offer that another full source of the vendor brings too.

    An offer that only one source brings has no such row: then the offer itself is what the source said.
    """

    source = models.ForeignKey("price_lists.Source", on_delete=models.CASCADE, related_name="shared")
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="+", db_index=False)
    link_id = models.BigIntegerField(null=True, help_text="CategoryLink of the vendor's path there")
    data = models.JSONField(help_text="an OfferDraft")
    price_at = models.DateTimeField(help_text="when the source changed its price")
    stock_at = models.DateTimeField()
    text_at = models.DateTimeField()
    is_quiet = models.BooleanField(
        default=False,
        db_default=False,
        help_text="what the offer shows was worked out with this source's price and stock behind those of others",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "source"], name="price_lists_shared_value_once")
        ]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.offer_id}"
