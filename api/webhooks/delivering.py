"""Sending what is due: an endpoint is claimed by lease, its deliveries go one after the other, other endpoints beside it.

A slow endpoint holds up one thread for a while and itself. One that does not answer is left alone for a moment, so its
queue costs one attempt at a time and not one for each event. Nothing is sent inside a transaction.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from dataclasses import dataclass
from typing import Final

import structlog
from django.db import transaction
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When

from api import metrics
from api.webhooks import endpoints, schedule, signing
from api.webhooks.enums import DeliveryState, EndpointState, Reason
from api.webhooks.errors import UNREADABLE
from api.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from core import clock, outgoing, sealing
from core.parallel import work_off
from vendors.enums import VendorState

logger = structlog.get_logger(__name__)

THREADS: Final = 8
LEASE: Final = dt.timedelta(minutes=3)
#: How long one run begins new deliveries, and how many and how long it stays with one endpoint.
RUN_SECONDS: Final = 45.0
TURN_SECONDS: Final = 20.0
TURN: Final = 25
CONNECT_SECONDS: Final = 5.0
SECONDS: Final = 15.0
_GONE: Final = 410


@dataclass(frozen=True, slots=True)
class _Outcome:
    """Of one attempt: a status, or the code of what kept an answer from coming."""

    status: int = 0
    error: str = ""
    answer: str = ""
    seconds: float = 0.0
    retry_after: int | None = None

    @property
    def is_taken(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_unwell(self) -> bool:
        """Whether the endpoint as a whole seems ill, not only at odds with this event."""
        return not self.status or self.status == 429 or self.status >= 500


def send_due(*, threads: int = THREADS) -> int:
    """Sends what is due, for a while. Returns how many attempts were made."""
    ends_at = time.monotonic() + RUN_SECONDS
    made: list[int] = []

    def turn() -> bool:
        if time.monotonic() >= ends_at:
            return False
        claimed = _claim()
        if claimed is None:
            return False
        made.append(_serve(claimed, min(ends_at, time.monotonic() + TURN_SECONDS)))
        return True

    # Nobody's threads are started where nothing waits.
    work_off(turn, threads=min(threads, _ready(clock.now()).count()))
    return sum(made)


def _ready(now: dt.datetime) -> QuerySet[WebhookEndpoint]:
    """Endpoints that nobody serves and that have something due."""
    due = WebhookDelivery.objects.filter(
        endpoint=OuterRef("pk"), state=DeliveryState.WAITING, next_at__lte=now
    )
    return (
        WebhookEndpoint.objects.filter(_free(now), Exists(due), state=EndpointState.ACTIVE)
        .filter(Q(hold_until__isnull=True) | Q(hold_until__lte=now))
        .filter(Q(vendor__state=VendorState.APPROVED) | Q(user__is_active=True))
    )


def _free(now: dt.datetime) -> Q:
    return Q(lease__isnull=True) | Q(leased_until__lte=now)


def _claim() -> WebhookEndpoint | None:
    """One endpoint for this thread alone: those that work first, then who waited longest."""
    now = clock.now()
    fails = Case(When(failures__gt=0, then=Value(1)), default=Value(0), output_field=IntegerField())
    waiting = _ready(now).order_by(fails, F("leased_until").asc(nulls_first=True), "pk")
    for pk in list(waiting.values_list("pk", flat=True)[: 2 * THREADS]):
        lease = uuid.uuid4()
        mine = WebhookEndpoint.objects.filter(_free(now), pk=pk, state=EndpointState.ACTIVE)
        if mine.update(lease=lease, leased_until=now + LEASE):
            return WebhookEndpoint.objects.filter(pk=pk, lease=lease).first()
    return None


def _serve(endpoint: WebhookEndpoint, ends_at: float) -> int:
    """What is due to one endpoint, until it is unwell or its turn is over."""
    made = 0
    try:
        while made < TURN and time.monotonic() < ends_at:
            delivery = (
                endpoint.deliveries.filter(state=DeliveryState.WAITING, next_at__lte=clock.now())
                .order_by("next_at", "pk")
                .first()
            )
            if delivery is None:
                break
            outcome = _attempt(endpoint, delivery)
            made += 1
            if not _note(endpoint, delivery, outcome):
                break
    finally:
        WebhookEndpoint.objects.filter(pk=endpoint.pk, lease=endpoint.lease).update(
            lease=None, leased_until=clock.now()
        )
    return made


def _attempt(endpoint: WebhookEndpoint, delivery: WebhookDelivery) -> _Outcome:
    began = time.monotonic()
    try:
        # By this machine's clock: receivers compare it with theirs.
        headers = signing.headers(
            endpoint, message_id=delivery.message_id, body=delivery.body, now=dt.datetime.now(dt.UTC)
        )
        endpoints.check_scheme(endpoint.url)
        reply = outgoing.post(
            endpoint.url,
            body=delivery.body.encode(),
            headers=headers,
            seconds=SECONDS,
            connect_seconds=CONNECT_SECONDS,
        )
    except sealing.SealBroken:
        # Its owner can make a new secret; until then it fares as one that does not answer, and keeps no other waiting.
        logger.exception("api.secret_unreadable", endpoint=endpoint.pk)
        return _Outcome(error=UNREADABLE, seconds=time.monotonic() - began)
    except outgoing.OutgoingError as error:
        return _Outcome(error=error.code, seconds=time.monotonic() - began)
    return _Outcome(reply.status, "", _readable(reply.beginning), reply.seconds, reply.retry_after)


def _readable(beginning: bytes) -> str:
    """As text that any database takes and any page shows."""
    text = beginning.decode("utf-8", "replace")
    return "".join(letter for letter in text if letter.isprintable() or letter in "\n\t")


@transaction.atomic
def _note(endpoint: WebhookEndpoint, delivery: WebhookDelivery, outcome: _Outcome) -> bool:
    """Writes the attempt and what follows of it. Whether the endpoint is sent more now."""
    now = clock.now()
    WebhookAttempt.objects.create(
        delivery=delivery,
        at=now,
        status=outcome.status,
        error=outcome.error,
        milliseconds=round(outcome.seconds * 1000),
        answer=outcome.answer,
    )
    metrics.ATTEMPTS.labels("delivered" if outcome.is_taken else "failed").inc()
    metrics.SECONDS.observe(outcome.seconds)
    attempts = delivery.attempts + 1
    row = WebhookDelivery.objects.filter(pk=delivery.pk, begun_at=delivery.begun_at)
    mine = WebhookEndpoint.objects.filter(pk=endpoint.pk, lease=endpoint.lease)
    if outcome.is_taken:
        row.update(state=DeliveryState.DELIVERED, attempts=attempts, status=outcome.status)
        if endpoint.failures:
            mine.update(failures=0, failing_since=None, hold_until=None)
            endpoint.failures, endpoint.failing_since = 0, None
        return True
    next_at = schedule.next_attempt(
        attempts=attempts, begun_at=delivery.begun_at, now=now, retry_after=outcome.retry_after
    )
    row.update(
        attempts=attempts,
        status=outcome.status,
        state=DeliveryState.WAITING if next_at else DeliveryState.FAILED,
        next_at=next_at or now,
    )
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    held = schedule.hold(endpoint.failures, outcome.retry_after) if outcome.is_unwell else dt.timedelta()
    mine.update(
        failures=endpoint.failures,
        failing_since=endpoint.failing_since,
        hold_until=now + held if held else None,
    )
    logger.info(
        "api.webhook_failed",
        endpoint=endpoint.pk,
        status=outcome.status,
        error=outcome.error,
        attempt=attempts,
    )
    hopeless = schedule.is_hopeless(
        failing_since=endpoint.failing_since, failures=endpoint.failures, attempts=attempts, now=now
    )
    if outcome.status == _GONE or hopeless:
        endpoints.disable(endpoint, reason=Reason.GONE if outcome.status == _GONE else Reason.FAILING)
        return False
    return not outcome.is_unwell
