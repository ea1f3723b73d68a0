"""Reads of the inbox."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models

from accounts.models import User
from notifications import kinds
from notifications.enums import Rhythm
from notifications.models import LetterRhythm, MailChoice, Notification


def inbox_of(user: User, *, unread_only: bool = False) -> models.QuerySet[Notification]:
    """The person's messages, newest first."""
    messages = Notification.objects.filter(user=user).order_by("-id")
    return messages.filter(read_at__isnull=True) if unread_only else messages


@dataclass(frozen=True, slots=True)
class Choice:
    """One kind of letters, and whether the person gets them."""

    kind: kinds.Kind
    mailed: bool


def mail_choices_of(user: User) -> list[Choice]:
    """The kinds a person may decide about."""
    stored = dict(MailChoice.objects.filter(user=user).values_list("kind", "mailed"))
    return [
        Choice(kind, stored.get(kind.name, True))
        for kind in kinds.all_kinds()
        if kind.optional and kind.mailed
    ]


def rhythm_of(user: User) -> Rhythm:
    """How often the person wants letters."""
    stored = LetterRhythm.objects.filter(user=user).values_list("rhythm", flat=True).first()
    return Rhythm(stored or Rhythm.AT_ONCE)
