"""Who was told of a request and why, categories followed, a vendor's settings and collections, turns of many vendors."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from buyer_requests.enums import NoticeReason
from buyer_requests.telling.enums import Cause, HearingRhythm, NoticeState
from core.money import PriceField


class Hearing(models.Model):
    """A vendor's settings, and how many messages it had today. The row is also the lock of all that is told to it."""

    vendor = models.OneToOneField(
        "vendors.Vendor", on_delete=models.CASCADE, primary_key=True, related_name="hearing"
    )
    rhythm = models.CharField(max_length=8, choices=HearingRhythm, default=HearingRhythm.AT_ONCE)
    every_minutes = models.PositiveSmallIntegerField(
        default=60, validators=[MinValueValidator(5), MaxValueValidator(720)]
    )
    first_hour = models.PositiveSmallIntegerField(default=9, validators=[MaxValueValidator(23)])
    second_hour = models.PositiveSmallIntegerField(default=15, validators=[MaxValueValidator(23)])
    most_a_day = models.PositiveSmallIntegerField(
        default=20, validators=[MinValueValidator(1), MaxValueValidator(500)]
    )
    quiet_from = models.PositiveSmallIntegerField(default=21, validators=[MaxValueValidator(23)])
    quiet_to = models.PositiveSmallIntegerField(
        default=8, validators=[MaxValueValidator(23)], help_text="as quiet_from: no quiet hours"
    )
    time_zone = models.CharField(max_length=40, default="Europe/Kyiv")
    urgent_at_night = models.BooleanField(default=False)
    paused_until = models.DateField(null=True, blank=True, help_text="the first day on which it hears again")
    least_lines = models.PositiveSmallIntegerField(default=1)
    least_amount = PriceField(
        null=True, blank=True, help_text="of what fits, in the row's currency, 1/10,000"
    )
    regions = models.JSONField(default=list, blank=True, help_text="none: all")
    muted = models.ManyToManyField("catalog.Category", blank=True, related_name="+")
    counted_on = models.DateField(null=True, blank=True)
    counted = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.vendor_id}: {self.rhythm}"

    @classmethod
    def fresh(cls, vendor_id: int) -> Hearing:
        """What holds for a vendor that never chose; not stored yet."""
        quiet_from, quiet_to = settings.QUIET_HOURS
        return cls(vendor_id=vendor_id, quiet_from=quiet_from, quiet_to=quiet_to)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def counted_today(self, now: dt.datetime) -> int:
        """Messages of the vendor's own day."""
        return self.counted if self.counted_on == now.astimezone(self.zone).date() else 0

    def count(self, messages: int, now: dt.datetime) -> None:
        """The caller holds the row's lock and stores it."""
        self.counted = self.counted_today(now) + messages
        self.counted_on = now.astimezone(self.zone).date()


class Parcel(models.Model):
    """Several requests that a vendor is told of in one message: the vendor's next window. One is open at a time."""

    vendor = models.ForeignKey("vendors.Vendor", on_delete=models.CASCADE, related_name="parcels")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    cause = models.CharField(max_length=8, choices=Cause)
    is_last = models.BooleanField(default=False, help_text="the one collection of a day beyond its cap")
    sent_at = models.DateTimeField(null=True, blank=True)
    told = models.PositiveIntegerField(default=0, help_text="requests that were still worth telling of")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["vendor"], condition=models.Q(sent_at__isnull=True), name="requests_parcel_open_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(sent_at__isnull=True), name="requests_parcel_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.vendor_id} {self.due_at:%Y-%m-%d %H:%M}"


class VendorNotice(models.Model):
    """A vendor was told of a request, once, and of which lines."""

    request = models.ForeignKey(
        "buyer_requests.BuyerRequest", on_delete=models.CASCADE, related_name="notices"
    )
    vendor = models.ForeignKey("vendors.Vendor", on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=10, choices=NoticeReason)
    lines = models.JSONField(default=list, help_text="ids of the lines that the vendor can meet")
    why = models.JSONField(null=True, blank=True, help_text="what the reason stands on; see telling/past.py")
    state = models.CharField(
        max_length=9, choices=NoticeState, default=NoticeState.NEW, db_default=NoticeState.TOLD
    )
    parcel = models.ForeignKey(
        Parcel, on_delete=models.SET_NULL, null=True, blank=True, related_name="notices"
    )
    told_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "vendor"], name="requests_notice_once")]

    def __str__(self) -> str:
        return f"{self.request_id} → {self.vendor_id}"


class CategoryFollow(models.Model):
    """A vendor wants to hear of requests in a category and below it."""

    vendor = models.ForeignKey("vendors.Vendor", on_delete=models.CASCADE, related_name="category_follows")
    category = models.ForeignKey("catalog.Category", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vendor", "category"], name="requests_follow_once")]

    def __str__(self) -> str:
        return f"{self.vendor_id} follows {self.category_id}"


class Reach(models.Model):
    """A request for which more vendors are fit than are told at once: how many have had their turn, and when others do."""

    request = models.OneToOneField(
        "buyer_requests.BuyerRequest", on_delete=models.CASCADE, primary_key=True, related_name="reach"
    )
    waves = models.PositiveSmallIntegerField(default=1)
    next_at = models.DateTimeField(null=True, blank=True, help_text="when those who wait may have their turn")

    class Meta:
        indexes = [
            models.Index(
                fields=["next_at"], condition=models.Q(next_at__isnull=False), name="requests_reach_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.waves}"


class WaitingVendor(models.Model):
    """A vendor who is told of a request only if few of those before it bid."""

    request = models.ForeignKey(
        "buyer_requests.BuyerRequest", on_delete=models.CASCADE, related_name="waiting_vendors"
    )
    vendor = models.ForeignKey("vendors.Vendor", on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=10)
    lines = models.JSONField(default=list)
    why = models.JSONField(default=dict)
    place = models.PositiveIntegerField(help_text="in the order of turns; one who came later stands behind")

    class Meta:
        verbose_name = _("vendor who waits for a turn")
        constraints = [models.UniqueConstraint(fields=["request", "vendor"], name="requests_waits_once")]
        indexes = [models.Index(fields=["request", "place"], name="requests_waits_in_order")]

    def __str__(self) -> str:
        return f"{self.request_id} … {self.vendor_id}"
