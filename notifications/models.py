"""Messages to people: the in-app inbox and what was mailed of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications import kinds
from notifications.enums import Rhythm


class Notification(models.Model):
    """A message as kind and parameters: rendered in the reader's language when read or mailed.

    `key` guards against doubles: the same key for the same person is one message for ever.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True, default="")
    key = models.CharField(max_length=160)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)
    shown = models.BooleanField(
        default=True, db_default=True, help_text="in the inbox; else it only tells of what lies there already"
    )
    email_due = models.BooleanField(default=True)
    digest_due = models.BooleanField(
        default=False, help_text="comes with the person's next digest, if still unread"
    )
    emailed_at = models.DateTimeField(null=True, blank=True)
    email_attempts = models.PositiveSmallIntegerField(default=0)
    email_visible_at = models.DateTimeField(
        default=timezone.now, help_text="not before: after a failure, or while a lease runs"
    )
    email_lease = models.UUIDField(null=True, blank=True)
    email_error = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="notifications_once")]
        indexes = [
            models.Index(fields=["user", "-id"], name="notifications_inbox"),
            models.Index(
                fields=["id"],
                name="notifications_to_mail",
                condition=models.Q(email_due=True, emailed_at__isnull=True),
            ),
            models.Index(
                fields=["user", "id"],
                name="notifications_to_digest",
                condition=models.Q(digest_due=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.user_id}"

    @property
    def subject(self) -> str:
        """In the active language."""
        return kinds.fill(self.shape.subject, self.params)

    @property
    def body(self) -> str:
        """In the active language."""
        return kinds.fill(self.shape.body, self.params)

    @property
    def shape(self) -> kinds.Kind:
        return kinds.get(self.kind)


class MailChoice(models.Model):
    """What a person decided about letters and push messages of one kind; without a row the kind's own default holds."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_choices")
    kind = models.CharField(max_length=60)
    mailed = models.BooleanField(default=True, db_default=True)
    pushed = models.BooleanField(default=True, db_default=True, help_text="to browsers that want messages")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="notifications_choice_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}: {self.mailed}"


class LetterRhythm(models.Model):
    """How often a person wants letters; without a row at once. Also the queue of digests, one row a person."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="letter_rhythm"
    )
    rhythm = models.CharField(max_length=8, choices=Rhythm, default=Rhythm.AT_ONCE)
    next_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="the next digest, not before; after a failure or under a lease: later",
    )
    lease = models.UUIDField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_at"],
                name="notifications_digest_next",
                condition=models.Q(next_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.rhythm}"


from notifications.push.models import PushBrowser, PushKey, PushMessage  # noqa: E402 - they point to the rows above

__all__ = ["LetterRhythm", "MailChoice", "Notification", "PushBrowser", "PushKey", "PushMessage"]
