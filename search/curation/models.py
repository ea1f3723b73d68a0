"""What operators set for single queries, and what they did about queries of the reports. Rows that acted are never
deleted: they end, with who ended them.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Category, Offer, Product
from search.curation.enums import HandledBy, Language, Match, PlaceKind, RouteKind
from search.tuning.enums import TuningState
from vendors.models import Vendor


class Acting(models.Model):
    """A draft that goes live and ends, with who did it."""

    state = models.CharField(max_length=5, choices=TuningState, default=TuningState.DRAFT)
    made_by = models.CharField(max_length=80, help_text="typed id")
    made_at = models.DateTimeField()
    live_by = models.CharField(max_length=80, blank=True, default="", help_text="typed id")
    live_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=80, blank=True, default="", help_text="typed id")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Placement(Acting):
    """A good that stands higher or lower for a query than its words say, for so long and for a reason. Nobody can buy it:
    `reason` says why an editor did it. Of an offer or of a good with all its offers; `name` is what it was called then,
    for the day on which both are gone.
    """

    kind = models.CharField(max_length=4, choices=PlaceKind)
    words = models.CharField(_("query"), max_length=200)
    match = models.CharField(max_length=5, choices=Match, default=Match.EXACT)
    language = models.CharField(max_length=2, choices=Language, blank=True, default=Language.ALL)
    offer = models.ForeignKey(Offer, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=300)
    place = models.PositiveSmallIntegerField(null=True, blank=True, help_text="of a pin: not below this one")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(_("reason"), max_length=300)
    seen_at = models.DateTimeField(null=True, blank=True, help_text="when its preview was looked at")

    class Meta:
        verbose_name = _("place in the results")
        verbose_name_plural = _("places in the results")
        constraints = [
            models.CheckConstraint(
                condition=Q(offer__isnull=True) | Q(product__isnull=True), name="search_placement_of_one"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="search_placement_ends_later"
            ),
            models.CheckConstraint(
                condition=Q(kind="bury", place__isnull=True) | Q(kind="pin", place__gte=1, place__lte=10),
                name="search_placement_has_place",
            ),
        ]
        indexes = [models.Index(fields=["state", "ends_at"], name="search_placements_live")]

    def __str__(self) -> str:
        return f"{self.words}: {self.name}"


class StopWord(Acting):
    """A word that says nothing about what is wanted, beside those that the analysis knows itself."""

    word = models.CharField(_("word"), max_length=40)
    language = models.CharField(max_length=2, choices=Language, blank=True, default=Language.ALL)
    note = models.CharField(_("note"), max_length=200, blank=True, default="")
    was_tried = models.BooleanField(default=False, help_text="somebody saw a replay before it went live")

    class Meta:
        verbose_name = _("word left out")
        verbose_name_plural = _("words left out")
        constraints = [
            models.UniqueConstraint(
                fields=["word", "language"], condition=~Q(state="past"), name="search_stop_word_once"
            )
        ]

    def __str__(self) -> str:
        return self.word


class QueryRoute(Acting):
    """A query that leads to a page instead of results; from there one can still ask for the results."""

    words = models.CharField(_("query"), max_length=200)
    match = models.CharField(max_length=5, choices=Match, default=Match.EXACT)
    language = models.CharField(max_length=2, choices=Language, blank=True, default=Language.ALL)
    kind = models.CharField(max_length=8, choices=RouteKind)
    category = models.ForeignKey(Category, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    vendor = models.ForeignKey(Vendor, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    path = models.CharField(
        max_length=300, blank=True, default="", help_text="of this site, without language"
    )
    note = models.CharField(_("note"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("query that leads to a page")
        verbose_name_plural = _("queries that lead to pages")
        constraints = [
            models.UniqueConstraint(
                fields=["words", "match", "language"], condition=Q(state="live"), name="search_route_once"
            )
        ]

    def __str__(self) -> str:
        return self.words


class SynonymVersion(models.Model):
    """All synonyms as they were live from one moment on, so that one can go back to them. `rows` as
    `search.curation.synonym_versions.snapshot` gives them.
    """

    rows = models.JSONField(default=list)
    made_by = models.CharField(max_length=80, help_text="typed id")
    made_at = models.DateTimeField()
    copy_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("version of the synonyms")
        verbose_name_plural = _("versions of the synonyms")

    def __str__(self) -> str:
        return f"{self.pk}: {len(self.rows)}"

    @property
    def pairs(self) -> list[dict[str, Any]]:
        return list(self.rows)


class QueryHandling(models.Model):
    """What an operator did about a query of the reports, and when: the last row of a key counts. `subject` is the typed id
    of what was made for it.
    """

    key = models.BigIntegerField(help_text="of the query, as in the log")
    words = models.CharField(max_length=200)
    handled_by = models.CharField(max_length=8, choices=HandledBy)
    subject = models.CharField(max_length=60, blank=True, default="", help_text="typed id")
    note = models.CharField(max_length=200, blank=True, default="")
    actor = models.CharField(max_length=80, help_text="typed id")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="when it was opened again")

    class Meta:
        indexes = [models.Index(fields=["key", "-id"], name="search_handled_of_key")]

    def __str__(self) -> str:
        return f"{self.words}: {self.handled_by}"
