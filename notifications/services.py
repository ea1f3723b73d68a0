"""Telling people, marking what they read, and what they want mailed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone, translation

from accounts.models import User
from core.bulk import database_time, insert_rows
from core.errors import NotFound
from notifications import digests, kinds, mailing
from notifications.enums import Rhythm, Way
from notifications.models import LetterRhythm, MailChoice, Notification, PushBrowser
from notifications.push import queueing
from notifications.push.browsers import browsers_of
from notifications.selectors import rhythm_of
from notifications.signals import messages_written

_COLUMNS = (
    "user_id", "kind", "params", "url", "key", "created_at", "shown", "email_due", "digest_due", "email_attempts",
    "email_visible_at", "email_error",
)  # fmt: skip


def notify(*, users: Iterable[User | int], kind: str, params: dict[str, Any], url: str = "", key: str) -> int:
    """Puts one message into the inbox of each of `users` (or their ids), and mails it after the commit.

    The same `key` for the same person is one message for ever: calling again adds nothing. `params` is JSON and
    fills the templates of `kind`, which must be registered. `url` is a path of this site in any language.
    Returns how many messages are new.
    """
    if not kinds.is_known(kind):
        raise ValueError(f"Register the kind {kind!r} with notifications.kinds first")
    ids = {user.pk if isinstance(user, User) else user for user in users}
    known = set(Notification.objects.filter(key=key, user__in=ids).values_list("user_id", flat=True))
    people = User.objects.filter(pk__in=ids - known, is_active=True).values_list("pk", flat=True)
    rows = [
        Notification(user_id=pk, kind=kind, params=params, url=mailing.without_language(url), key=key)
        for pk in sorted(people)
    ]
    if not rows:
        return 0
    wishes = _wishes(kind, [row.user_id for row in rows])
    for row in rows:
        row.email_due = row.user_id in wishes.at_once
        row.digest_due = row.user_id in wishes.in_digest
    # Another process may add the same key between the look and here: the constraint keeps one.
    with transaction.atomic(savepoint=False):
        Notification.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
        messages_written.send(Notification, messages=rows)
        queueing.queue(rows)
    if wishes.at_once:
        _wake_after_commit()
    return len(rows)


@dataclass(frozen=True, slots=True)
class Message:
    """What `notify` takes, for telling many at once; `users` are ids."""

    users: Collection[int]
    kind: str
    params: dict[str, Any]
    url: str
    key: str
    way: Way = Way.EVERY


@transaction.atomic
def notify_many(messages: Collection[Message]) -> int:
    """As `notify` for each message, in a few statements for all; hold it to some hundred. Returns how many are new."""
    for kind in {message.kind for message in messages}:
        if not kinds.is_known(kind):
            raise ValueError(f"Register the kind {kind!r} with notifications.kinds first")
    people = {pk for message in messages for pk in message.users}
    active = set(User.objects.filter(pk__in=people, is_active=True).values_list("pk", flat=True))
    known = set(
        Notification.objects.filter(
            key__in={message.key for message in messages}, user__in=people
        ).values_list("user_id", "key")
    )
    wishes = {kind: _wishes(kind, sorted(active)) for kind in {message.kind for message in messages}}
    rows = [
        Notification(
            user_id=pk,
            kind=message.kind,
            params=message.params,
            url=mailing.without_language(message.url),
            key=message.key,
            shown=message.way != Way.OUTSIDE,
            email_due=message.way != Way.INBOX and pk in wishes[message.kind].at_once,
            digest_due=message.way != Way.INBOX and pk in wishes[message.kind].in_digest,
        )
        for message in messages
        for pk in sorted(set(message.users) & active)
        if (pk, message.key) not in known
    ]
    _insert(rows)
    if rows:
        messages_written.send(Notification, messages=rows)
        inbox_alone = {message.key for message in messages if message.way == Way.INBOX}
        queueing.queue(row for row in rows if row.key not in inbox_alone)
    if any(row.email_due for row in rows):
        _wake_after_commit()
    return len(rows)


def _insert(rows: Collection[Notification]) -> None:
    """Without those that are there already; the rows get no ids."""
    now = timezone.now()
    for row in rows:
        row.created_at = now
    insert_rows(
        Notification,
        _COLUMNS,
        [
            (
                row.user_id, row.kind, json.dumps(row.params, ensure_ascii=False), row.url, row.key, database_time(now),
                row.shown, row.email_due, row.digest_due, row.email_attempts, database_time(row.email_visible_at),
                row.email_error,
            )
            for row in rows
        ],
        "ON CONFLICT (user_id, key) DO NOTHING",
    )  # fmt: skip


def mark_read(*, user: User, ids: Collection[int] | None = None) -> int:
    """Marks messages of `user` as read, all of them without `ids`. Returns how many were unread."""
    unread = Notification.objects.filter(user=user, read_at__isnull=True)
    if ids is not None:
        unread = unread.filter(pk__in=ids)
    return unread.update(read_at=timezone.now())


def open_message(*, user: User, pk: int) -> Notification:
    """Marks one message as read and returns it. Raises NotFound for one that is not the person's."""
    message = Notification.objects.filter(user=user, pk=pk).first()
    if message is None:
        raise NotFound("unknown_message")
    mark_read(user=user, ids=[pk])
    return message


