"""What was said about points of the checklist: who, when, on what grounds."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from vendors.onboarding.enums import MarkState


class OnboardingMark(models.Model):
    """The last word about one point of one company. Earlier ones stand in the audit log."""

    vendor = models.ForeignKey("vendors.Vendor", on_delete=models.CASCADE, related_name="onboarding_marks")
    item = models.CharField(max_length=40, help_text="key of vendors.onboarding.items")
    state = models.CharField(max_length=6, choices=MarkState)
    evidence = models.CharField(_("what was seen"), max_length=500, blank=True, default="")
    reason = models.CharField(_("reason"), max_length=500, blank=True, default="", help_text="of a waiver")
    actor = models.CharField(max_length=60, help_text="typed id; system: looked up by the row itself")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vendor", "item"], name="vendors_mark_once")]

    def __str__(self) -> str:
        return f"{self.vendor_id} {self.item}: {self.state}"
