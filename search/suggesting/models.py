"""What is kept for suggestions: the queries that many asked, and what operators block."""

from __future__ import annotations

from django.db import models


class PopularQuery(models.Model):
    """A query that was asked on several days and finds something. Made anew from the log by a job; who asked is not
    known here nor there.
    """

    words = models.CharField(max_length=200, unique=True)
    language = models.CharField(max_length=2, default="uk", help_text="of the pages it was mostly asked on")
    asked = models.PositiveIntegerField(help_text="visitors of a day, at least")
    days = models.PositiveSmallIntegerField(help_text="different days on which it was asked, at least")
    total = models.PositiveIntegerField(help_text="offers that it found when it was last tried")
    only_vendor_id = models.BigIntegerField(null=True, help_text="whose offers alone it found, if one's")
    refreshed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.words}: {self.asked}"


class BlockedQuery(models.Model):
    """Words that are never suggested together, in whatever form: an operator said so, and why."""

    words = models.CharField(max_length=200, unique=True)
    reason = models.CharField(max_length=200)
    made_by = models.CharField(max_length=80, help_text="typed id")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.words
