"""A slice of work at the queue of photos: hosts are claimed, their photos fetched side by side, made one by one.

Threads only wait for servers; the database, the child process that makes the files, and the storage belong to the
thread that is called. Whatever a kill leaves behind is due again when its lease ends.
"""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import structlog
from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from catalog.photos import metrics, politeness, storing
from catalog.photos.addresses import FETCH
from catalog.photos.enums import PhotoState
from catalog.photos.models import Photo, PhotoHost
from catalog.photos.pictures import SIZES
from catalog.photos.workshop import Workshop
from core import clock, outgoing
from core.jobs.services import start_job
from core.models import Job, JobState
from vendors.enums import VendorState

log = structlog.get_logger(__name__)

KIND: Final = "catalog.fetch_photos"
#: One slice; then others who wait for a worker of this queue have their turn.
SECONDS: Final = 60.0
_HOSTS: Final = 4
_CONNECTIONS: Final = 8
_CLAIMED: Final = 20
#: Seconds between two looks for further hosts while some are at hand: a look may walk the whole queue of a vendor whom
#: buyers may not see.
_LOOK: Final = 1.0
_LEASE: Final = dt.timedelta(minutes=10)
_LIMITS: Final = outgoing.Limits(seconds=30, pause=10, size=15 * 1024 * 1024)
_ACCEPT: Final = {"Accept": "image/webp,image/jpeg,image/png,image/*;q=0.8"}
#: Days until an address is asked again: of a photo that is there, that was refused, that was not there.
_READY_DAYS, _REFUSED_DAYS, _GONE_DAYS = 28, 14, 3
#: So often a photo must be missing before the one that was there is dropped.
_GONE_TIMES: Final = 3


@dataclass(slots=True)
class _Come:
    """What a thread brought: the answer with its file, or why there is none; `fault` is one that nobody thought of."""

    photo: Photo
    file: IO[bytes]
    answer: outgoing.Answer | None = None
    error: outgoing.OutgoingError | None = None
    fault: Exception | None = None


def start() -> bool:
    """A job for what is due, unless one is under way. Returns whether one was begun."""
    if settings.PHOTOS != FETCH:
        return False
    if Job.objects.filter(kind=KIND, state__in=[JobState.WAITING, JobState.RUNNING]).exists():
        return False
    if not _due_hosts(clock.now()).exists():
        return False
    start_job(kind=KIND, task=KIND, queue="default", subject="photos")
    return True


def work(
    *, seconds: float = SECONDS, report: Callable[[int], None] | None = None, policy: Any = None
) -> Counter[str]:
    """Fetches what is due for so long; returns how many photos ended in which state ("later": to be tried again)."""
    if settings.PHOTOS != FETCH:
        return Counter()
    slice_ = _Slice(policy)
    try:
        with ThreadPoolExecutor(_CONNECTIONS, "photos") as pool, Workshop() as workshop:
            slice_.run(pool, workshop, until=time.monotonic() + seconds, report=report)
    finally:
        slice_.release()
    return slice_.counts


class _Slice:
    def __init__(self, policy: Any) -> None:
        self.counts: Counter[str] = Counter()
        self._policy = policy
        self._lines = politeness.Lines()
        self._under_way: dict[Future[_Come], Photo] = {}
        self._look_at = 0.0

    def run(
        self,
        pool: ThreadPoolExecutor,
        workshop: Workshop,
        *,
        until: float,
        report: Callable[[int], None] | None,
    ) -> None:
        while True:
            if time.monotonic() < until:
                self._claim()
                self._begin(pool)
            elif not self._under_way:
                return
            _free(self._lines.over())
            if not self._under_way and not len(self._lines):
                return
            pause = self._lines.wait(time.monotonic())
            if not self._under_way:
                time.sleep(pause or 0.05)
                continue
            done, _ = wait(
                self._under_way, timeout=0.5 if pause is None else pause, return_when=FIRST_COMPLETED
            )
            for future in done:
                photo = self._under_way.pop(future)
                self._take(photo, future, workshop)
                if report is not None:
                    report(self.counts.total())

    def _claim(self) -> None:
        now = clock.now()
        if len(self._lines) < _HOSTS and (not len(self._lines) or time.monotonic() >= self._look_at):
            self._look_at = time.monotonic() + _LOOK
            mine = [host.pk for host in self._lines.hosts()]
            for host in _due_hosts(now).exclude(pk__in=mine)[: _HOSTS - len(self._lines)]:
                if _leasable(now).filter(pk=host.pk).update(leased_until=now + _LEASE, asked_at=now):
                    self._lines.open(host)
        for host in self._lines.short(politeness.AT_ONCE):
            self._lines.add(host.pk, _claimed(host, now))

    def _begin(self, pool: ThreadPoolExecutor) -> None:
        while len(self._under_way) < _CONNECTIONS:
            photo = self._lines.take(time.monotonic())
            if photo is None:
                return
            self._under_way[pool.submit(_fetch, photo, self._policy)] = photo

    def _take(self, photo: Photo, future: Future[_Come], workshop: Workshop) -> None:
        self._lines.finished(photo.host_id)
        come = future.result()
        with come.file:
            host = photo.host
            if come.fault is not None:
                # One address must not stop all the others, nor come first again and again.
                log.error("photos.fault", photo=photo.pk, exc_info=come.fault)
                state = _later(photo, "unexpected")
            elif come.error is not None and _is_hosts(come.error):
                state = _later(photo, come.error.code, retry_after=getattr(come.error, "retry_after", None))
                if _is_of(photo, come.error, self._policy) and _blame(host, come.error):
                    _unclaim(self._lines.close(host.pk))
            else:
                if host.failures:
                    host.failures = 0
                    PhotoHost.objects.filter(pk=host.pk).update(failures=0, wait_until=None)
                state = _record(come, workshop)
        self.counts[state] += 1
        metrics.FETCHED.labels(state).inc()

    def release(self) -> None:
        """What was claimed and not begun is due again; so are photos that were under way when it was stopped."""
        for future in self._under_way:
            if future.done() and future.exception() is None:
                future.result().file.close()
        left = list(self._under_way.values())
        for host in self._lines.hosts():
            left += self._lines.close(host.pk)
        _unclaim(left)
        _free(self._lines.hosts())


