"""What an answer means for a photo's row: its files, and when it is asked again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, Final

from catalog.photos import politeness, storing
from catalog.photos.enums import PhotoState
from catalog.photos.models import Photo
from catalog.photos.pictures import SIZES
from catalog.photos.removing import REFUSED, REMOVED, drop, is_removed
from catalog.photos.workshop import Workshop
from core import clock, outgoing

#: Days until an address is asked again: of a photo that is there, that was refused, that was not there.
_READY_DAYS, _REFUSED_DAYS, _GONE_DAYS = 28, 14, 3
#: So often a photo must be missing before the one that was there is dropped.
_GONE_TIMES: Final = 3


def record_later(photo: Photo, code: str, *, retry_after: int | None = None) -> str:
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


def record(photo: Photo, answer: outgoing.Answer | None, code: str, *, path: Path, workshop: Workshop) -> str:
    """Writes down what a photo's own answer says, whose bytes are at `path`; returns its state. Without an answer `code`
    says why. Raises Unavailable where files cannot be written.
    """
    now = clock.now()
    values: dict[str, Any]
    if answer is None:
        values = _gone(photo, now) if code == "status_gone" else _refused(photo, now, code)
    elif answer.not_modified or answer.sha256[:32] == photo.content:
        values = _asked_again(photo, now, days=_READY_DAYS) | {
            "state": PhotoState.READY,
            "error": "",
            "attempts": 0,
        }
    else:
        values = _taken(photo, answer, path, workshop, now)
    Photo.objects.filter(pk=photo.pk).update(fetched_at=now, **values)
    # Once more: an operator may have taken the picture away since it was asked for.
    if values["state"] == PhotoState.READY and is_removed(content := values.get("content", photo.content)):
        drop(content)
        Photo.objects.filter(pk=photo.pk).update(**REFUSED)
        return str(PhotoState.REFUSED)
    return str(values["state"])


def _taken(
    photo: Photo, answer: outgoing.Answer, path: Path, workshop: Workshop, now: dt.datetime
) -> dict[str, Any]:
    content = answer.sha256[:32]
    if is_removed(content):
        return _refused(photo, now, REMOVED) | REFUSED
    same = Photo.objects.filter(content=content).values("width", "height", "sizes", "stored").first()
    if same is None or not storing.has(content, same["sizes"]):
        made = workshop.make(path, sizes=SIZES)
        if made.files is None:
            return _refused(photo, now, made.error)
        storing.put(content, made.files)
        same = {
            "width": made.width,
            "height": made.height,
            "sizes": ",".join(str(side) for side in sorted(made.files)),
            "stored": sum(map(len, made.files.values())),
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
