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
    messages = Notification.objects.filter(user=user, shown=True).order_by("-id")
    return messages.filter(read_at__isnull=True) if unread_only else messages


@dataclass(frozen=True, slots=True)
class Choice:
    """One kind of messages, and whether the person gets letters and push messages of it."""

    kind: kinds.Kind
    mailed: bool
    pushed: bool


def mail_choices_of(user: User) -> list[Choice]:
    """The kinds a person may decide about."""
    rows = MailChoice.objects.filter(user=user).values_list("kind", "mailed", "pushed")
    stored = {kind: (mailed, pushed) for kind, mailed, pushed in rows}
    return [
        Choice(kind, *stored.get(kind.name, (True, True)))
        for kind in kinds.all_kinds()
        if kind.optional and kind.mailed
    ]


@dataclass(frozen=True, slots=True)
class Group:
    """Kinds of one topic under its heading."""

    title: kinds.Text
    choices: list[Choice]


def mail_groups_of(user: User) -> list[Group]:
    """The same by topic, in the topics' order; what belongs to none comes last."""
    found: dict[kinds.Topic, list[Choice]] = {}
    for choice in mail_choices_of(user):
        found.setdefault(kinds.topic_of(choice.kind.name), []).append(choice)
    return [
        Group(topic.title, choices)
        for topic, choices in sorted(found.items(), key=lambda each: each[0].order)
    ]


def rhythm_of(user: User) -> Rhythm:
    """How often the person wants letters."""
    stored = LetterRhythm.objects.filter(user=user).values_list("rhythm", flat=True).first()
    return Rhythm(stored or Rhythm.AT_ONCE)
