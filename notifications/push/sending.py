"""Sending what is due to browsers' push services: encrypted for the browser alone, signed with the site's key.

Claimed by lease and sent outside any transaction; a service that is told twice keeps one, for both carry the same topic.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
import time
import uuid
from typing import Final

import structlog
from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import translation

from core import clock, outgoing
from core.errors import Unavailable
from core.parallel import work_off
from notifications import kinds, mailing
from notifications.metrics import PUSHES
from notifications.models import Notification
from notifications.push import keys
from notifications.push.models import PushBrowser, PushMessage
from notifications.push.quiet import may_push_now

logger = structlog.get_logger(__name__)

THREADS: Final = 4
BATCH: Final = 5
LEASE: Final = dt.timedelta(minutes=3)
RUN_SECONDS: Final = 45.0
SECONDS: Final = 10.0
#: How long a message is news. After it neither we nor the push service try any more.
TTL: Final = dt.timedelta(days=1)
MAX_ATTEMPTS: Final = 8
#: Asked again whether a person may be disturbed.
QUIET_PAUSE: Final = dt.timedelta(minutes=10)
#: A browser that nothing could be sent to so often is forgotten.
MAX_FAILURES: Final = 40
_GONE: Final = frozenset({404, 410})
#: The same would be refused again.
_REFUSED: Final = frozenset({400, 401, 403, 413})
#: Encrypted and padded it must stay below 4 KB (RFC 8291).
_LONGEST: Final = 200


def send_due(*, threads: int = THREADS) -> int:
    """Sends what is due, for a while. Returns how many were accepted."""
    ends_at = time.monotonic() + RUN_SECONDS
    sent: list[int] = []

    def turn() -> bool:
        claimed = _claim() if time.monotonic() < ends_at else []
        sent.extend(message.pk for message in claimed if _send(message))
        return bool(claimed)

    waiting = _due(clock.now()).values("browser").distinct()[:THREADS].count()
    work_off(turn, threads=min(threads, waiting))
    return len(sent)


def _due(now: dt.datetime) -> QuerySet[PushMessage]:
    held = Q(browser__hold_until__isnull=True) | Q(browser__hold_until__lte=now)
    return PushMessage.objects.filter(held, next_at__lte=now)


def _claim() -> list[PushMessage]:
    """A few for this thread alone: the update repeats the condition, so each row has one winner."""
    now, lease = clock.now(), uuid.uuid4()
    ids = list(_due(now).order_by("next_at", "pk").values_list("pk", flat=True)[:BATCH])
    if not ids:
        return []
    PushMessage.objects.filter(pk__in=ids, next_at__lte=now).update(
        lease=lease, next_at=now + LEASE, attempts=F("attempts") + 1
    )
    mine = (
        PushMessage.objects.filter(lease=lease)
        .select_related("browser__user", "notification__user")
        .order_by("pk")
    )
    return list(mine)


def _send(message: PushMessage) -> bool:
    """Whether the push service took it. Whatever goes wrong with one leaves the others alone."""
    browser, now = message.browser, clock.now()
    if now - message.created_at > TTL or not browser.user.is_active or message.notification.read_at:
        _drop(message, "dropped")  # no news any more
    elif not may_push_now(browser.user, now, is_urgent=_is_urgent(message, now)):
        _later(message, now + QUIET_PAUSE, is_attempt=False)
    else:
        try:
            return _settle(message, now, _post(browser, message))
        except Unavailable:
            logger.exception("notifications.push_key_broken")
            _later(message, now + mailing.pause_after(message.attempts))
        except (outgoing.OutgoingError, ValueError) as error:
            logger.info("notifications.push_failed", browser=browser.pk, error=type(error).__name__)
            _failed(message, now, None)
    return False


def _is_urgent(message: PushMessage, now: dt.datetime) -> bool:
    told = message.notification
    return kinds.is_urgent(told.kind, told.params, now)


def _settle(message: PushMessage, now: dt.datetime, reply: outgoing.Reply) -> bool:
    browser = message.browser
    if reply.is_taken:
        PushBrowser.objects.filter(pk=browser.pk).update(used_at=now, failures=0, hold_until=None)
        _drop(message, "sent")
        return True
    logger.info("notifications.push_failed", browser=browser.pk, status=reply.status)
    if reply.status in _GONE:
        _forget(browser)
    elif reply.status in _REFUSED:
        _drop(message, "refused")
    else:
        _failed(message, now, reply.retry_after)
    return False


def _post(browser: PushBrowser, message: PushMessage) -> outgoing.Reply:
    from pywebpush import (
        WebPusher,
    )  # it brings a client of its own, which we do not use; only workers pay for it

    told = {"endpoint": browser.address, "keys": {"p256dh": browser.p256dh, "auth": browser.auth}}
    body = WebPusher(told).encode(json.dumps(payload(message.notification)).encode(), "aes128gcm")["body"]
    left = TTL - (clock.now() - message.created_at)
    return outgoing.post(
        browser.address,
        body=body,
        headers={
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": str(max(60, round(left.total_seconds()))),
            "Topic": topic(message.notification),
            "Urgency": "normal",
            **keys.headers(browser.address),
        },
        seconds=SECONDS,
        connect_seconds=5.0,
    )


def payload(notification: Notification) -> dict[str, str]:
    """What the browser is told: the subject, and where it leads. The rest is read on the page."""
    language = notification.user.language
    with translation.override(language):
        subject = " ".join(notification.subject.split())[:_LONGEST]
        url = notification.url or reverse("notifications:inbox")
        return {
            "title": subject,
            "body": settings.SITE_NAME,
            "url": mailing.path_for(url, language),
            "tag": f"message-{notification.pk}",
        }


def topic(notification: Notification) -> str:
    """The same message told twice is one; different ones never replace each other. At most 32 letters (RFC 8030, 5.4)."""
    return hashlib.sha256(f"{notification.pk}:{notification.key}".encode()).hexdigest()[:32]


def _failed(message: PushMessage, now: dt.datetime, retry_after: int | None) -> None:
    """Later again; the browser as a whole is left alone for a moment."""
    browser = message.browser
    pause = max(mailing.pause_after(message.attempts), dt.timedelta(seconds=retry_after or 0))
    failures = browser.failures + 1
    if failures >= MAX_FAILURES:
        _forget(browser)
        return
    hold = dt.timedelta(seconds=max(min(10 * 2.0 ** min(failures, 8), 600), retry_after or 0))
    PushBrowser.objects.filter(pk=browser.pk).update(failures=failures, hold_until=now + hold)
    if message.attempts >= MAX_ATTEMPTS:
        _drop(message, "given_up")
    else:
        _later(message, now + pause * random.uniform(1.0, 1.2))  # noqa: S311 - spreads load, no secret


def _forget(browser: PushBrowser) -> None:
    """With all that waits for it."""
    PushBrowser.objects.filter(pk=browser.pk).delete()
    PUSHES.labels("gone").inc()


def _later(message: PushMessage, at: dt.datetime, *, is_attempt: bool = True) -> None:
    PushMessage.objects.filter(pk=message.pk, lease=message.lease).update(
        lease=None, next_at=at, attempts=F("attempts") if is_attempt else F("attempts") - 1
    )
    if is_attempt:
        PUSHES.labels("put_off").inc()


def _drop(message: PushMessage, outcome: str) -> None:
    PushMessage.objects.filter(pk=message.pk).delete()
    PUSHES.labels(outcome).inc()
