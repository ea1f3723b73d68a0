"""Requests held back, vendors' reports, and the trace of all decisions, which is only ever added to."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from buyer_requests.trust.enums import Deed, HoldCause, HoldState, ReportReason, Verdict

#: States in which further vendors neither see the request nor hear of it.
HOLDING = (HoldState.HELD, HoldState.CLOSED, HoldState.APPEALED, HoldState.UPHELD)


class RequestHold(models.Model):
    """A request that is, or was, held back from further vendors until an operator decides."""

    request = models.OneToOneField(
        "buyer_requests.BuyerRequest", on_delete=models.CASCADE, primary_key=True, related_name="hold"
    )
    state = models.CharField(max_length=8, choices=HoldState, default=HoldState.HELD)
    cause = models.CharField(max_length=7, choices=HoldCause)
    findings = models.JSONField(default=list, help_text="[{rule, weight, ...}]; see trust/look.py")
    held_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("reason, told to the buyer"), max_length=500, blank=True, default="")
    appeal = models.CharField(_("the buyer's appeal"), max_length=1000, blank=True, default="")
    appealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("request held back")
        verbose_name_plural = _("requests held back")
        indexes = [
            models.Index(
                fields=["held_at"],
                condition=models.Q(state__in=("held", "appealed")),
                name="requests_holds_that_wait",
            )
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.state}"


class RequestReport(models.Model):
    """A vendor's report about a request; one a vendor. What it weighed is judged anew whenever another comes."""

    request = models.ForeignKey(
        "buyer_requests.BuyerRequest", on_delete=models.CASCADE, related_name="reports"
    )
    vendor = models.ForeignKey("vendors.Vendor", on_delete=models.CASCADE, related_name="+")
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=9, choices=ReportReason)
    text = models.CharField(_("in your words"), max_length=500, blank=True, default="")
    reported_at = models.DateTimeField()
    verdict = models.CharField(max_length=5, choices=Verdict, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "vendor"], name="requests_report_once")]

    def __str__(self) -> str:
        return f"{self.vendor_id} about {self.request_id}"


class TraceEntry(models.Model):
    """What was decided about a request and by whom, as typed ids. Rows are added and never changed."""

    subject = models.CharField(max_length=60)
    actor = models.CharField(max_length=60)
    deed = models.CharField(max_length=9, choices=Deed)
    details = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("entry of the trace")
        ordering = ["pk"]
        indexes = [models.Index(fields=["subject"], name="requests_trace_of_subject")]

    def __str__(self) -> str:
        return f"{self.subject} {self.deed}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("The trace is only added to.")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("The trace is only added to.")
