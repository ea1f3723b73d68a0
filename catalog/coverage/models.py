"""Counts of offers on sale of which an attribute is known, and what they were counted from."""

from __future__ import annotations

from django.db import models

from vendors.models import Vendor


class Coverage(models.Model):
    """Of `offers` on sale of one vendor in one category itself, `known` tell the attribute. Without a vendor: of all
    vendors, the categories below it included.
    """

    category = models.ForeignKey(
        "catalog.Category", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    attribute = models.ForeignKey(
        "catalog.Attribute", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    vendor = models.ForeignKey(
        Vendor, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    offers = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    asked = models.PositiveIntegerField(
        default=0, db_default=0, help_text="how often buyers filtered by it, of late"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["category", "attribute", "vendor"], name="catalog_coverage_of_vendor"
            ),
            models.UniqueConstraint(
                fields=["category", "attribute"],
                condition=models.Q(vendor__isnull=True),
                name="catalog_coverage_of_all",
            ),
        ]
        indexes = [
            # The report: what is asked for most, then where most goods are.
            models.Index(
                fields=["-asked", "-offers", "id"],
                name="catalog_coverage_order",
                condition=models.Q(vendor__isnull=True),
            ),
            models.Index(fields=["attribute", "category"], name="catalog_coverage_attribute"),
        ]

    def __str__(self) -> str:
        return f"{self.category_id} {self.attribute_id}: {self.known} / {self.offers}"


class CoverageDay(models.Model):
    """What the sums of all vendors were on a day; a day on which they did not change has no row."""

    category = models.ForeignKey(
        "catalog.Category", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    attribute = models.ForeignKey(
        "catalog.Attribute", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    day = models.DateField()
    offers = models.PositiveIntegerField()
    known = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["category", "attribute", "day"], name="catalog_coverage_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.category_id} {self.attribute_id} {self.day}"


class CoverageMark(models.Model):
    """What a category looked like when it was counted last: equal marks mean that nothing has to be read again."""

    category = models.OneToOneField(
        "catalog.Category", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    offers = models.PositiveIntegerField()
    versions = models.PositiveBigIntegerField(help_text="sum of the offers' versions")
    rules = models.CharField(max_length=32)
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.category_id} {self.counted_at}"


class FilterUse(models.Model):
    """How often buyers narrowed results by an attribute, by day."""

    code = models.CharField(max_length=40, help_text="of the attribute")
    day = models.DateField()
    uses = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "day"], name="catalog_filter_use_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.day}"
