"""Rows that serve every room: exchange rates, the outbox, long work and the workers' pulse.

Owner, actor and subject are typed ids ("user:7", "import_run:12") without foreign keys: core knows no nouns.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.money import CurrencyField


class CurrencyRate(models.Model):
    """How many units of the base currency one unit of `currency` cost on a day, in 1/1,000,000."""

    currency = CurrencyField()
    day = models.DateField()
    rate_micro = models.BigIntegerField(help_text="base units per unit of the currency, times 1,000,000")
    source = models.CharField(max_length=40, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["currency", "day"], name="core_rate_once_a_day"),
            models.CheckConstraint(condition=models.Q(rate_micro__gt=0), name="core_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.day}: {self.rate_micro / 1_000_000}"


class OutboxEntry(models.Model):
    """A fact that a consumer must learn of, written in the transaction that made it true."""

    consumer = models.CharField(max_length=40)
    topic = models.CharField(max_length=60)
    payload = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    visible_at = models.DateTimeField(help_text="not before: after a failure, or while a lease runs")
    lease = models.UUIDField(null=True)
    dead_at = models.DateTimeField(null=True, help_text="set aside after too many attempts")
    last_error = models.TextField(default="", blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["consumer", "visible_at", "id"],
                name="core_outbox_due",
                condition=models.Q(dead_at__isnull=True),
            ),
            models.Index(fields=["lease"], name="core_outbox_lease"),
        ]

    def __str__(self) -> str:
        return f"{self.consumer}/{self.topic} #{self.pk}"


class JobState(models.TextChoices):
    """Life of a long work."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


class Job(models.Model):
    """Long work with its progress: the truth about it, whatever the broker knows."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60, help_text="e.g. price_lists.import")
    task = models.CharField(max_length=120, help_text="name of the Celery task that does it")
    kwargs = models.JSONField(default=dict)
    queue = models.CharField(max_length=20, default="default")
    owner = models.CharField(max_length=60, default="", db_index=True)
    subject = models.CharField(max_length=60, default="", db_index=True)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.WAITING)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0, help_text="0: not known yet")
    message = models.CharField(max_length=255, default="", blank=True)
    result = models.JSONField(null=True)
    error_code = models.CharField(max_length=60, default="", blank=True)
    error = models.TextField(default="", blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    cancel_requested = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "heartbeat_at"], name="core_job_stale")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state} {self.done}/{self.total}"

    @property
    def percent(self) -> int | None:
        """Whole per cent done, None while the total is unknown."""
        return min(100, self.done * 100 // self.total) if self.total else None

    @property
    def is_over(self) -> bool:
        return self.state in {JobState.DONE, JobState.FAILED, JobState.CANCELLED}


class Heartbeat(models.Model):
    """When a worker last took something from a queue: written by a task that the schedule sends to each queue."""

    queue = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.queue} {self.at}"


class PartialUpload(models.Model):
    """A large file on its way in, piece by piece. How far it is says the file itself, not this row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.CharField(max_length=60, help_text='whose it is: "vendor:7"')
    actor = models.CharField(max_length=60, help_text="who began it")
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField(help_text="bytes that it will have")
    created_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["owner"], name="core_upload_owner"),
            models.Index(fields=["touched_at"], name="core_upload_touched"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.owner}"


class AuditEntry(models.Model):
    """What an operator did, to what and why. Written once; `core.audit` says how."""

    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=60, db_index=True)
    action = models.CharField(max_length=60, db_index=True, help_text="room.verb_noun, see core.audit.kinds")
    subject = models.CharField(max_length=60, default="", blank=True, db_index=True)
    subject_name = models.CharField(max_length=200, default="", blank=True)
    reason = models.TextField(default="", blank=True)
    details = models.JSONField(default=dict, blank=True)
    request_id = models.CharField(max_length=64, default="", blank=True)
    words = models.TextField(
        default="", blank=True, help_text="name and reason in small letters, to search in"
    )

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["subject", "-at", "-id"], name="core_audit_of_subject")]
        verbose_name = _("entry of the journal")
        verbose_name_plural = _("journal")

    def __str__(self) -> str:
        return f"{self.at} {self.actor} {self.action} {self.subject}"


class DayFigure(models.Model):
    """What one measure was on one day of the row's clock, see `core.trends`. Made from rows of the rooms, and what is left
    when those go.
    """

    day = models.DateField()
    measure = models.CharField(max_length=40)
    value = models.FloatField()
    cases = models.PositiveIntegerField(default=1, help_text="of how many things a median is")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["measure", "day"], name="core_figure_of_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.measure}: {self.value}"
