"""Reported offers: one open case an offer, with the reports that it gathers."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.flags.enums import FlagReason, Verdict


class FlagCase(models.Model):
    """What was reported about one offer until an operator decided; later reports open another."""

    offer = models.ForeignKey("catalog.Offer", on_delete=models.CASCADE, related_name="flag_cases")
    vendor = models.ForeignKey("vendors.Vendor", on_delete=models.CASCADE, related_name="+", db_index=False)
    opened_at = models.DateTimeField()
    reports = models.PositiveIntegerField(default=0)
    verdict = models.CharField(max_length=9, choices=Verdict, blank=True, default="")
    reason = models.CharField(_("reason"), max_length=1000, blank=True, default="")
    decided_by = models.CharField(max_length=60, blank=True, default="", help_text="typed id")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("reported offer")
        verbose_name_plural = _("reported offers")
        constraints = [
            models.UniqueConstraint(
                fields=["offer"], condition=models.Q(verdict=""), name="catalog_flag_case_open_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["opened_at", "id"], condition=models.Q(verdict=""), name="catalog_flag_cases_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.offer_id}: {self.verdict or self.reports}"


class OfferFlag(models.Model):
    """One person's report."""

    case = models.ForeignKey(FlagCase, on_delete=models.CASCADE, related_name="flags", db_index=False)
    reporter = models.CharField(max_length=80, help_text="user:7, or what tells visitors of a day apart")
    reason = models.CharField(_("reason"), max_length=9, choices=FlagReason)
    text = models.CharField(_("in your words"), max_length=500, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "reporter"], name="catalog_flag_once")]
        indexes = [models.Index(fields=["reporter"], name="catalog_flags_of_reporter")]

    def __str__(self) -> str:
        return f"{self.reporter} about {self.case_id}"
