"""From a message to a row for each browser of its reader, in the transaction of the message."""

from __future__ import annotations

from collections.abc import Iterable

import structlog
from django.db import transaction

from core.broker.publishing import hand_over
from notifications import kinds
from notifications.models import MailChoice, Notification
from notifications.push.models import PushBrowser, PushMessage

logger = structlog.get_logger(__name__)


def queue(messages: Iterable[Notification]) -> int:
    """Rows for messages that were just written; one question where nobody concerned has such a browser."""
    rows = list(messages)
    browsers = list(PushBrowser.objects.filter(user__in={row.user_id for row in rows}) if rows else ())
    if not browsers:
        return 0
    people = {browser.user_id for browser in browsers}
    concerned = {(row.user_id, row.key): row for row in rows if row.user_id in people}
    refused = set(
        MailChoice.objects.filter(
            user__in=people, kind__in={row.kind for row in concerned.values()}, pushed=False
        ).values_list("user_id", "kind")
    )
    # Rows written in one statement have no ids, and another process may have written some of them before.
    written = Notification.objects.filter(user__in=people, key__in={key for _user, key in concerned})
    waiting = [
        PushMessage(browser=browser, notification_id=message.pk)
        for message in written
        if (message.user_id, message.key) in concerned
        and not (kinds.get(message.kind).optional and (message.user_id, message.kind) in refused)
        for browser in browsers
        if browser.user_id == message.user_id
    ]
    if waiting:
        PushMessage.objects.bulk_create(waiting, batch_size=200, ignore_conflicts=True)
        transaction.on_commit(wake, robust=True)
    return len(waiting)


def wake() -> None:
    """Asks a worker to send now. A broker that is down is no error here: the sweep sends later."""
    from notifications import tasks

    if error := hand_over(lambda: tasks.send_push.apply_async(retry=False)):
        logger.warning("notifications.push_wake_failed", error=repr(error))
