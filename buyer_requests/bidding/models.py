"""What belongs to bids: alternative goods, files, counter-offers, a vendor's rules, what they did, and look-alike bidders."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from buyer_requests.bidding.enums import CounterState, Outcome, RuleState, Side, Supply
from core.money import PriceField, line_total


class BidAlternative(models.Model):
    """Another good that the bidder would deliver for a line instead. Up to three; `position` is from 1 on."""

    MOST = 3

    bid_line = models.ForeignKey(
        "buyer_requests.BidLine", on_delete=models.CASCADE, related_name="alternatives", db_index=False
    )
    position = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MOST)], default=1
    )
    offer = models.ForeignKey(
        "catalog.Offer", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    title = models.CharField(_("what is offered"), max_length=500)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3)
    price_amount = PriceField(_("price per unit"))
    is_substitute = models.BooleanField(_("substitute"), default=False)
    supply = models.CharField(_("availability"), max_length=5, choices=Supply, blank=True, default="")
    delivery_on = models.DateField(_("delivered by"), null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["bid_line", "position"], name="bids_alternative_once"),
            models.CheckConstraint(
                condition=models.Q(position__gte=1, position__lte=3), name="bids_alternatives_three"
            ),
            models.CheckConstraint(
                condition=models.Q(price_amount__gt=0, quantity__gt=0), name="bids_alternative_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def total_minor(self) -> int:
        return line_total(self.price_amount, self.quantity)


def private_storage() -> FileSystemStorage:
    """Outside the media folder: no URL leads there."""
    return FileSystemStorage(location=settings.PRIVATE_ROOT, base_url=None)


def stored_path(instance: BidFile, _filename: str) -> str:
    """The vendor's file name never reaches the file system."""
    return f"bids/{instance.bid_id}/{uuid.uuid4().hex}"


class BidFile(models.Model):
    """A file that goes with a bid: a certificate, a drawing, a price in full."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    bid = models.ForeignKey("buyer_requests.Bid", on_delete=models.CASCADE, related_name="files")
    file = models.FileField(upload_to=stored_path, storage=private_storage)
    name = models.CharField(max_length=160)
    media_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["bid", "sha256"], name="bids_file_once")]

    def __str__(self) -> str:
        return self.name


class CounterOffer(models.Model):
    """One side's answer to a bid in force: another price or date, for a line or (`line` null) for the whole bid.

    `price_amount` is per unit of the line, or for all goods of the bid, in 1/10,000 of the bid's currency. At most one
    waits for each bid and line. `revision` is the bid's that it answers: another revision makes it void.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    bid = models.ForeignKey("buyer_requests.Bid", on_delete=models.CASCADE, related_name="counters")
    line = models.ForeignKey(
        "buyer_requests.RequestLine", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    answers = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="answer"
    )
    side = models.CharField(max_length=6, choices=Side)
    revision = models.PositiveIntegerField()
    price_amount = PriceField(_("price"), null=True, blank=True)
    delivery_on = models.DateField(_("delivered by"), null=True, blank=True)
    text = models.CharField(_("message"), max_length=500, blank=True, default="")
    state = models.CharField(max_length=9, choices=CounterState, default=CounterState.OPEN)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["bid", "line"],
                condition=models.Q(state="open", line__isnull=False),
                name="bids_counter_once_a_line",
            ),
            models.UniqueConstraint(
                fields=["bid"],
                condition=models.Q(state="open", line__isnull=True),
                name="bids_counter_once_a_bid",
            ),
            models.CheckConstraint(
                condition=models.Q(price_amount__isnull=True) | models.Q(price_amount__gt=0),
                name="bids_counter_price_positive",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], condition=models.Q(state="open"), name="bids_counters_that_wait"
            )
        ]

    def __str__(self) -> str:
        return f"{self.bid_id} {self.side} {self.price_amount}"


