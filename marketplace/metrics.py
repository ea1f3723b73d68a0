"""`/metrics` for Prometheus: what processes counted, and what the database tells at the moment of asking.

The questions to the database go over small tables and partial indexes alone; the number of offers does not matter.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import DatabaseError
from django.db.models import Count, Exists, Max, Min, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from api.webhooks import reads as webhooks
from buyer_requests.models import BuyerRequest
from buyer_requests.sealing import opening
from catalog.photos.selectors import queued_photos
from core import metrics, outbox, pulse
from core.models import CurrencyRate, Job, JobState
from core.outbox.selectors import backlogs
from marketplace.celery import QUEUES
from marketplace.health import is_watching
from notifications.models import Notification, PushMessage
from price_lists.enums import RunState
from price_lists.models import ImportRun

#: Outbox consumer → the service level that its lag is.
LAGS = {"search": "ryad_index_lag_seconds", "requests": "ryad_match_lag_seconds"}
_RUNS_UNDER_WAY = (
    RunState.UPLOADED,
    RunState.MAPPING,
    RunState.READING,
    RunState.REVIEW,
    RunState.HELD,
    RunState.QUEUED,
    RunState.APPLYING,
)


@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """To those who watch; to others it does not exist."""
    if not is_watching(request):
        raise Http404
    return HttpResponse(written(), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def written() -> bytes:
    return metrics.exposition(more=[FromDatabase()])


class FromDatabase(Collector):
    """What waits and for how long. Without the database there is only the word that it did not answer."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            found = [*_outbox(), *_workers(), *_work()]
        except DatabaseError:
            found = []
        yield GaugeMetricFamily("ryad_database_up", "1 where the database answered this scrape.", bool(found))
        yield from found


def _seconds_since(moment: Any) -> float:
    return max(0.0, (timezone.now() - moment).total_seconds()) if moment else 0.0


def _outbox() -> Iterator[GaugeMetricFamily]:
    entries = GaugeMetricFamily(
        "ryad_outbox_entries",
        "Entries of a consumer that wait, fail or are set aside.",
        labels=["consumer", "state"],
    )
    oldest = GaugeMetricFamily(
        "ryad_outbox_oldest_seconds", "Age of the entry that has waited longest.", labels=["consumer"]
    )
    lines = {line.consumer: line for line in backlogs()}
    lags = {}
    for name in sorted({*outbox.consumers(), *lines}):
        line = lines.get(name)
        lags[name] = _seconds_since(line.oldest_at if line else None)
        oldest.add_metric([name], lags[name])
        for state in ("waiting", "failing", "dead"):
            entries.add_metric([name, state], getattr(line, state) if line else 0)
    yield entries
    yield oldest
    for name, metric in LAGS.items():
        yield GaugeMetricFamily(
            metric,
            f"Age of the oldest change that the consumer {name!r} has not taken in.",
            lags.get(name, 0.0),
        )


def _workers() -> Iterator[GaugeMetricFamily]:
    ages = GaugeMetricFamily(
        "ryad_worker_seen_seconds", "Since a worker was last seen at a queue; -1: never.", labels=["queue"]
    )
    seen = pulse.last_served()
    for queue in QUEUES:
        ages.add_metric([queue], _seconds_since(seen[queue]) if queue in seen else -1)
    yield ages


def _work() -> Iterator[GaugeMetricFamily]:
    jobs = GaugeMetricFamily(
        "ryad_jobs", "Long work that is not over, and of the last day what is.", labels=["state"]
    )
    oldest = GaugeMetricFamily(
        "ryad_job_waiting_seconds", "Age of the job that has waited longest for a worker."
    )
    under_way = Q(state__in=[JobState.WAITING, JobState.RUNNING])
    of_the_day = Q(heartbeat_at__gt=timezone.now() - dt.timedelta(days=1))
    counts = dict(
        Job.objects.filter(under_way | of_the_day).order_by().values_list("state").annotate(Count("pk"))
    )
    for state in JobState.values:
        jobs.add_metric([state], counts.get(state, 0))
    yield jobs
    waiting = Job.objects.filter(state=JobState.WAITING).aggregate(at=Min("created_at"))["at"]
    oldest.add_metric([], _seconds_since(waiting))
    yield oldest

    imports = GaugeMetricFamily("ryad_imports_under_way", "Imports that are not over.", labels=["state"])
    runs = ImportRun.objects.filter(state__in=_RUNS_UNDER_WAY).order_by()
    by_state = dict(runs.values_list("state").annotate(Count("pk")))
    for state in _RUNS_UNDER_WAY:
        imports.add_metric([state], by_state.get(state, 0))
    yield imports

    yield GaugeMetricFamily(
        "ryad_photos_waiting", "Photos that are to be fetched; 100,000: so many or more.", queued_photos()
    )

    letters = Notification.objects.filter(email_due=True, emailed_at__isnull=True).aggregate(
        waiting=Count("pk"), failing=Count("pk", filter=~Q(email_error="")), at=Min("created_at")
    )
    states = GaugeMetricFamily("ryad_letters_waiting", "Letters that are still to be sent.", labels=["state"])
    states.add_metric(["all"], letters["waiting"])
    states.add_metric(["failing"], letters["failing"])
    yield states
    yield GaugeMetricFamily(
        "ryad_letters_oldest_seconds",
        "Age of the letter that has waited longest.",
        _seconds_since(letters["at"]),
    )

    yield from _sent_outside()

    waits = Exists(opening.without_secret().filter(request=OuterRef("pk")))
    requests = BuyerRequest.objects.filter(state="open").aggregate(
        open=Count("pk"), waiting=Count("pk", filter=Q(waits))
    )
    yield GaugeMetricFamily("ryad_requests_open", "Requests that take bids.", requests["open"])
    yield GaugeMetricFamily(
        "ryad_sealed_without_secret",
        "Requests whose sealed bids cannot be opened, because the settings lack their secret.",
        requests["waiting"],
    )
    rates = GaugeMetricFamily(
        "ryad_rate_age_days", "Days since a currency's rate was set.", labels=["currency"]
    )
    today = timezone.localdate()
    for currency, day in (
        CurrencyRate.objects.order_by("currency").values_list("currency").annotate(Max("day"))
    ):
        rates.add_metric([currency], (today - day).days)
    yield rates


def _sent_outside() -> Iterator[GaugeMetricFamily]:
    """Webhooks and push messages. Only what is due is late: a pause after a failure is the receiver's."""
    waiting = webhooks.waiting()
    states = GaugeMetricFamily(
        "ryad_webhooks_waiting", "Deliveries of webhooks that are not over.", labels=["state"]
    )
    states.add_metric(["all"], waiting.everything)
    states.add_metric(["due"], waiting.due)
    yield states
    yield GaugeMetricFamily(
        "ryad_webhooks_oldest_seconds",
        "Since the delivery that has waited longest could be sent.",
        _seconds_since(waiting.due_since),
    )
    pushes = PushMessage.objects.aggregate(waiting=Count("pk"), at=Min("created_at"))
    yield GaugeMetricFamily("ryad_pushes_waiting", "Push messages still to be sent.", pushes["waiting"])
    yield GaugeMetricFamily(
        "ryad_pushes_oldest_seconds",
        "Age of the push message that has waited longest; quiet hours are part of it.",
        _seconds_since(pushes["at"]),
    )
