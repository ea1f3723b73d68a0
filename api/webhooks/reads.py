"""What the pages show: endpoints with how they fare, and the log."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from api.webhooks.enums import DeliveryState, EndpointState
from api.webhooks.errors import UNREADABLE
from api.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from api.webhooks.owners import Owner
from core import clock
from core.outgoing.errors import MESSAGES


def endpoints_of(owner: Owner) -> QuerySet[WebhookEndpoint]:
    """With how many deliveries wait, were given up, and when the last was written."""
    waiting = Q(deliveries__state=DeliveryState.WAITING)
    failed = Q(deliveries__state=DeliveryState.FAILED)
    return owner.endpoints().annotate(
        waiting=Count("deliveries", filter=waiting),
        failed=Count("deliveries", filter=failed),
        last_at=Max("deliveries__created_at"),
    )


def log_of(endpoint: WebhookEndpoint, *, state: str = "", event_type: str = "") -> QuerySet[WebhookDelivery]:
    """Newest first."""
    found = endpoint.deliveries.order_by("-id").defer("body")
    if state in DeliveryState.values:
        found = found.filter(state=state)
    return found.filter(type=event_type) if event_type else found


def attempts_of(delivery: WebhookDelivery) -> list[WebhookAttempt]:
    """Newest first, each with `said`: what kept an answer from coming, in the reader's language."""
    attempts = list(delivery.tries.all()[:50])
    for attempt in attempts:
        attempt.said = said(attempt.error, delivery.endpoint.url)  # type: ignore[attr-defined]  # for the page
    return attempts


def said(code: str, url: str) -> str:
    """A code of core.outgoing as a sentence."""
    if code == UNREADABLE:
        return _("The secret cannot be read any more. Make a new one.")
    if code not in MESSAGES:
        return code
    host = url.split("/")[2] if url.count("/") > 1 else url
    told: dict[str, Any] = {
        "host": host,
        "seconds": "15",
        "url": url,
        "scheme": url.partition(":")[0],
        "port": "",
    }
    try:
        return str(MESSAGES[code][0]) % told
    except KeyError:
        return code


def pretty(body: str) -> str:
    """The payload for people's eyes; what is signed has no spaces."""
    return json.dumps(json.loads(body), ensure_ascii=False, indent=2)


@dataclass(frozen=True, slots=True)
class Waiting:
    """`due`: could be sent now; `due_since`: since when the first of them could."""

    everything: int
    due: int
    due_since: dt.datetime | None


def waiting() -> Waiting:
    """Over all endpoints, in one question."""
    now = clock.now()
    may_go = Q(
        Q(endpoint__hold_until__isnull=True) | Q(endpoint__hold_until__lte=now),
        next_at__lte=now,
        endpoint__state=EndpointState.ACTIVE,
    )
    found = WebhookDelivery.objects.filter(state=DeliveryState.WAITING).aggregate(
        everything=Count("pk"),
        due=Count("pk", filter=may_go),
        due_since=Min(Greatest("next_at", Coalesce("endpoint__hold_until", "next_at")), filter=may_go),
    )
    return Waiting(**found)
