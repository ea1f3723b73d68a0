"""Digests: one letter a day or a week with what the person has not read yet, in the morning of the row's own clock.

The person's row in LetterRhythm is the queue: `next_at` says when, and while somebody writes the letter it is the
end of a lease. However late a digest is sent, or how often its task runs, there is one for each morning.
"""

from __future__ import annotations

import datetime as dt
import smtplib
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import models
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from core import clock
from notifications import mailing, stopping
from notifications.enums import Rhythm
from notifications.metrics import LETTERS
from notifications.models import LetterRhythm, Notification

logger = structlog.get_logger(__name__)

HOUR = 8  # when people begin to work; nothing comes at night
BATCH = 20
SHOWN = 50
#: What is older is in the inbox; a digest that was delayed so long would tell nothing new.
WINDOW = dt.timedelta(days=8)


def next_slot(rhythm: str, now: dt.datetime) -> dt.datetime | None:
    """The next morning (of a Monday, if weekly) after `now`; None for rhythms without digests."""
    if rhythm not in {Rhythm.DAILY, Rhythm.WEEKLY}:
        return None
    local = timezone.localtime(now)
    day = local.date() + dt.timedelta(days=1 if local.hour >= HOUR else 0)
    if rhythm == Rhythm.WEEKLY:
        day += dt.timedelta(days=-day.weekday() % 7)
    return timezone.make_aware(dt.datetime.combine(day, dt.time(HOUR)))


def send_due(*, batches: int = 50) -> int:
    """Sends what is due, in batches under a lease each. Returns how many letters were accepted."""
    sent = 0
    deadline = time.monotonic() + mailing.RUN_SECONDS
    for _ in range(batches):
        claimed = _claim() if time.monotonic() < deadline else []
        if not claimed:
            break
        mailer = get_connection()
        try:
            with suppress(OSError, smtplib.SMTPException):
                mailer.open()  # one connection for the batch; without it each letter says what is wrong
            for row in mailing.in_time(claimed, deadline, _leave):
                sent += _send_one(row, mailer)
        finally:
            mailer.close()
    return sent


def _claim() -> list[LetterRhythm]:
    """Takes a batch for this process alone: the update repeats the condition, so each row has one winner."""
    lease = uuid.uuid4()
    now = clock.now()
    due = LetterRhythm.objects.filter(next_at__lte=now)
    ids = list(due.order_by("next_at").values_list("pk", flat=True)[:BATCH])
    if not ids:
        return []
    due.filter(pk__in=ids).update(lease=lease, next_at=now + mailing.LEASE, attempts=models.F("attempts") + 1)
    return list(LetterRhythm.objects.filter(lease=lease).select_related("user").order_by("pk"))


def _leave(rows: Sequence[LetterRhythm]) -> None:
    """To the next run, as if they had not been claimed."""
    for row in rows:
        LetterRhythm.objects.filter(pk=row.pk, lease=row.lease).update(
            lease=None, next_at=clock.now(), attempts=models.F("attempts") - 1
        )


def _send_one(row: LetterRhythm, mailer: BaseEmailBackend) -> bool:
    waiting = Notification.objects.filter(user=row.user_id, digest_due=True)
    unread = waiting.filter(
        read_at__isnull=True, emailed_at__isnull=True, created_at__gte=timezone.now() - WINDOW
    )
    messages = list(unread.order_by("kind", "id"))
    if not messages or not row.user.is_active:
        waiting.update(digest_due=False)
        _finish(row)
        return False
    try:
        letter_for(row, messages, mailer).send()
    except SoftTimeLimitExceeded:
        raise  # the worker's time is over, not the letter's
    except Exception as error:
        refused = isinstance(error, smtplib.SMTPRecipientsRefused) and mailing.refused_for_good(error)
        if not isinstance(error, OSError | smtplib.SMTPException):
            logger.exception("notifications.digest_failed", user=row.user_id)
        _put_off(row, error, is_hopeless=bool(refused))
        return False
    ids = [message.pk for message in messages]
    Notification.objects.filter(pk__in=ids).update(emailed_at=timezone.now())
    # What was read meanwhile or is too old goes out of the queue with it; what came meanwhile stays.
    waiting.filter(pk__lte=max(ids)).update(digest_due=False)
    _finish(row)
    LETTERS.labels("sent").inc()
    return True


def _finish(row: LetterRhythm) -> None:
    """Until the next morning. Nothing if the person chose anew meanwhile, or the lease has gone to another."""
    LetterRhythm.objects.filter(pk=row.pk, lease=row.lease, rhythm=row.rhythm).update(
        lease=None, attempts=0, next_at=next_slot(row.rhythm, clock.now())
    )


def _put_off(row: LetterRhythm, error: Exception, *, is_hopeless: bool) -> None:
    logger.warning("notifications.digest_put_off", user=row.user_id, error=type(error).__name__)
    if is_hopeless or row.attempts >= mailing.MAX_ATTEMPTS:
        _finish(row)  # the messages wait for the next morning, as long as they are new
        LETTERS.labels("given_up").inc()
        return
    LETTERS.labels("put_off").inc()
    LetterRhythm.objects.filter(pk=row.pk, lease=row.lease).update(
        lease=None, next_at=clock.now() + mailing.pause_after(row.attempts)
    )


def letter_for(
    row: LetterRhythm, messages: list[Notification], mailer: BaseEmailBackend | None = None
) -> EmailMultiAlternatives:
    """The letter in the reader's language, messages of one kind together."""
    user = row.user
    with translation.override(user.language):
        shown = messages[:SHOWN]
        context = {
            "messages": [
                (
                    message,
                    mailing.absolute_url(message.url, user.language) if message.url else "",
                    mailing.stops_of(message, user.language),
                )
                for message in shown
            ],
            "more": len(messages) - len(shown),
            "inbox_url": mailing.absolute_url(reverse("notifications:inbox"), user.language),
        }
        subject = ngettext(
            "%(site)s: %(count)d unread message", "%(site)s: %(count)d unread messages", len(messages)
        ) % {"site": settings.SITE_NAME, "count": len(messages)}
        last = max(message.pk for message in messages)
        letter = mailing.put_together(
            user, "digest", context, subject=subject, name=f"digest-{user.pk}-{last}", mailer=mailer
        )
        stop = stopping.path_of(user, stopping.DIGEST)
        letter.extra_headers |= stopping.headers(mailing.absolute_url(stop, user.language))
        return letter