def _leasable(now: dt.datetime) -> QuerySet[PhotoHost]:
    return PhotoHost.objects.filter(
        Q(wait_until__isnull=True) | Q(wait_until__lte=now),
        Q(leased_until__isnull=True) | Q(leased_until__lt=now),
    )


def due(now: dt.datetime) -> QuerySet[Photo]:
    """Photos in the queue of vendors whom buyers may see."""
    return Photo.objects.filter(next_at__lte=now, vendor__state=VendorState.APPROVED)


def _due_hosts(now: dt.datetime) -> QuerySet[PhotoHost]:
    waiting = due(now).filter(host=OuterRef("pk"))
    return _leasable(now).filter(Exists(waiting)).order_by(F("asked_at").asc(nulls_first=True), "pk")


def _claimed(host: PhotoHost, now: dt.datetime) -> list[Photo]:
    """The next of a leased host. Until the lease ends nobody else sees them in the queue."""
    photos = list(due(now).filter(host=host).order_by("rank", "next_at")[:_CLAIMED])
    if photos:
        Photo.objects.filter(pk__in=[photo.pk for photo in photos]).update(next_at=now + _LEASE)
    for photo in photos:
        photo.host = host
    return photos


def _unclaim(photos: Iterable[Photo]) -> None:
    for photo in photos:
        Photo.objects.filter(pk=photo.pk).update(next_at=photo.next_at)


def _free(hosts: Collection[PhotoHost]) -> None:
    if hosts:
        PhotoHost.objects.filter(pk__in=[host.pk for host in hosts]).update(leased_until=None)


def _fetch(photo: Photo, policy: Any) -> _Come:
    """In a thread: nothing here may touch the database."""
    come = _Come(photo, tempfile.NamedTemporaryFile(prefix="ryad-photo-"))  # noqa: SIM115 - closed by whoever takes it
    knows = bool(photo.content)
    try:
        come.answer = outgoing.download(
            photo.address,
            to=come.file,  # type: ignore[arg-type]  # the wrapper of a temporary file writes like one
            limits=_LIMITS,
            headers=_ACCEPT,
            etag=photo.etag if knows else "",
            last_modified=photo.last_modified if knows else "",
            policy=policy,
        )
        come.file.flush()
    except outgoing.OutgoingError as error:
        come.error = error
    except Exception as error:  # noqa: BLE001 - what a stranger's server makes our client raise is that photo's alone
        come.fault = error
    return come


def _is_hosts(error: outgoing.OutgoingError) -> bool:
    """Whether it passes by itself, so that it says nothing about the photo."""
    if isinstance(error, outgoing.StatusRefused):
        return error.status_code == 429 or error.status_code >= 500
    return isinstance(error, outgoing.HostSilent | outgoing.TookTooLong)


def _is_of(photo: Photo, error: outgoing.OutgoingError, policy: Any) -> bool:
    """Whether it came from the photo's own host, and not from where that led on to: another vendor's link must not
    have a host left alone.
    """
    said = error.context.get("host")
    try:
        return said is None or said == outgoing.check_url(photo.address, policy).host
    except outgoing.AddressRefused:
        return True


