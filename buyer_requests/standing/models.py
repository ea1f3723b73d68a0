"""Terms of a standing request, its rounds, and what was found for it since."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from buyer_requests.standing.enums import NewsEvery, Period, StandingState
from catalog.models import Offer
from core.money import PriceField
from vendors.models import Vendor


class StandingTerms(models.Model):
    """A request with a row stands: at its deadline a round closes and the deadline moves on by a period."""

    request = models.OneToOneField(
        "buyer_requests.BuyerRequest", on_delete=models.CASCADE, related_name="standing"
    )
    state = models.CharField(max_length=6, choices=StandingState, default=StandingState.ACTIVE)
    period = models.CharField(_("a round closes"), max_length=7, choices=Period, default=Period.MONTH)
    step_percent = models.PositiveSmallIntegerField(
        _("tell me of offers that got cheaper by, %"), default=5, help_text="of the price told last"
    )
    news_days = models.PositiveSmallIntegerField(
        _("tell me of offers"), choices=NewsEvery, default=NewsEvery.DAY
    )
    ends_on = models.DateField(_("until"), null=True, blank=True, help_text="null: until it is ended")
    day_of_month = models.PositiveSmallIntegerField(
        default=0, help_text="of the first deadline: months of fewer days do not move the later ones"
    )
    rounds_closed = models.PositiveIntegerField(default=0)
    told_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.request_id} {self.period} {self.state}"


class StandingRound(models.Model):
    """A round that closed: an ordinary closed request with the bids as they stood, on which the buyer decides."""

    terms = models.ForeignKey(StandingTerms, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveIntegerField()
    request = models.OneToOneField(
        "buyer_requests.BuyerRequest", on_delete=models.CASCADE, related_name="round_of"
    )
    closed_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["terms", "number"], name="requests_round_once")]

    def __str__(self) -> str:
        return f"{self.terms_id} #{self.number}"


class StandingFind(models.Model):
    """An offer that meets a line of a standing request, with the prices at which it was told of.

    Prices are per unit of the line in the row's currency; null: not told yet, or no price is known.
    """

    terms = models.ForeignKey(StandingTerms, on_delete=models.CASCADE, related_name="finds")
    line = models.ForeignKey("buyer_requests.RequestLine", on_delete=models.CASCADE, related_name="+")
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="+")
    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="+", db_index=False)
    price_base = PriceField(null=True)
    told_base = PriceField(null=True)
    is_news = models.BooleanField(default=True, help_text="the buyer is to be told")
    is_vendor_news = models.BooleanField(default=True, help_text="its vendor is to be told")
    found_at = models.DateTimeField()
    vendor_told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "offer"], name="requests_find_once")]
        indexes = [models.Index(fields=["terms", "vendor"], name="requests_finds_of_vendor")]

    def __str__(self) -> str:
        return f"{self.line_id} ~ {self.offer_id}"
