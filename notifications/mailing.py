"""Letters of messages: claimed by lease, sent outside any transaction, marked one by one.

The notification's own row is the queue, so a letter exists exactly when its message does: what a lost wake-up
or a killed worker left is found by the next sweep. Mail servers cannot take part in a transaction: a process
that is killed in the instant between the server's "accepted" and our mark sends that one letter again after the
lease, under the same Message-ID, by which mail programs fold the two into one.
"""

from __future__ import annotations

import datetime as dt
import random
import smtplib
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import models
from django.template.loader import render_to_string
from django.urls import reverse, translate_url
from django.utils import translation

from accounts.models import User
from core import clock
from core.broker.publishing import hand_over
from notifications import stopping
from notifications.metrics import LETTERS
from notifications.models import Notification

logger = structlog.get_logger(__name__)

T = TypeVar("T")
BATCH = 20
LEASE = dt.timedelta(minutes=10)
#: How long one run begins letters; what it holds then goes back. The rest of the lease is for the letter in hand, whose
#: server may take EMAIL_TIMEOUT seconds for each word. Tasks that run on threads have no other limit.
RUN_SECONDS = 300.0
MAX_ATTEMPTS = 12


def wake() -> None:
    """Asks a worker to send now. A broker that is down is no error here: the sweep sends later."""
    from notifications import tasks

    if error := hand_over(lambda: tasks.send_mail.apply_async(retry=False)):
        logger.warning("notifications.wake_failed", error=repr(error))


def send_due(*, batches: int = 50) -> int:
    """Sends what is due, in batches under a lease each. Returns how many letters were accepted."""
    sent = 0
    deadline = time.monotonic() + RUN_SECONDS
    for _ in range(batches):
        claimed = _claim() if time.monotonic() < deadline else []
        if not claimed:
            break
        sent += _send(claimed, deadline)
    return sent


def in_time(claimed: Sequence[T], deadline: float, leave: Callable[[Sequence[T]], None]) -> Iterator[T]:
    """One after the other until `deadline` (`time.monotonic()`); `leave` gets those that were not begun."""
    for place, row in enumerate(claimed):
        if time.monotonic() >= deadline:
            logger.warning("notifications.out_of_time", left=len(claimed) - place)
            leave(claimed[place:])
            return
        yield row


def _due() -> models.QuerySet[Notification]:
    return Notification.objects.filter(
        email_due=True, emailed_at__isnull=True, email_visible_at__lte=clock.now()
    )


def _claim() -> list[Notification]:
    """Takes a batch for this process alone: the update repeats the condition, so each row has one winner."""
    lease = uuid.uuid4()
    ids = list(_due().order_by("id").values_list("id", flat=True)[:BATCH])
    if not ids:
        return []
    _due().filter(id__in=ids).update(
        email_lease=lease,
        email_visible_at=clock.now() + LEASE,
        email_attempts=models.F("email_attempts") + 1,
    )
    return list(Notification.objects.filter(email_lease=lease).select_related("user").order_by("id"))


def _leave(messages: Sequence[Notification]) -> None:
    """To the next run, as if they had not been claimed."""
    for message in messages:
        Notification.objects.filter(pk=message.pk, email_lease=message.email_lease).update(
            email_lease=None, email_visible_at=clock.now(), email_attempts=models.F("email_attempts") - 1
        )


def _send(claimed: list[Notification], deadline: float) -> int:
    mailer = get_connection()
    sent = 0
    try:
        mailer.open()
    except (OSError, smtplib.SMTPException) as error:
        for message in claimed:
            _put_off(message, error)
        return 0
    try:
        for message in in_time(claimed, deadline, _leave):
            if not message.user.is_active:
                _give_up(message, "the account is closed")
            elif _send_one(message, mailer):
                sent += 1
    finally:
        mailer.close()
    return sent


def _send_one(message: Notification, mailer: BaseEmailBackend) -> bool:
    """Whether it was accepted. Whatever goes wrong with one letter is noted with it and leaves the others alone."""
    try:
        letter_for(message, mailer).send()
    except SoftTimeLimitExceeded:
        raise  # the worker's time is over, not the letter's
    except smtplib.SMTPRecipientsRefused as error:
        if code := refused_for_good(error):
            _give_up(message, f"the address was refused: {code}")
        else:
            _put_off(message, error)
        return False
    except (OSError, smtplib.SMTPException) as error:
        _put_off(message, error)
        return False
    except Exception as error:
        # A text that cannot be filled, a header that cannot be written: later versions of the code may.
        logger.exception("notifications.letter_failed", notification=message.pk)
        _put_off(message, error)
        return False
    Notification.objects.filter(pk=message.pk).update(
        emailed_at=clock.now(), email_lease=None, email_error=""
    )
    LETTERS.labels("sent").inc()
    return True


