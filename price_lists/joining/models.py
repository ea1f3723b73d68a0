"""Rows of product identity: keys by which offers are met, why an offer is of its product, doubts and conflicts.

They belong to the room's models and are imported by them. A person's word is a pair that is not open: no machine
goes against it.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models import Offer, Product
from price_lists.joining.enums import ConflictReason, ConflictState, JoinKind, PairState


class OfferKey(models.Model):
    """An offer under one of its block keys, by number. Keys that very many offers share are not kept for all of them:
    nothing is found by those.
    """

    number = models.BigIntegerField()
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number", "offer"], name="price_lists_offer_key")]

    def __str__(self) -> str:
        return f"{self.number} {self.offer_id}"


class OfferJoin(models.Model):
    """Why an offer is of its product: with which other offer it was compared, and what spoke for it."""

    offer = models.OneToOneField(Offer, on_delete=models.CASCADE, related_name="join")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="joins")
    kind = models.CharField(_("reason"), max_length=10, choices=JoinKind)
    witness = models.ForeignKey(Offer, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    probability = models.FloatField(default=1.0)
    evidence = models.JSONField(default=list, help_text="[[code, left, right, weight]]; left is this offer")
    actor = models.CharField(max_length=60, blank=True, default="", help_text="typed id; '' = the machine")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.offer_id} → {self.product_id}: {self.kind}"


class OfferPair(models.Model):
    """Two offers that a person is asked about, or was. `left` is the lower id."""

    left = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="+", db_index=False)
    right = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=PairState, default=PairState.OPEN)
    probability = models.FloatField(_("probability"), default=0.0)
    evidence = models.JSONField(default=list, help_text="as of a join")
    actor = models.CharField(max_length=60, blank=True, default="", help_text="typed id of who decided")
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("doubtful pair")
        verbose_name_plural = _("doubtful pairs")
        constraints = [
            models.UniqueConstraint(fields=["left", "right"], name="price_lists_pair_once"),
            models.CheckConstraint(
                condition=models.Q(left__lt=models.F("right")), name="price_lists_pair_in_order"
            ),
        ]
        indexes = [
            models.Index(
                fields=["-probability", "id"], name="price_lists_pairs_open", condition=models.Q(state="open")
            ),
            models.Index(
                fields=["created_at", "id"], name="price_lists_pairs_by_age", condition=models.Q(state="open")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.left_id} – {self.right_id}: {self.state}"


class GtinConflict(models.Model):
    """A barcode in quarantine, or one that a person has judged. Nothing joins by it unless it is trusted."""

    gtin = models.CharField(_("barcode (GTIN)"), max_length=14, unique=True, help_text="14 figures")
    reason = models.CharField(_("reason"), max_length=10, choices=ConflictReason)
    state = models.CharField(_("state"), max_length=10, choices=ConflictState, default=ConflictState.OPEN)
    evidence = models.JSONField(default=list, help_text="[[offer, offer, [[code, left, right, weight]]]]")
    actor = models.CharField(max_length=60, blank=True, default="", help_text="typed id of who decided")
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("barcode conflict")
        verbose_name_plural = _("barcode conflicts")
        indexes = [models.Index(fields=["state", "-id"], name="price_lists_conflicts")]

    def __str__(self) -> str:
        return f"{self.gtin}: {self.state}"


class WordStatistics(models.Model):
    """How rare words are among the titles on sale; the newest row counts."""

    documents = models.PositiveIntegerField()
    offers = models.PositiveBigIntegerField(help_text="the highest offer id when it was made")
    data = models.JSONField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.documents} {self.created_at:%Y-%m-%d}"