def _blame(host: PhotoHost, error: outgoing.OutgoingError) -> bool:
    """Counts a failure of a host; True where it is to be left alone now. Asked to wait, it is left alone at once."""
    retry_after = getattr(error, "retry_after", None)
    is_told = retry_after is not None or getattr(error, "status_code", 0) == 429
    host.failures = min(host.failures + 1, 1_000)
    is_over = is_told or host.failures >= politeness.PATIENCE
    values: dict[str, Any] = {"failures": host.failures}
    if is_over:
        rounds = host.failures // politeness.PATIENCE or 1
        values["wait_until"] = clock.now() + politeness.pause_after(rounds, retry_after=retry_after)
        log.info("photos.host_waits", host=host.name, error=error.code, failures=host.failures)
    PhotoHost.objects.filter(pk=host.pk).update(**values)
    return is_over


def _later(photo: Photo, code: str, *, retry_after: int | None = None) -> str:
    """Tried again later and later; after some days in vain once a fortnight."""
    now, attempts = clock.now(), photo.attempts + 1
    values: dict[str, Any] = {"attempts": attempts, "error": code[:40], "fetched_at": now}
    if photo.state == PhotoState.GONE:
        # how often it was missing is not to be mixed with how often nobody answered
        values |= _asked_again(photo, now, days=_GONE_DAYS) | {"attempts": photo.attempts}
    elif attempts >= politeness.MOST_ATTEMPTS:
        values |= _asked_again(photo, now, days=_REFUSED_DAYS)
        values["state"] = PhotoState.READY if photo.content else PhotoState.REFUSED
    else:
        pause = politeness.pause_after(attempts, retry_after=retry_after)
        values["next_at"] = now + pause
    Photo.objects.filter(pk=photo.pk).update(**values)
    return str(values.get("state", "later"))


def _record(come: _Come, workshop: Workshop) -> str:
    """Writes down what a photo's own answer says; returns its state."""
    photo, answer = come.photo, come.answer
    now = clock.now()
    values: dict[str, Any]
    if answer is None:
        code = come.error.code if come.error is not None else ""
        values = _gone(photo, now) if code == "status_gone" else _refused(photo, now, code)
    elif answer.not_modified or answer.sha256[:32] == photo.content:
        values = _asked_again(photo, now, days=_READY_DAYS) | {
            "state": PhotoState.READY,
            "error": "",
            "attempts": 0,
        }
    else:
        values = _taken(photo, answer, come, workshop, now)
    Photo.objects.filter(pk=photo.pk).update(fetched_at=now, **values)
    return str(values["state"])


def _taken(
    photo: Photo, answer: outgoing.Answer, come: _Come, workshop: Workshop, now: dt.datetime
) -> dict[str, Any]:
    content = answer.sha256[:32]
    same = Photo.objects.filter(content=content).values("width", "height", "sizes").first()
    if same is None or not storing.has(content, same["sizes"]):
        made = workshop.make(Path(come.file.name), sizes=SIZES)
        if made.files is None:
            return _refused(photo, now, made.error)
        storing.put(content, made.files)
        same = {
            "width": made.width,
            "height": made.height,
            "sizes": ",".join(str(side) for side in sorted(made.files)),
        }
    return {
        **same,
        **_asked_again(photo, now, days=_READY_DAYS),
        "state": PhotoState.READY,
        "content": content,
        "size": answer.size,
        "etag": answer.etag,
        "last_modified": answer.last_modified,
        "attempts": 0,
        "error": "",
    }


def _gone(photo: Photo, now: dt.datetime) -> dict[str, Any]:
    times = photo.attempts + 1 if photo.state == PhotoState.GONE else 1
    values = _asked_again(photo, now, days=min(_GONE_DAYS * times, _READY_DAYS))
    values |= {"state": PhotoState.GONE, "error": "status_gone", "attempts": times}
    if times >= _GONE_TIMES:
        values |= {"content": "", "sizes": "", "etag": "", "last_modified": ""}
    return values


def _refused(photo: Photo, now: dt.datetime, code: str) -> dict[str, Any]:
    """What was made of it before stays in sight."""
    values = _asked_again(photo, now, days=_REFUSED_DAYS)
    return values | {"state": PhotoState.REFUSED, "error": code[:40], "attempts": 0}


def _asked_again(photo: Photo, now: dt.datetime, *, days: float) -> dict[str, Any]:
    """Out of the queue; a nightly walk puts it there again."""
    return {"next_at": None, "check_at": now + politeness.check_after(days=days), "rank": photo.rank % 2}
