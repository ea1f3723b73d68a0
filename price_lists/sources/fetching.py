"""One look at a link: under a lease, outside any transaction, into the same import that an upload goes through."""

from __future__ import annotations

import datetime as dt
import tempfile
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

import structlog
from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import F, Q

from catalog.services.bulk import confirm_supply
from core import clock, metrics, outgoing
from core.databases import is_outage
from core.errors import DomainError
from core.sealing import SealBroken, unseal
from price_lists import reading
from price_lists.enums import RunState
from price_lists.errors import UNEXPECTED, Refusal
from price_lists.models import Feed, Fetch, ImportRun
from price_lists.services.imports import start
from price_lists.services.uploads import receive_upload
from price_lists.sources import messages, schedule
from price_lists.sources.enums import Outcome
from price_lists.sources.partial_layout import why_not_partial
from price_lists.sources.sharing import direct_link
from vendors.enums import VendorState

log = structlog.get_logger(__name__)

PURPOSE: Final = "price_lists.feed"
SECONDS: Final = 240.0
PAUSE: Final = 30.0
LEASE: Final = dt.timedelta(minutes=20)
#: Looks kept for the page.
KEPT: Final = 100
#: A passing fault is told of when it is there a second time; what a person must mend, at once.
TOLD_AFTER: Final = 2
_STANDS_STILL: Final = {
    RunState.HELD: messages.WAITING,
    RunState.REVIEW: messages.WAITING,
    RunState.MAPPING: messages.WAITING,
    RunState.FAILED: messages.NOT_TAKEN,
}

FETCHES: Final = metrics.counter(
    "ryad_feed_fetches", "Looks at vendors' links, by what came of them.", ["outcome"]
)


@dataclass(slots=True)
class _Found:
    """What came of a look, before it is written down."""

    outcome: Outcome
    size: int = 0
    seconds: float = 0.0
    answer: outgoing.Answer | None = None
    run: ImportRun | None = None
    error: DomainError | None = None
    retry_after: int | None = None
    confirms: bool = False
    context: dict[str, str] = field(default_factory=dict)


def due(*, now: dt.datetime, at_most: int = 200) -> list[int]:
    """Sources whose link is to be asked now, marked as sent, so that a full queue is not filled further."""
    waiting = Feed.objects.filter(
        is_on=True, next_at__lte=now, source__vendor__state=VendorState.APPROVED
    ).filter(
        Q(sent_until__isnull=True) | Q(sent_until__lt=now),
        Q(leased_until__isnull=True) | Q(leased_until__lt=now),
    )
    chosen = []
    for pk, source_id, sent in waiting.order_by("next_at").values_list("pk", "source_id", "sent_until")[
        :at_most
    ]:
        if Feed.objects.filter(pk=pk, sent_until=sent).update(sent_until=now + LEASE):
            chosen.append(source_id)
    return chosen


def fetch(*, source_id: int) -> Fetch | None:
    """Asks the link of a source if it is due and nobody else is at it; None otherwise.

    Never raises for what the link does: that is recorded, told once, and tried again later and later. So is a fault of
    ours, which is raised as well.
    """
    feed = _claim(source_id)
    if feed is None:
        return None
    with tempfile.NamedTemporaryFile(prefix="ryad-feed-") as file:
        try:
            found = _look(feed, file)
        except Exception as error:
            # Without a word of it the lease would stand, and the page would show the last look as the newest.
            if not is_outage(error):  # then nothing can be written, and the task is tried again
                _record(feed, _Found(Outcome.FAILED, error=DomainError(UNEXPECTED)))
            raise
    return _record(feed, found)


def tell_of_standing_runs() -> int:
    """Tells the people of a vendor, once, that a fetched version waits for them or could not be taken."""
    told = 0
    feeds = Feed.objects.filter(run__isnull=False, run__state__in=_STANDS_STILL).exclude(told_run=F("run_id"))
    for feed in feeds.select_related("source__vendor", "run__vendor")[:200]:
        run = feed.run
        if run is None:
            continue
        with transaction.atomic():
            messages.tell_of_run(feed, run, _STANDS_STILL[RunState(run.state)])
            Feed.objects.filter(pk=feed.pk).update(told_run=run.pk)
        told += 1
    return told


def _claim(source_id: int) -> Feed | None:
    now = clock.now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    lease = uuid.uuid4()
    with transaction.atomic():
        if not Feed.objects.filter(free, source=source_id, is_on=True, next_at__lte=now).update(
            lease=lease, leased_until=now + LEASE
        ):
            return None
        return Feed.objects.select_related("source__vendor", "source__supply", "run").get(lease=lease)


def _look(feed: Feed, file: IO[bytes]) -> _Found:
    try:
        return _taken(feed, file)
    except outgoing.OutgoingError as error:
        return _Found(Outcome.FAILED, error=error, retry_after=getattr(error, "retry_after", None))
    except Refusal as error:
        return _Found(Outcome.REFUSED, error=error)
    except DomainError as error:
        return _Found(Outcome.FAILED, error=error)