class BiddingRule(models.Model):
    """When a vendor's row bids by itself, and at what price. Amounts are 1/10,000 of the row's currency."""

    vendor = models.ForeignKey("vendors.Vendor", on_delete=models.CASCADE, related_name="bidding_rules")
    name = models.CharField(_("name"), max_length=80)
    state = models.CharField(max_length=6, choices=RuleState, default=RuleState.DRAFT)
    categories = models.ManyToManyField("catalog.Category", blank=True, related_name="+")
    discount_percent = models.DecimalField(
        _("discount from the list price, %"),
        max_digits=4,
        decimal_places=1,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(90))],
    )
    margin_percent = models.DecimalField(
        _("never less than the purchase price and a markup of (%)"),
        max_digits=5,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(900))],
    )
    needs_stock = models.BooleanField(_("only what is in stock in full"), default=True)
    least_percent = models.PositiveSmallIntegerField(
        _("only if it prices this share of the lines (%)"), default=50, validators=[MaxValueValidator(100)]
    )
    regions = models.JSONField(_("places of delivery"), default=list, blank=True)
    only_verified = models.BooleanField(_("only for buyers with a confirmed address"), default=True)
    most_amount = PriceField(_("largest bid"), null=True, blank=True)
    most_a_day = models.PositiveSmallIntegerField(_("bids a day"), default=20)
    most_amount_a_day = PriceField(_("sum of bids a day"), null=True, blank=True)
    hour_from = models.PositiveSmallIntegerField(
        _("from"), default=0, validators=[MaxValueValidator(23)], help_text="by the row's own clock"
    )
    hour_to = models.PositiveSmallIntegerField(_("until"), default=24, validators=[MaxValueValidator(24)])
    valid_days = models.PositiveSmallIntegerField(
        _("the bid holds for days"), default=14, validators=[MaxValueValidator(180)]
    )
    terms = models.CharField(_("terms"), max_length=1000, blank=True, default="")
    tried_at = models.DateTimeField(null=True, blank=True, help_text="dry run of the rule as it is now")
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["vendor"], condition=models.Q(state="live"), name="bids_rules_that_live")
        ]

    def __str__(self) -> str:
        return self.name


class RuleOutcome(models.Model):
    """What a vendor's rules did with a request: one row for both, so that there is never a second automatic bid."""

    request = models.ForeignKey("buyer_requests.BuyerRequest", on_delete=models.CASCADE, related_name="+")
    vendor = models.ForeignKey(
        "vendors.Vendor", on_delete=models.CASCADE, related_name="rule_outcomes", db_index=False
    )
    rule = models.ForeignKey(BiddingRule, on_delete=models.SET_NULL, null=True, related_name="outcomes")
    outcome = models.CharField(max_length=7, choices=Outcome)
    reason = models.CharField(max_length=20, blank=True, default="", help_text="a code; why there is no bid")
    amount_base = PriceField(default=0, help_text="all goods of the bid, in the row's currency, 1/10,000")
    lines = models.PositiveIntegerField(default=0)
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "vendor"], name="bids_outcome_once")]
        indexes = [models.Index(fields=["vendor", "-decided_at"], name="bids_outcomes_of_vendor")]

    def __str__(self) -> str:
        return f"{self.vendor_id} → {self.request_id}: {self.outcome}"


class BiddingStop(models.Model):
    """An operator's word that a vendor, or everybody, does not bid by rules, until the row is deleted."""

    vendor = models.OneToOneField(
        "vendors.Vendor", on_delete=models.CASCADE, null=True, blank=True, related_name="bidding_stop"
    )
    everybody = models.BooleanField(default=False)
    reason = models.CharField(_("reason"), max_length=255, blank=True, default="")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["everybody"], condition=models.Q(everybody=True), name="bids_one_stop_for_all"
            ),
            models.CheckConstraint(
                condition=models.Q(everybody=True, vendor__isnull=True)
                | models.Q(everybody=False, vendor__isnull=False),
                name="bids_stop_of_one_or_all",
            ),
        ]

    def __str__(self) -> str:
        return f"stop of {self.vendor_id or 'all'}"


class LookAlike(models.Model):
    """Two vendors who bid on one request and may be one company; `first` is the one with the lower id. For operators."""

    first = models.ForeignKey("vendors.Vendor", on_delete=models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey("vendors.Vendor", on_delete=models.CASCADE, related_name="+")
    request = models.ForeignKey(
        "buyer_requests.BuyerRequest", on_delete=models.CASCADE, related_name="+", help_text="the latest one"
    )
    signs = models.JSONField(default=list, help_text="codes of what they share")
    times = models.PositiveIntegerField(default=1, help_text="requests that both bid on")
    seen_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="bids_look_alike_once")]

    def __str__(self) -> str:
        return f"{self.first_id} ~ {self.second_id}"