@transaction.atomic
def choose_mail(
    *,
    user: User,
    mailed: Collection[str],
    pushed: Collection[str] | None = None,
    shown: Mapping[str, tuple[bool, bool]] | None = None,
) -> None:
    """Stores which of the optional kinds `user` wants as letters; the others come into the inbox only.

    `pushed` are those that come to browsers, too; None leaves that as it was. `shown` is {kind: (mailed, pushed)} as the
    form stood when it was opened: what it did not show, or shows unchanged, stays as another window or a letter's link has
    set it since.
    """
    for kind in kinds.all_kinds():
        if not (kind.optional and kind.mailed) or (shown is not None and kind.name not in shown):
            continue
        chosen = {"mailed": kind.name in mailed}
        if pushed is not None:
            chosen["pushed"] = kind.name in pushed
        if shown is not None:
            was = dict(zip(("mailed", "pushed"), shown[kind.name], strict=True))
            chosen = {name: value for name, value in chosen.items() if value != was[name]}
        if chosen:
            MailChoice.objects.update_or_create(user=user, kind=kind.name, defaults=chosen)


@transaction.atomic
def choose_rhythm(*, user: User, rhythm: Rhythm) -> None:
    """Stores how often `user` wants letters. What waited for a digest comes in a last one, or never."""
    row, _is_new = LetterRhythm.objects.get_or_create(user=user)
    if row.rhythm == rhythm:
        return
    waiting = Notification.objects.filter(user=user, digest_due=True)
    if rhythm == Rhythm.NEVER:
        waiting.update(digest_due=False)
    next_at = digests.next_slot(rhythm, timezone.now())
    if rhythm == Rhythm.AT_ONCE and waiting.exists():
        next_at = timezone.now()
    LetterRhythm.objects.filter(user=user).update(rhythm=rhythm, next_at=next_at, attempts=0)


@dataclass(frozen=True, slots=True)
class _Wishes:
    """Of those who are told something: who gets a letter of it, who finds it in a digest; ids."""

    at_once: frozenset[int]
    in_digest: frozenset[int]


def _wishes(kind: str, ids: list[int]) -> _Wishes:
    shape = kinds.get(kind)
    if not shape.mailed:
        return _Wishes(frozenset(), frozenset())
    if not shape.optional:
        return _Wishes(frozenset(ids), frozenset())
    refused = set(
        MailChoice.objects.filter(kind=kind, user__in=ids, mailed=False).values_list("user_id", flat=True)
    )
    rhythms = dict(
        LetterRhythm.objects.filter(user__in=ids)
        .exclude(rhythm=Rhythm.AT_ONCE)
        .values_list("user_id", "rhythm")
    )
    wanted = [pk for pk in ids if pk not in refused]
    return _Wishes(
        at_once=frozenset(pk for pk in wanted if pk not in rhythms),
        in_digest=frozenset(pk for pk in wanted if rhythms.get(pk) in {Rhythm.DAILY, Rhythm.WEEKLY}),
    )


def _wake_after_commit() -> None:
    """Once a transaction, however many messages it writes."""
    alive = set(connection.savepoint_ids)  # a wake-up noted in a savepoint goes when that is rolled back
    for savepoints, callback, *_ in connection.run_on_commit:
        if callback is mailing.wake and savepoints <= alive:
            return
    transaction.on_commit(mailing.wake, robust=True)


def export_messages(user: User) -> dict[str, Any]:
    """This room's part of a person's data: the messages as they read, and what is mailed."""
    with translation.override(user.language):
        return {
            "messages": [
                {
                    "at": message.created_at.isoformat(),
                    "read_at": message.read_at.isoformat() if message.read_at else None,
                    "subject": message.subject,
                    "body": message.body,
                }
                for message in Notification.objects.filter(user=user).order_by("pk").iterator()
            ],
            "letter_rhythm": rhythm_of(user),
            "letters": list(
                MailChoice.objects.filter(user=user).order_by("kind").values("kind", "mailed", "pushed")
            ),
            "push_browsers": [
                {"name": browser.name, "since": browser.created_at.isoformat(), "address": browser.address}
                for browser in browsers_of(user)
            ],
        }


def erase_messages(user: User) -> None:
    """Messages name other people and companies, so they go with the account."""
    Notification.objects.filter(user=user).delete()
    MailChoice.objects.filter(user=user).delete()
    LetterRhythm.objects.filter(user=user).delete()
    PushBrowser.objects.filter(user=user).delete()