def _taken(feed: Feed, file: IO[bytes]) -> _Found:
    # A version that was not taken in is asked for whole: what the server knows as sent is not what the row has.
    knows = feed.run is not None and feed.run.state not in {RunState.FAILED, RunState.CANCELLED}
    answer = outgoing.download(
        direct_link(feed.url),
        to=file,  # type: ignore[arg-type]  # the wrapper of a temporary file writes like one
        limits=outgoing.Limits(seconds=SECONDS, pause=PAUSE, size=settings.PRICE_LIST_MAX_BYTES),
        credentials=_credentials(feed),
        etag=feed.etag if knows else "",
        last_modified=feed.last_modified if knows else "",
    )
    found = _Found(Outcome.CONFIRMED, answer.size, answer.seconds, answer)
    if answer.not_modified or answer.sha256 == feed.sha256:
        found.confirms = feed.run is not None and feed.run.state == RunState.APPLIED
        found.run = feed.run
        return found
    file.flush()
    _check(feed, Path(file.name), answer.name)
    if not Feed.objects.filter(pk=feed.pk, lease=feed.lease).exists():
        return found  # the link was changed meanwhile, or is asked again: this is not its file any more
    file.seek(0)
    run, is_new = receive_upload(
        vendor=feed.source.vendor,
        source=feed.source,
        file=File(file),
        original_name=answer.name or feed.source.name,
        auto_apply=True,
    )
    if is_new or run.job is None:
        start(run=run)
    found.outcome, found.run = (Outcome.TAKEN if is_new else Outcome.CONFIRMED), run
    found.confirms = not is_new and run.state == RunState.APPLIED
    return found


def _check(feed: Feed, path: Path, name: str) -> None:
    """A sign-in page, an empty answer or a program is refused before it becomes a version. Raises Refusal."""
    if feed.source.is_partial:
        why_not_partial(path, name)
        return
    refusal = reading.inspect(path, original_name=name).refusal
    if refusal is not None:
        raise refusal


def _credentials(feed: Feed) -> tuple[str, str] | None:
    if not feed.user and not feed.password:
        return None
    return feed.user, unseal(feed.password, purpose=PURPOSE) if feed.password else ""


def _record(feed: Feed, found: _Found) -> Fetch | None:
    """Writes down what came of a look, if the lease still holds, and who is to be told."""
    now = clock.now()
    error = found.error
    values: dict[str, Any] = {"lease": None, "leased_until": None, "sent_until": None, "fetched_at": now}
    since = feed.failing_since
    if error is None:
        values |= {
            "failures": 0,
            "failing_since": None,
            "is_told": False,
            "next_at": schedule.after_success(now=now, every=feed.every),
        }
        if found.run is not None and found.answer is not None:
            values["run"] = found.run
            if not found.answer.not_modified:
                values |= {
                    "etag": found.answer.etag,
                    "last_modified": found.answer.last_modified,
                    "sha256": found.answer.sha256,
                }
    else:
        since = since or now
        failures = feed.failures + 1
        is_lasting = not isinstance(error, outgoing.HostSilent | outgoing.TookTooLong | SealBroken) and not (
            isinstance(error, outgoing.StatusRefused)
            and (error.status_code >= 500 or error.status_code == 429)
        )
        tells = not feed.is_told and (is_lasting or failures >= TOLD_AFTER)
        values |= {
            "failures": min(failures, 10_000),
            "failing_since": since,
            "is_told": feed.is_told or tells,
            "next_at": schedule.after_failure(
                now=now, every=feed.every, failures=failures, retry_after=found.retry_after
            ),
        }
    with transaction.atomic():
        if not Feed.objects.filter(pk=feed.pk, lease=feed.lease).update(**values):
            return None  # took longer than the lease: another worker has asked meanwhile
        row = Fetch.objects.create(
            source=feed.source,
            at=now,
            outcome=found.outcome,
            size=found.size,
            seconds=found.seconds,
            error_code=error.code[:60] if error else "",
            error_context={name: str(value)[:200] for name, value in error.context.items()} if error else {},
            run=found.run,
        )
        if found.confirms:
            confirm_supply(supply=feed.source.supply, now=now)
        if error is None and feed.is_told and since is not None:
            messages.tell_recovered(feed, since=since)
        if error is not None and values["is_told"] and not feed.is_told and since is not None:
            messages.tell_failing(feed, since=since)
    _forget_old(feed.source_id)
    FETCHES.labels(found.outcome).inc()
    log.info("feed", source_id=feed.source_id, outcome=str(found.outcome), error=error.code if error else "")
    return row


def _forget_old(source_id: int) -> None:
    oldest = (
        Fetch.objects.filter(source=source_id).order_by("-pk").values_list("pk", flat=True)[KEPT : KEPT + 1]
    )
    for pk in oldest:
        Fetch.objects.filter(source=source_id, pk__lte=pk).delete()