def refused_for_good(error: smtplib.SMTPRecipientsRefused) -> int | None:
    """The mail server's code if no address will ever be taken."""
    codes = [code for code, _text in error.recipients.values()]
    return codes[0] if codes and all(code >= 500 for code in codes) else None


def letter_for(message: Notification, mailer: BaseEmailBackend | None = None) -> EmailMultiAlternatives:
    """The letter in the reader's language, as plain text and as simple HTML."""
    user = message.user
    with translation.override(user.language):
        letter = put_together(
            user,
            "message",
            {
                "message": message,
                "url": absolute_url(message.url, user.language) if message.url else "",
                "links": links_of(message, user.language),
                "stops": stops_of(message, user.language),
            },
            subject=" ".join(message.subject.split())[:200],
            name=f"notification-{message.pk}",
            mailer=mailer,
        )
        stop_all = message.params.get("stop_all")
        if not stop_all and message.shape.optional:
            stop_all = stopping.path_of(user, message.kind)
        if stop_all:  # what mail programs press for their reader, without a page
            letter.extra_headers |= stopping.headers(absolute_url(stop_all, user.language))
        return letter


def links_of(message: Notification, language: str) -> list[tuple[str, str]]:
    """What the message is about, one by one, with addresses; see `notifications.kinds`."""
    return [(text, absolute_url(path, language)) for text, path in message.params.get("links", ())]


def stops_of(message: Notification, language: str) -> list[tuple[str, str]]:
    """What the reader can stop by one press, and the addresses that do it; see `notifications.kinds`."""
    return [(name, absolute_url(path, language)) for name, path in message.params.get("stop", ())]


def put_together(
    user: User,
    template: str,
    context: dict[str, Any],
    *,
    subject: str,
    name: str,
    mailer: BaseEmailBackend | None,
) -> EmailMultiAlternatives:
    """A letter of the site in the active language, text and HTML alike. `name` is the same for the same letter: by its
    Message-ID mail programs know that it came twice.
    """
    context = context | {
        "user": user,
        "choices_url": absolute_url(reverse("notifications:choices"), user.language),
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
    }
    letter = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"notifications/mail/{template}.txt", context).strip() + "\n",
        to=[user.email],
        connection=mailer,
        headers={
            "Message-ID": f"<{name}@{urlsplit(settings.SITE_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    letter.attach_alternative(render_to_string(f"notifications/mail/{template}.html", context), "text/html")
    return letter


def without_language(url: str) -> str:
    """A path of this site in the site's own language, whose addresses have no prefix."""
    for code, _name in settings.LANGUAGES:
        if code != settings.LANGUAGE_CODE and url.startswith(f"/{code}/"):
            return url[len(code) + 1 :]
    return url


def path_for(url: str, language: str) -> str:
    """A path of this site, in whatever language it was made, in the reader's."""
    with translation.override(settings.LANGUAGE_CODE):
        return translate_url(without_language(url), language)


def absolute_url(url: str, language: str) -> str:
    return settings.SITE_URL.rstrip("/") + path_for(url, language)


def pause_after(attempts: int) -> dt.timedelta:
    """Doubling waits of 1 to 120 minutes, shaken so that a burst does not come back as one."""
    return dt.timedelta(minutes=min(120, 2 ** (attempts - 1)) * random.uniform(0.8, 1.2))  # noqa: S311 - no secret


def _put_off(message: Notification, error: Exception) -> None:
    if message.email_attempts >= MAX_ATTEMPTS:
        _give_up(message, repr(error))
        return
    Notification.objects.filter(pk=message.pk).update(
        email_visible_at=clock.now() + pause_after(message.email_attempts),
        email_lease=None,
        email_error=type(error).__name__[:200],
    )
    LETTERS.labels("put_off").inc()
    logger.warning("notifications.letter_put_off", notification=message.pk, error=type(error).__name__)


def _give_up(message: Notification, reason: str) -> None:
    """The inbox keeps the message; the reason stays for the operators."""
    Notification.objects.filter(pk=message.pk).update(
        email_due=False, email_lease=None, email_error=reason[:200]
    )
    LETTERS.labels("given_up").inc()
    logger.error("notifications.letter_given_up", notification=message.pk)
