"""Awards, proposals of whom to award, what bids are judged by, and the decision as it was made."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from buyer_requests.deciding.enums import BY_HAND, LIVE, AwardState, CriterionKind
from core.money import CurrencyField, PriceField, line_total


class Award(models.Model):
    """A line, or a part of it, given to a bid. Contacts are exchanged from then on.

    Live awards of a line (waiting, accepted) never hold more than its quantity: services see to it under the request's
    lock. `price_amount` is what the quantity reached by the bid's breaks.
    """

    request = models.ForeignKey(
        "buyer_requests.BuyerRequest", on_delete=models.PROTECT, related_name="awards"
    )
    line = models.ForeignKey("buyer_requests.RequestLine", on_delete=models.PROTECT, related_name="awards")
    bid = models.ForeignKey("buyer_requests.Bid", on_delete=models.PROTECT, related_name="awards")
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    price_amount = PriceField()
    currency = CurrencyField()
    alternative = models.PositiveSmallIntegerField(
        default=0, help_text="which of the bid's alternatives for the line; 0: what the bid itself offers"
    )
    title = models.CharField(max_length=500, blank=True, default="", help_text="what is to be delivered")
    below_least = models.BooleanField(
        default=False, help_text="the vendor's least order was not reached, and the buyer asks all the same"
    )
    state = models.CharField(max_length=8, choices=AwardState, default=AwardState.WAITING)
    answer_by = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    passes_on = models.BooleanField(
        default=False, help_text="unanswered or declined: to the next best at once"
    )
    passed_at = models.DateTimeField(
        null=True, blank=True, help_text="since when it is settled who has it after this one, if anybody"
    )
    awarded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    awarded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "bid"], name="requests_award_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="requests_award_positive"),
        ]
        indexes = [
            models.Index(
                fields=["answer_by"], condition=models.Q(state="waiting"), name="requests_awards_that_wait"
            ),
            models.Index(
                fields=["request"],
                condition=models.Q(state__in=["declined", "expired"], passed_at__isnull=True),
                name="requests_awards_to_pass",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} → {self.bid_id}"

    @property
    def total_minor(self) -> int:
        return line_total(self.price_amount, self.quantity)

    @property
    def is_live(self) -> bool:
        return self.state in LIVE


class Proposal(models.Model):
    """What the optimiser answered for a request. It holds while the question is the same: `digest` is of all of it."""

    request = models.ForeignKey(
        "buyer_requests.BuyerRequest", on_delete=models.CASCADE, related_name="proposals"
    )
    wishes = models.JSONField(help_text="what the buyer asked for: aim, vendors at most")
    digest = models.CharField(max_length=64)
    answer = models.JSONField(null=True, help_text="null: it is being worked out")
    failed = models.BooleanField(default=False)
    job = models.UUIDField(null=True)
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "digest"], name="requests_proposal_once")]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.wishes.get('aim')}"


class DecisionPlan(models.Model):
    """What a buyer holds to in a decision besides the aim: who may have what, and whether vendors see the weights."""

    request = models.OneToOneField(
        "buyer_requests.BuyerRequest", on_delete=models.CASCADE, related_name="decision_plan"
    )
    limits = models.JSONField(
        default=dict, blank=True, help_text="ids of bids: see buyer_requests/deciding/plans.py"
    )
    is_stated = models.BooleanField(default=False, help_text="vendors see criteria and weights")
    stated_changed_at = models.DateTimeField(
        null=True, blank=True, help_text="since the request was published"
    )

    def __str__(self) -> str:
        return str(self.request_id)


class Criterion(models.Model):
    """What bids are judged by besides the price: who is worst on it counts as if `weight` % dearer."""

    request = models.ForeignKey(
        "buyer_requests.BuyerRequest", on_delete=models.CASCADE, related_name="criteria"
    )
    kind = models.CharField(max_length=8, choices=CriterionKind)
    name = models.CharField(_("name"), max_length=80, blank=True, default="", help_text="of the buyer's own")
    weight = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(100)])

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "kind", "name"], name="requests_criterion_once"),
            models.CheckConstraint(
                condition=models.Q(weight__gte=1, weight__lte=100), name="requests_criterion_weight"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name or str(CriterionKind(self.kind).label)

    @property
    def is_by_hand(self) -> bool:
        return self.kind in BY_HAND


class CriterionScore(models.Model):
    """The buyer's points for a bid on a criterion, 0 to 10, more is better."""

    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="scores", db_index=False)
    bid = models.ForeignKey("buyer_requests.Bid", on_delete=models.CASCADE, related_name="+")
    points = models.PositiveSmallIntegerField(validators=[MaxValueValidator(10)])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["criterion", "bid"], name="requests_score_once"),
            models.CheckConstraint(condition=models.Q(points__lte=10), name="requests_score_points"),
        ]

    def __str__(self) -> str:
        return f"{self.bid_id}: {self.points}"


class Decision(models.Model):
    """The buyer's press of "Award" with what stood on the page then: never changed, for the buyer's records."""

    request = models.ForeignKey(
        "buyer_requests.BuyerRequest", on_delete=models.CASCADE, related_name="decisions"
    )
    reason = models.CharField(_("reason"), max_length=1000, blank=True, default="")
    grounds = models.JSONField(default=dict, help_text="totals, proof, weights: see deciding/records.py")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.request_id} {self.made_at:%Y-%m-%d}"
