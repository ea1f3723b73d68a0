"""A slice of work at the queue of photos: hosts are leased, their photos fetched side by side, made one by one.

Threads only wait for servers; the database, the child process that makes the files, and the storage belong to the
thread that is called. Whatever a kill leaves behind is due again when its lease ends.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import structlog
from django.conf import settings

from catalog.photos import metrics, politeness, queueing, quota, storing
from catalog.photos.addresses import FETCH
from catalog.photos.models import Photo, PhotoHost
from catalog.photos.recording import record, record_later
from catalog.photos.workshop import Workshop
from core import clock, outgoing
from core.errors import Unavailable
from core.jobs.services import start_job
from core.models import Job, JobState

log = structlog.get_logger(__name__)

KIND: Final = "catalog.fetch_photos"
#: One slice; then others who wait for a worker of this queue have their turn.
SECONDS: Final = 60.0
_HOSTS: Final = 4
_CONNECTIONS: Final = 8
#: Seconds between two looks for further hosts while some are at hand: a look may walk the hosts of all vendors.
_LOOK: Final = 1.0
_LIMITS: Final = outgoing.Limits(seconds=30, pause=10, size=15 * 1024 * 1024)
_ACCEPT: Final = {"Accept": "image/webp,image/jpeg,image/png,image/*;q=0.8"}


@dataclass(slots=True)
class _Come:
    """What a thread brought: the answer with its file, or why there is none; `fault` is one that nobody thought of."""

    photo: Photo
    file: IO[bytes] | None = None
    answer: outgoing.Answer | None = None
    error: outgoing.OutgoingError | None = None
    fault: Exception | None = None


def start() -> bool:
    """A job for what is due, unless one is under way. Returns whether one was begun."""
    if settings.PHOTOS != FETCH:
        return False
    if Job.objects.filter(kind=KIND, state__in=[JobState.WAITING, JobState.RUNNING]).exists():
        return False
    if not queueing.is_due(clock.now()):
        return False
    start_job(kind=KIND, task=KIND, queue="default", subject="photos")
    return True


def work(
    *, seconds: float = SECONDS, report: Callable[[int], None] | None = None, policy: Any = None
) -> Counter[str]:
    """Fetches what is due for so long; returns how many photos ended in which state ("later": to be tried again).
    Raises Unavailable where there is no room for their files.
    """
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
        #: Vendors of which it is known whether there is room for more.
        self._weighed: set[int | None] = set()
        #: Seconds of this thread and of the child process that each vendor's photos took.
        self._spent: dict[int | None, float] = {}

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
            over = self._lines.over()
            queueing.free(over)
            if not self._under_way and not len(self._lines):
                if not over:
                    return
                continue  # to the next hosts
            pause = self._lines.wait(time.monotonic())
            if not self._under_way:
                time.sleep(pause or 0.05)
                continue
            done, _ = wait(
                self._under_way, timeout=0.5 if pause is None else pause, return_when=FIRST_COMPLETED
            )
            if done:
                # One, then the rest anew: pictures that are hard to open hold up none but their own vendor's.
                future = min(done, key=lambda each: self._spent[self._under_way[each].vendor_id])
                self._take(future, workshop)
                if report is not None:
                    report(self.counts.total())

    def _claim(self) -> None:
        if len(self._lines) < _HOSTS and (not len(self._lines) or time.monotonic() >= self._look_at):
            self._look_at = time.monotonic() + _LOOK
            self._look()
        short = self._lines.short(politeness.AT_ONCE)
        if short:
            now = clock.now()
            for host in short:
                self._lines.add(host.pk, queueing.claimed(host, now))

    def _look(self) -> None:
        """Hosts in turn. More than two of one vendor only where nobody else waits."""
        storing.check_room()
        now = clock.now()
        for most in (_HOSTS // 2, _HOSTS):
            while len(self._lines) < _HOSTS:
                at_hand = self._lines.hosts()
                held = Counter(host.vendor_id for host in at_hand)
                host = queueing.next_host(
                    now,
                    not_of=[vendor_id for vendor_id, count in held.items() if count >= most],
                    not_named=[host.name for host in at_hand],
                )
                if host is None:
                    break
                if host.vendor_id is not None and host.vendor_id not in self._weighed:
                    self._weighed.add(host.vendor_id)
                    if quota.is_full(host.vendor_id) and quota.put_off(host.vendor_id):
                        continue  # it may have no more to ask for
                if not queueing.lease(host, now):
                    return
                self._lines.open(host)
                # Who comes later begins with what the others have had, and not before all of them.
                self._spent.setdefault(host.vendor_id, min(self._spent.values(), default=0.0))

    def _begin(self, pool: ThreadPoolExecutor) -> None:
        while len(self._under_way) < _CONNECTIONS:
            photo = self._lines.take(time.monotonic())
            if photo is None:
                return
            self._under_way[pool.submit(_fetch, photo, self._policy)] = photo

    def _take(self, future: Future[_Come], workshop: Workshop) -> None:
        photo, begun = self._under_way.pop(future), time.monotonic()
        self._lines.finished(photo.host_id)
        come = future.result()
        try:
            state = self._recorded(photo, come, workshop)
        except (OSError, Unavailable) as error:
            # The disk is full, say: that is not the photo's, and passes only when somebody sees to it.
            log.warning("photos.not_stored", error=str(error))
            queueing.unclaim([photo])
            raise Unavailable("disk_full") from None
        finally:
            if come.file is not None:
                come.file.close()
        self._spent[photo.vendor_id] += time.monotonic() - begun
        self.counts[state] += 1
        metrics.FETCHED.labels(state).inc()

    def _recorded(self, photo: Photo, come: _Come, workshop: Workshop) -> str:
        host = photo.host
        if come.fault is not None and storing.is_ours(come.fault):
            raise come.fault
        if come.fault is not None or come.file is None:
            # One address must not stop all the others, nor come first again and again.
            log.error("photos.fault", photo=photo.pk, exc_info=come.fault)
            return record_later(photo, "unexpected")
        if come.error is not None and _is_hosts(come.error):
            state = record_later(photo, come.error.code, retry_after=getattr(come.error, "retry_after", None))
            if _is_of(photo, come.error, self._policy) and _blame(host, come.error):
                queueing.unclaim(self._lines.close(host.pk))
            return state
        if host.failures:
            host.failures = 0
            PhotoHost.objects.filter(pk=host.pk).update(failures=0, wait_until=None)
        code = come.error.code if come.error is not None else ""
        return record(photo, come.answer, code, path=Path(come.file.name), workshop=workshop)

    def release(self) -> None:
        """What was claimed and not begun is due again; so are photos that were under way when it was stopped."""
        for future in self._under_way:
            file = future.result().file if future.done() else None
            if file is not None:
                file.close()
        left = list(self._under_way.values())
        for host in self._lines.hosts():
            left += self._lines.close(host.pk)
        queueing.unclaim(left)
        queueing.free(self._lines.hosts())


def _fetch(photo: Photo, policy: Any) -> _Come:
    """In a thread: nothing here may touch the database."""
    come, knows = _Come(photo), bool(photo.content)
    try:
        come.file = tempfile.NamedTemporaryFile(prefix="ryad-photo-")  # noqa: SIM115 - closed by whoever takes it
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
