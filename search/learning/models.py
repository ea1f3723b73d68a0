"""What is kept of searches beside the log: hits that were opened, counts by day and query, demand that is not met."""

from __future__ import annotations

from django.db import models

from catalog.models import Category


class OpenedHit(models.Model):
    """A hit of a search that somebody opened, once a search and offer. `token` is the search's, not a person's."""

    token = models.CharField(max_length=12)
    key = models.BigIntegerField(help_text="of the query, as in the log")
    language = models.CharField(max_length=2, default="uk")
    offer_id = models.BigIntegerField()
    place = models.PositiveSmallIntegerField(help_text="in the list, from 1")
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token", "offer_id"], name="search_opened_once"),
        ]
        indexes = [models.Index(fields=["opened_at"], name="search_opened_time")]

    def __str__(self) -> str:
        return f"{self.token} {self.offer_id} @{self.place}"


class QueryDay(models.Model):
    """One query on one day, all its spellings and forms together. Made from the log, and what is left when that goes."""

    day = models.DateField()
    key = models.BigIntegerField()
    language = models.CharField(max_length=2)
    words = models.CharField(max_length=200, help_text="as it was mostly typed")
    searches = models.PositiveIntegerField()
    empty = models.PositiveIntegerField(help_text="searches that found nothing")
    above = models.PositiveIntegerField(help_text="of these, with something above the ceiling")
    corrected = models.PositiveIntegerField()
    corrected_to = models.CharField(max_length=200, default="", blank=True)
    opened = models.PositiveIntegerField(help_text="searches of which a hit was opened, at most all of them")
    hits = models.PositiveIntegerField(help_text="hits that were opened")
    places = models.PositiveIntegerField(help_text="sum of their places")
    category_id = models.BigIntegerField(null=True)
    visitors = models.PositiveIntegerField(default=0, help_text="different ones of that day")
    results = models.PositiveBigIntegerField(
        default=0, help_text="sum of what its searches found, at most 1,000 each"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "key", "language"], name="search_day_of_query"),
        ]
        indexes = [models.Index(fields=["key", "day"], name="search_days_of_key")]

    def __str__(self) -> str:
        return f"{self.day} {self.words}: {self.searches}"


class CommonQuery(models.Model):
    """A query that enough different people asked: operators read its words, and its days outlive the log. Made anew each
    night from the days.
    """

    key = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.key)


class UnmetDemand(models.Model):
    """What many wanted and nobody has, or only above what they would pay. Holds nothing that fewer stand behind than
    may be told, and numbers rounded down: whoever reads the table learns no more than the page shows.
    """

    above_ceiling = models.BooleanField(help_text="there is something, but above the ceiling asked for")
    words = models.CharField(
        max_length=200, default="", blank=True, help_text="'': of the category as a whole"
    )
    language = models.CharField(max_length=2, default="uk")
    category = models.ForeignKey(Category, on_delete=models.CASCADE, null=True, related_name="+")
    visitors = models.PositiveIntegerField(help_text="of a day each, rounded down")
    regions = models.JSONField(default=list, help_text="codes of regions that stand for themselves")
    refreshed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.words or self.category_id}: {self.visitors}"
