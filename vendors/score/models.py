"""The figures of score cards, one row for each company, measure and day."""

from __future__ import annotations

from django.db import models


class VendorFigure(models.Model):
    """`part` of `whole` over the measure's span up to that day; `value` is the one by the other, to sort by."""

    vendor = models.ForeignKey("vendors.Vendor", on_delete=models.CASCADE, related_name="figures")
    measure = models.CharField(max_length=40)
    day = models.DateField()
    part = models.FloatField()
    whole = models.FloatField()
    value = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vendor", "measure", "day"], name="vendors_figure_of_day")
        ]
        indexes = [models.Index(fields=["measure", "day", "value"], name="vendors_figures_by_value")]

    def __str__(self) -> str:
        return f"{self.measure} of {self.vendor_id} on {self.day}: {self.part} of {self.whole}"
