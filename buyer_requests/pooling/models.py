"""What a pooled request consists of besides its lines: terms, participants, what each takes, and what each was given."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from buyer_requests.pooling.enums import AwardRule, DeliveryRule, MemberState, PartState, Reach
from core.money import CurrencyField, PriceField


class PoolTerms(models.Model):
    """On what terms others may join. While others join, a line's quantity is the total of all who take part."""

    request = models.OneToOneField(
        "buyer_requests.BuyerRequest", on_delete=models.CASCADE, related_name="pool"
    )
    code = models.UUIDField(
        default=uuid.uuid4, unique=True, editable=False, help_text="in the joiners' address"
    )
    reach = models.CharField(_("who may join"), max_length=6, choices=Reach, default=Reach.LISTED)
    join_until = models.DateTimeField(_("others join until"), null=True, blank=True)
    regions = models.JSONField(_("only from"), default=list, blank=True)
    least_quantity = models.DecimalField(
        _("at least of a line"), max_digits=12, decimal_places=3, default=Decimal(0)
    )
    award_rule = models.CharField(_("who gets it"), max_length=5, choices=AwardRule, default=AwardRule.WHOLE)
    price_weight = models.PositiveSmallIntegerField(
        _("weight of the price, %"),
        default=100,
        validators=[MinValueValidator(10), MaxValueValidator(100)],
        help_text="the rest is the weight of days to deliver",
    )
    delivery_rule = models.CharField(
        _("delivery"), max_length=6, choices=DeliveryRule, default=DeliveryRule.EACH
    )
    tolerance_percent = models.PositiveSmallIntegerField(
        _("may fall away, %"),
        default=20,
        validators=[MaxValueValidator(90)],
        help_text="of a vendor's goods after the award, before it may withdraw",
    )
    words = models.TextField(default="", blank=True, help_text="analysed terms between spaces, for searching")
    told_total = models.PositiveIntegerField(
        default=0, help_text="participants when it was last told how it grows"
    )
    ended_at = models.DateTimeField(null=True, blank=True, help_text="when joining was ended")

    class Meta:
        indexes = [
            models.Index(
                fields=["join_until"],
                condition=models.Q(ended_at__isnull=True),
                name="pools_that_take_joiners",
            )
        ]

    def __str__(self) -> str:
        return f"pool of {self.request_id}"


class PoolMember(models.Model):
    """Who takes part in a pooled request; its buyer is one of them. Nobody sees who the others are, or their ceilings."""

    request = models.ForeignKey(
        "buyer_requests.BuyerRequest", on_delete=models.CASCADE, related_name="pool_members", db_index=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="pools_joined")
    state = models.CharField(max_length=6, choices=MemberState, default=MemberState.JOINED)
    place = models.CharField(_("place of delivery"), max_length=160, blank=True, default="")
    region = models.CharField(_("region of delivery"), max_length=5, blank=True, default="")
    name_shown = models.BooleanField(_("others may see my name"), default=False)
    out_reason = models.CharField(
        _("why"), max_length=300, blank=True, default="", help_text="the organiser's, told to who was put out"
    )
    joined_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    falls = models.JSONField(
        default=list,
        blank=True,
        help_text="{line, reason, price, ceiling, currency} each: what the decision left out",
    )

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["request", "user"], name="pools_member_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.request_id}"


class PoolQuantity(models.Model):
    """What a participant takes of a line. `ceiling_amount` is per unit in the request's currency, 1/10,000."""

    member = models.ForeignKey(
        PoolMember, on_delete=models.CASCADE, related_name="quantities", db_index=False
    )
    line = models.ForeignKey(
        "buyer_requests.RequestLine", on_delete=models.CASCADE, related_name="pool_quantities"
    )
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3)
    ceiling_amount = PriceField(_("at most per unit"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "line"], name="pools_quantity_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="pools_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.quantity} of {self.line_id}"


class PoolPart(models.Model):
    """What a participant pays one vendor, and for what: fixed when it was given, whatever others do afterwards.

    Amounts are minor units of the bid's currency. `lines` holds [line, quantity, price per unit in 1/10,000].
    """

    member = models.ForeignKey(PoolMember, on_delete=models.CASCADE, related_name="parts")
    bid = models.ForeignKey("buyer_requests.Bid", on_delete=models.PROTECT, related_name="pool_parts")
    lines = models.JSONField()
    goods_minor = models.BigIntegerField()
    delivery_minor = models.BigIntegerField(default=0)
    currency = CurrencyField()
    state = models.CharField(max_length=9, choices=PartState, default=PartState.GIVEN)
    given_at = models.DateTimeField()
    fell_away_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["member", "bid"], name="pools_part_once")]

    def __str__(self) -> str:
        return f"{self.member_id} ← {self.bid_id}"

    @property
    def total_minor(self) -> int:
        return self.goods_minor + self.delivery_minor
