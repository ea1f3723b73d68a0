"""Notes that operators keep about a company, and their visits to its desk."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class VendorNote(models.Model):
    """Among operators: the company's people never see it. `author` is a typed id."""

    vendor = models.ForeignKey("vendors.Vendor", on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(_("note"))
    author = models.CharField(max_length=60, db_index=True)
    pinned = models.BooleanField(_("pinned"), default=False)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("note about a vendor")
        verbose_name_plural = _("notes about vendors")
        indexes = [models.Index(fields=["vendor", "-pinned", "-id"], name="vendors_notes_of_vendor")]

    def __str__(self) -> str:
        return f"note {self.pk} about {self.vendor_id}"


class DeskVisit(models.Model):
    """An operator works on a company's desk for it, for half an hour at most."""

    vendor = models.ForeignKey("vendors.Vendor", on_delete=models.CASCADE, related_name="visits")
    operator = models.CharField(max_length=60, help_text="typed id")
    reason = models.TextField(_("reason"))
    began_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="the latest; earlier where `ended_at` says so")
    ended_at = models.DateTimeField(null=True, blank=True)
    deeds = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("visit to a vendor's desk")
        verbose_name_plural = _("visits to vendors' desks")
        indexes = [models.Index(fields=["vendor", "-id"], name="vendors_visits_of_vendor")]
        constraints = [
            models.UniqueConstraint(
                fields=["operator"], condition=models.Q(ended_at=None), name="vendors_one_visit_at_once"
            )
        ]
        permissions = [("act_for_vendor", "Works on vendors' desks for them")]

    def __str__(self) -> str:
        return f"visit {self.pk} to {self.vendor_id}"
