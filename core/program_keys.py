"""Keys with which people's programs act: secrets that are shown once, of which only the hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from typing import NamedTuple

from django.db import models
from django.utils import timezone

_NOTED_EVERY = 60  # seconds


class NewSecret(NamedTuple):
    """What the person is shown once, and what is kept of it."""

    secret: str
    hash: str
    beginning: str


class ProgramKey(models.Model):
    """What every such key has; whose it is and what it opens is the room's."""

    hash = models.CharField(max_length=64, unique=True)
    beginning = models.CharField(max_length=12, help_text="by which people tell keys apart")
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["-id"]

    def note_use(self) -> None:
        """Once a minute at most."""
        now = timezone.now()
        if self.used_at is None or (now - self.used_at).total_seconds() > _NOTED_EVERY:
            models.QuerySet(type(self)).filter(pk=self.pk).update(used_at=now)


def new_secret(mark: str) -> NewSecret:
    """256 bits of chance behind `mark`, by which one left lying about is recognised."""
    secret = mark + secrets.token_urlsafe(32)
    return NewSecret(secret, hash_of(secret), secret[: len(mark) + 4])


def hash_of(secret: str) -> str:
    """A plain hash is enough for 256 bits of chance."""
    return hashlib.sha256(secret.encode()).hexdigest()
