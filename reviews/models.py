"""What the two sides of a deal say of each other."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from buyer_requests.models import BuyerRequest, PoolMember
from reviews.enums import ReviewState, Side
from vendors.models import Vendor


class Review(models.Model):
    """One side's word on one deal: a request and a vendor who accepted an award of it.

    Neither side reads the other's word before it gave its own, or before `reveal_at`. `kept_word` and `in_time` are null
    where nothing was said. The request and the author stay nameless to the public.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request = models.ForeignKey(BuyerRequest, on_delete=models.PROTECT, related_name="reviews")
    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="reviews")
    side = models.CharField(max_length=6, choices=Side)
    member = models.ForeignKey(
        PoolMember,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="reviews",
        help_text="the participant of a pooled request who speaks, where it is not its organiser",
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    stars = models.PositiveSmallIntegerField(
        _("stars"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    kept_word = models.BooleanField(_("as agreed"), null=True, blank=True)
    in_time = models.BooleanField(_("in time"), null=True, blank=True)
    text = models.TextField(_("in your words"), blank=True, default="", max_length=2000)
    state = models.CharField(max_length=9, choices=ReviewState, default=ReviewState.WAITING)
    reveal_at = models.DateTimeField(help_text="shown from then on, whatever the other side did")
    created_at = models.DateTimeField(auto_now_add=True)
    shown_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True, default="", max_length=2000)
    answered_at = models.DateTimeField(null=True, blank=True)
    report = models.CharField(
        _("why it was reported"), max_length=500, blank=True, default="", help_text="by the side it is about"
    )
    reported_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(_("decision"), max_length=500, blank=True, default="")
    decided_by = models.CharField(max_length=60, blank=True, default="", help_text="typed id")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.UniqueConstraint(
                fields=["request", "vendor", "side"],
                condition=models.Q(member__isnull=True),
                name="reviews_once_a_side",
            ),
            models.UniqueConstraint(
                fields=["vendor", "member"],
                condition=models.Q(member__isnull=False),
                name="reviews_once_a_participant",
            ),
            models.CheckConstraint(
                condition=models.Q(stars__gte=1, stars__lte=5), name="reviews_one_to_five"
            ),
        ]
        indexes = [
            models.Index(fields=["vendor", "side", "state", "-shown_at"], name="reviews_of_vendor"),
            models.Index(fields=["reveal_at"], condition=models.Q(state="waiting"), name="reviews_to_reveal"),
            models.Index(
                fields=["reported_at"],
                condition=models.Q(reported_at__isnull=False, decided_at__isnull=True),
                name="reviews_reported",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} × {self.vendor_id}: {self.stars} ({self.side})"
