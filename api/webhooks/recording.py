"""From a message, or an import, to deliveries: written in the transaction that made it true."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone, translation

from api.webhooks import catalogue, waking
from api.webhooks.catalogue import Event
from api.webhooks.enums import EndpointState
from api.webhooks.models import WebhookDelivery, WebhookEndpoint
from notifications.models import Notification
from price_lists.models import ImportRun

#: Of an import's counts; others are its own bookkeeping.
_COUNTED: Final = ("new", "changed", "unchanged", "withdrawn", "errors")

_MANY: Final = 20


def record_messages(messages: Iterable[Notification]) -> int:
    """Deliveries for those of these messages that an endpoint wants. Returns how many are new at most."""
    told: dict[tuple[str, str], tuple[Event, Notification, Mapping[str, Any]]] = {}
    messages = list(messages)
    # Of hundreds at once, reading what each one's address names costs more than asking whether anybody listens.
    if len(messages) > _MANY and not WebhookEndpoint.objects.exclude(state=EndpointState.DISABLED).exists():
        return 0
    for message in messages:
        if message.kind not in catalogue.KINDS or not message.shown:
            continue  # what is not shown tells of messages that were
        names = _names_in(message.url)
        slug = names.get("vendor_slug", "")
        owner = f"vendor:{slug}" if slug else f"user:{message.user_id}"
        event = catalogue.BY_KIND.get((message.kind, "vendor" if slug else "buyer"))
        if event is not None:  # a company's message goes to each of its people and is one event
            told.setdefault((owner, message.key), (event, message, names))
    if not told:
        return 0
    endpoints = _endpoints(owner for owner, _key in told)
    rows = []
    for (owner, key), (event, message, names) in told.items():
        body: dict[str, Any] | None = None
        for endpoint in endpoints.get(owner, ()):
            if event.type not in endpoint.events:
                continue
            body = body or envelope(event.type, _data(event, message, names))
            rows.append(_delivery(endpoint, event.type, key, body))
    return _write(rows)


def record_import(run: ImportRun, state: str) -> int:
    """Deliveries of how an import went on, for the vendor's endpoints."""
    event_type = f"import.{state}"
    held = WebhookEndpoint.objects.exclude(state=EndpointState.DISABLED).filter(vendor=run.vendor_id)
    endpoints = [endpoint for endpoint in held if event_type in endpoint.events]
    if not endpoints:
        return 0
    with translation.override(settings.LANGUAGE_CODE):
        url = _absolute(reverse("price_lists:run", args=[run.vendor.slug, run.pk]))
    data = {
        "import": {"id": run.pk, "url": url},
        "source": {"id": run.source_id, "name": run.source.name},
        "counts": {name: run.counts.get(name, 0) for name in _COUNTED},
        "error": run.error_code or None,
    }
    body = envelope(event_type, data)
    # Held, confirmed and held anew is told anew: each time by other counts.
    key = f"import:{run.pk}:{state}:{body['timestamp'] if state == 'held' else ''}"
    return _write([_delivery(endpoint, event_type, key, body) for endpoint in endpoints])


def record_test(endpoint: WebhookEndpoint) -> WebhookDelivery:
    """A made-up event, sent like any other."""
    body = envelope(catalogue.TEST, {"endpoint": endpoint.url})
    delivery = _delivery(endpoint, catalogue.TEST, f"test:{body['id']}", body)
    delivery.save()
    transaction.on_commit(waking.wake, robust=True)
    return delivery


def envelope(event_type: str, data: dict[str, Any]) -> dict[str, Any]:
    """What every payload has."""
    now = timezone.now().astimezone(timezone.get_fixed_timezone(0))
    return {
        "id": f"msg_{uuid.uuid4().hex}",
        "type": event_type,
        "version": catalogue.VERSION,
        "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "data": data,
    }


def _data(event: Event, message: Notification, names: Mapping[str, Any]) -> dict[str, Any]:
    data = event.data(message.params)
    if "public_id" in names:
        request = {"id": str(names["public_id"]), "title": message.params.get("request", "")}
        data = {"request": request | {"url": _absolute(message.url)}, **data}
    return data


def _names_in(url: str) -> Mapping[str, Any]:
    """What the path of a message's page names: the vendor on whose desk it is, the request that it shows."""
    try:
        with translation.override(settings.LANGUAGE_CODE):  # messages keep paths without a prefix
            return resolve(url.partition("?")[0].partition("#")[0]).kwargs
    except Resolver404:
        return {}


def _absolute(path: str) -> str:
    return settings.SITE_URL.rstrip("/") + path


def _endpoints(owners: Iterable[str]) -> dict[str, list[WebhookEndpoint]]:
    slugs, users = [], []
    for owner in owners:
        kind, _colon, name = owner.partition(":")
        (slugs if kind == "vendor" else users).append(name)
    wanted: QuerySet[WebhookEndpoint] = WebhookEndpoint.objects.exclude(state=EndpointState.DISABLED)
    found: dict[str, list[WebhookEndpoint]] = {}
    for endpoint in wanted.filter(Q(vendor__slug__in=slugs) | Q(user__in=users)).select_related("vendor"):
        owner = f"vendor:{endpoint.vendor.slug}" if endpoint.vendor else f"user:{endpoint.user_id}"
        found.setdefault(owner, []).append(endpoint)
    return found


def _delivery(endpoint: WebhookEndpoint, event_type: str, key: str, body: dict[str, Any]) -> WebhookDelivery:
    return WebhookDelivery(
        endpoint=endpoint,
        event_id=uuid.UUID(hex=body["id"].removeprefix("msg_")),
        type=event_type,
        key=key,
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
    )


def _write(rows: list[WebhookDelivery]) -> int:
    if rows:
        # The same message again, also from another process, is the same event: the constraint keeps one.
        WebhookDelivery.objects.bulk_create(rows, batch_size=200, ignore_conflicts=True)
        transaction.on_commit(waking.wake, robust=True)
    return len(rows)
