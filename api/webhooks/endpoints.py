"""What owners do with endpoints, and what is done to one that does not receive."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from api import locks
from api.webhooks import recording, schedule, signing, waking
from api.webhooks.enums import DeliveryState, EndpointState, Reason
from api.webhooks.errors import AddressNotTaken, NoEvents, TooManyEndpoints
from api.webhooks.models import WebhookDelivery, WebhookEndpoint
from api.webhooks.owners import Owner
from core import clock, outgoing
from core.limits import limit
from notifications.services import notify
from vendors.enums import Role
from vendors.models import Membership

logger = structlog.get_logger(__name__)

MOST: Final = 5
#: How long the secret before a change signs as well.
OVERLAP: Final = dt.timedelta(hours=24)
STOPPED: Final = "webhook.stopped"
#: Addresses looked up for one person.
_SAVED: Final = "30/h"
#: Which names exist inside is nobody's to learn: all of these get the same words.
_UNREACHABLE: Final = frozenset({"private_address", "unknown_host", "took_too_long"})
_NOT_FOUND: Final = _(
    "At “%(host)s” there is no server that may be asked from here. Give an address that opens from everywhere on the Internet."
)


def check_scheme(url: str) -> None:
    """Raises AddressRefused where the settings do not let such a link be asked; also those saved under other ones."""
    scheme = urlsplit(url).scheme
    if scheme not in settings.WEBHOOK_SCHEMES:
        raise outgoing.AddressRefused("scheme", scheme=scheme, url=url[:80])


def add(*, owner: Owner, by: User, url: str, events: Collection[str]) -> tuple[WebhookEndpoint, str]:
    """A new endpoint and its secret, which is shown nowhere again. Raises AddressNotTaken, NoEvents, TooManyEndpoints, TooMany."""
    _require_room(owner)
    url, chosen = _checked(owner, by, url, events)
    secret = signing.new_secret()
    with transaction.atomic():
        locks.lock_owner(vendor=owner.vendor, user=owner.user)
        _require_room(owner)
        endpoint = WebhookEndpoint.objects.create(
            vendor=owner.vendor,
            user=owner.user,
            url=url,
            events=chosen,
            secret=signing.sealed(secret),
            created_by=by,
        )
    logger.info("api.endpoint_added", endpoint=endpoint.pk, actor=by.typed_id)
    return endpoint, secret


def change(
    *, owner: Owner, by: User, endpoint: WebhookEndpoint, url: str, events: Collection[str]
) -> WebhookEndpoint:
    """Another address or other events, from now on. Raises as `add`."""
    url, chosen = _checked(owner, by, url, events)
    changed = {"url": url, "events": chosen}
    if url != endpoint.url:  # what the old address did is not the new one's
        changed |= {"failures": 0, "failing_since": None, "hold_until": None}
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(**changed)
    endpoint.refresh_from_db()
    transaction.on_commit(waking.wake, robust=True)
    return endpoint


def _require_room(owner: Owner) -> None:
    if owner.endpoints().count() >= MOST:
        raise TooManyEndpoints("too_many_endpoints", number=MOST)


def _checked(owner: Owner, by: User, url: str, events: Collection[str]) -> tuple[str, list[str]]:
    limit(f"api.webhook_saved:{by.pk}", _SAVED)
    try:
        check_scheme(url.strip())
        target = outgoing.check_host(url)
    except outgoing.OutgoingError as error:
        if error.code == "scheme":
            raise AddressNotTaken("scheme", field="url") from error
        if error.code in _UNREACHABLE:
            raise AddressNotTaken(
                "unreachable", _NOT_FOUND, field="url", host=error.context.get("host", "")
            ) from error
        raise AddressNotTaken(error.code, f"{error} {error.remedy}", field="url") from error
    chosen = [event.type for event in owner.events if event.type in events]
    if not chosen:
        raise NoEvents("no_events", field="events")
    return target.url, chosen


def rotate(*, endpoint: WebhookEndpoint) -> str:
    """A new secret, which is shown nowhere again; the one before signs as well for a day."""
    secret = signing.new_secret()
    with transaction.atomic():
        locked = locks.lock_endpoint(endpoint.pk)
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
            old_secret=locked.secret, old_until=clock.now() + OVERLAP, secret=signing.sealed(secret)
        )
    endpoint.refresh_from_db()
    return secret


def pause(*, endpoint: WebhookEndpoint) -> None:
    """Events go on being written down, and wait."""
    held = WebhookEndpoint.objects.filter(pk=endpoint.pk, state=EndpointState.ACTIVE)
    held.update(state=EndpointState.PAUSED, reason=Reason.OWNER)


@transaction.atomic
def resume(*, endpoint: WebhookEndpoint) -> None:
    """What waits and is not too old goes out."""
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        state=EndpointState.ACTIVE, reason="", failures=0, failing_since=None, hold_until=None
    )
    transaction.on_commit(waking.wake, robust=True)


def delete(*, endpoint: WebhookEndpoint) -> None:
    """With its log."""
    WebhookEndpoint.objects.filter(pk=endpoint.pk).delete()


@transaction.atomic
def send_test(*, endpoint: WebhookEndpoint) -> WebhookDelivery:
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(hold_until=None)
    return recording.record_test(endpoint)


@transaction.atomic
def send_again(*, delivery: WebhookDelivery) -> None:
    """The same event with the same id, at once and then by the schedule."""
    now = clock.now()
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.WAITING, attempts=0, begun_at=now, next_at=now
    )
    WebhookEndpoint.objects.filter(pk=delivery.endpoint_id).update(hold_until=None)
    transaction.on_commit(waking.wake, robust=True)


@transaction.atomic
def disable(endpoint: WebhookEndpoint, *, reason: Reason) -> None:
    """Switched off by what it did; its owner is told, what waits is given up."""
    held = WebhookEndpoint.objects.filter(pk=endpoint.pk).exclude(state=EndpointState.DISABLED)
    if not held.update(state=EndpointState.DISABLED, reason=reason):
        return
    endpoint.deliveries.filter(state=DeliveryState.WAITING).update(state=DeliveryState.FAILED)
    logger.warning("api.endpoint_disabled", endpoint=endpoint.pk, reason=str(reason))
    owner = Owner.of(endpoint)
    users = [endpoint.user_id] if endpoint.user_id else _managers(endpoint)
    notify(
        users=[pk for pk in users if pk is not None],
        kind=STOPPED,
        params={"host": urlsplit(endpoint.url).hostname or "", "reason": str(reason)},
        url=owner.url("endpoint", endpoint.pk),
        key=f"webhook:{endpoint.pk}:{clock.now().isoformat()}",
    )


def _managers(endpoint: WebhookEndpoint) -> list[int]:
    """Who may open the page."""
    roles = (Role.OWNER, Role.MANAGER)
    members = Membership.objects.filter(vendor=endpoint.vendor_id, role__in=roles, user__is_active=True)
    return list(members.values_list("user_id", flat=True))


def pause_of_leaver(*, vendor_id: int, user_id: int) -> None:
    """Whoever leaves a company may own the addresses that they added: those wait for somebody's word."""
    held = WebhookEndpoint.objects.filter(vendor=vendor_id, created_by=user_id, state=EndpointState.ACTIVE)
    held.update(state=EndpointState.PAUSED, reason=Reason.LEFT)


def pauses() -> list[dt.timedelta]:
    """Between attempts, for the page."""
    return list(schedule.PAUSES)
