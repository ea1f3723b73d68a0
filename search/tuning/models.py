"""What operators set about searching: versions of points beside relevance, synonyms, and how they did when tried."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from search.tuning.enums import Subject, TuningState
from search.tuning.weights import BUDGET, MOST, REASONS, Secondary

_EACH_WITHIN = Q(**{f"{name}__lte": most for name, most in MOST.items()})
_LEFT_FOR_STOCK = Value(BUDGET) - F("category") - F("freshness") - F("price") - F("quality")


class RankingWeights(models.Model):
    """One version of the points beside relevance. Without any the shipped ones hold. Versions are never changed once
    they were live: going back makes a new one with the old one's points.
    """

    state = models.CharField(max_length=5, choices=TuningState, default=TuningState.DRAFT)
    availability = models.PositiveSmallIntegerField(_("stock"))
    freshness = models.PositiveSmallIntegerField(_("freshness"))
    price = models.PositiveSmallIntegerField(_("price"))
    quality = models.PositiveSmallIntegerField(_("vendor's quality"))
    category = models.PositiveSmallIntegerField(_("category that the words mean"))
    note = models.CharField(_("note"), max_length=200, blank=True, default="")
    copy_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    made_by = models.CharField(max_length=80, help_text="typed id")
    made_at = models.DateTimeField()
    live_by = models.CharField(max_length=80, blank=True, default="", help_text="typed id")
    live_at = models.DateTimeField(null=True, blank=True)
    was_tried = models.BooleanField(default=False, help_text="somebody saw a replay before it went live")

    class Meta:
        verbose_name = _("points of ranking")
        verbose_name_plural = _("points of ranking")
        constraints = [
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state__in=["draft", "live"]),
                name="search_weights_one_of_a_state",
            ),
            models.CheckConstraint(condition=_EACH_WITHIN, name="search_weights_each_within"),
            models.CheckConstraint(
                condition=Q(availability__lte=_LEFT_FOR_STOCK), name="search_weights_all_within"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"

    @property
    def secondary(self) -> Secondary:
        return Secondary(**{name: getattr(self, name) for name in REASONS})


class Synonym(models.Model):
    """Other words for one thing. Who asks for `words` is also answered by `also`; with `both_ways` the other way, too."""

    words = models.CharField(_("words"), max_length=80)
    also = models.CharField(_("also find"), max_length=80)
    both_ways = models.BooleanField(_("both ways"), default=True)
    language = models.CharField(
        _("language"),
        max_length=2,
        blank=True,
        default="",
        help_text="of the pages one searches on; '': of all",
    )
    note = models.CharField(_("note"), max_length=200, blank=True, default="")
    state = models.CharField(max_length=5, choices=TuningState, default=TuningState.DRAFT)
    made_by = models.CharField(max_length=80, help_text="typed id")
    made_at = models.DateTimeField()
    live_by = models.CharField(max_length=80, blank=True, default="", help_text="typed id")
    live_at = models.DateTimeField(null=True, blank=True)
    was_tried = models.BooleanField(default=False, help_text="somebody saw a replay before it went live")
    ended_by = models.CharField(max_length=80, blank=True, default="", help_text="typed id")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("synonym")
        verbose_name_plural = _("synonyms")
        constraints = [
            models.UniqueConstraint(
                fields=["words", "also", "language"],
                condition=~Q(state="past"),
                name="search_synonym_once_a_language",
            )
        ]

    def __str__(self) -> str:
        return f"{self.words} {'↔' if self.both_ways else '→'} {self.also}"

    def pairs(self) -> list[tuple[str, str, str]]:
        """For the table of synonyms: who asks, what else answers, on pages of which language."""
        there = (self.words, self.also, self.language)
        return [there, (self.also, self.words, self.language)] if self.both_ways else [there]


class Replay(models.Model):
    """Searches of people done again with what is live and with a draft. `tried` tells which draft it was: another one
    needs another replay. `outcome` is what `search.tuning.replaying.replay` gives.
    """

    subject = models.CharField(max_length=8, choices=Subject)
    tried = models.CharField(max_length=64, help_text="fingerprint of what was live and of the draft")
    asked_by = models.CharField(max_length=80, help_text="typed id")
    asked_at = models.DateTimeField()
    job_id = models.UUIDField(null=True, blank=True)
    outcome = models.JSONField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.CharField(max_length=80, blank=True, default="", help_text="typed id")
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("replay")
        verbose_name_plural = _("replays")
        indexes = [models.Index(fields=["subject", "tried"], name="search_replay_of_draft")]

    def __str__(self) -> str:
        return f"{self.subject} {self.tried[:8]}"


class TuningToken(models.Model):
    """One row: the token changes with whatever of the above is live, so that processes read it anew."""

    token = models.CharField(max_length=32)

    def __str__(self) -> str:
        return self.token
