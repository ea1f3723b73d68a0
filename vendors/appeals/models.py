"""Decisions that concern a vendor, each with its appeal."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from vendors.appeals.enums import Outcome


class Decision(models.Model):
    """What was decided about a vendor or a thing of its, why, and what its people said against it."""

    vendor = models.ForeignKey(
        "vendors.Vendor", on_delete=models.CASCADE, related_name="decisions", db_index=False
    )
    kind = models.CharField(max_length=40, help_text="see vendors.appeals.kinds")
    subject = models.CharField(max_length=60, help_text="typed id: offer:12")
    subject_name = models.CharField(max_length=200, blank=True, default="")
    reason = models.CharField(_("reason"), max_length=1000)
    details = models.JSONField(default=dict, blank=True, help_text="what undoing it needs")
    decided_by = models.CharField(max_length=60, help_text="typed id; system: a rule")
    decided_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True, help_text="in force no longer")
    appeal = models.CharField(_("appeal"), max_length=1000, blank=True, default="")
    appealed_by = models.CharField(max_length=60, blank=True, default="")
    appealed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True, default="")
    outcome_reason = models.CharField(_("reason"), max_length=1000, blank=True, default="")
    outcome_by = models.CharField(max_length=60, blank=True, default="")
    outcome_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        indexes = [
            models.Index(fields=["vendor", "-id"], name="vendors_decisions_of_vendor"),
            models.Index(fields=["subject"], name="vendors_decisions_about"),
            models.Index(
                fields=["appealed_at", "id"],
                condition=models.Q(appealed_at__isnull=False, outcome=""),
                name="vendors_appeals_that_wait",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def waits(self) -> bool:
        return self.appealed_at is not None and not self.outcome and self.lifted_at is None
