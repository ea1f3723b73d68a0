"""What searching writes down: the log of what was searched, and how the index was built, checked and failed."""

from __future__ import annotations

import uuid

from django.db import models

from search.curation.models import Placement, QueryHandling, QueryRoute, StopWord, SynonymVersion
from search.learning.models import CommonQuery, OpenedHit, QueryDay, UnmetDemand
from search.saved.models import PriceWatch, SavedMatch, SavedSearch, SearchKey
from search.suggesting.models import BlockedQuery, PopularQuery
from search.tuning.models import RankingWeights, Replay, Synonym, TuningToken

__all__ = [
    "BlockedQuery",
    "CommonQuery",
    "IndexBuild",
    "IndexCheck",
    "IndexFailure",
    "OpenedHit",
    "Placement",
    "PopularQuery",
    "PriceWatch",
    "QueryDay",
    "QueryHandling",
    "QueryLog",
    "QueryRoute",
    "RankingWeights",
    "Replay",
    "SavedMatch",
    "SavedSearch",
    "SearchKey",
    "StopWord",
    "Synonym",
    "SynonymVersion",
    "TuningToken",
    "UnmetDemand",
]


class QueryLog(models.Model):
    """One search by a person: words and outcome, no user, address or session. `visitor` is a number of that day and query,
    by a secret that is gone the day after.
    """

    words = models.CharField(max_length=200)
    language = models.CharField(max_length=2, default="uk")
    total = models.PositiveIntegerField()
    relaxed = models.BooleanField(default=False, help_text="found only after correcting or leaving words out")
    has_ceiling = models.BooleanField(default=False)
    key = models.BigIntegerField(default=0, help_text="equal for all forms and spellings of the query")
    token = models.CharField(max_length=12, default="", blank=True, help_text="random, of this search alone")
    corrected_to = models.CharField(max_length=200, default="", blank=True)
    category_id = models.BigIntegerField(null=True, help_text="chosen, or what the words mean")
    region = models.CharField(max_length=6, default="", blank=True)
    is_limited = models.BooleanField(
        default=False, help_text="by more than a category, a ceiling or a region"
    )
    is_above = models.BooleanField(default=False, help_text="found nothing but something above the ceiling")
    visitor = models.SmallIntegerField(
        null=True, help_text="of the day and key, see search.learning.visitors"
    )
    searched_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["searched_at"], name="search_log_time")]

    def __str__(self) -> str:
        return f"{self.words}: {self.total}"


class IndexFailure(models.Model):
    """An offer that the index does not hold as it is: its document cannot be built, or the engine rejects it.

    Tried again when the offer changes; gone once it succeeds. No foreign key: an index may name what is no more.
    """

    offer_id = models.BigIntegerField(primary_key=True)
    version = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=500)
    attempts = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.offer_id} v{self.version}: {self.reason}"


class IndexBuild(models.Model):
    """The one rebuild that may run, and how the last one ended. `token` is the right to go on with it."""

    token = models.UUIDField(default=uuid.uuid4)
    owner = models.CharField(max_length=80, default="", help_text="who may take it over at once, e.g. a job")
    generation = models.CharField(max_length=120, default="")
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    started_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, default="", help_text="why it was given up, '' if it was not")

    def __str__(self) -> str:
        return f"{self.generation} {self.done}/{self.total}"


class IndexCheck(models.Model):
    """One comparison of index and database; `differences` is how many of each kind were left."""

    is_deep = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    seconds = models.FloatField()
    offers = models.PositiveBigIntegerField(help_text="on sale when it was made")
    differences = models.JSONField(default=dict)
    mended = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}: {self.differences}"

    @property
    def total(self) -> int:
        """Differences of all kinds."""
        return sum(self.differences.values())
