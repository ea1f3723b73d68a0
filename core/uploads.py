"""Large files that come piece by piece: begun, continued at the byte where they broke off, taken, or swept when stale.

A small protocol of our own: create with name and size; append bytes at an offset that must be the length so far; take
the whole. A piece that breaks off keeps what came of it. Each upload belongs to an owner, for anybody else it does not
exist. The length on disk is the truth, under a lock of the file, so that no two appends mix.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final
from uuid import UUID

from django.conf import settings
from django.core.files import locks
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import Conflict, DomainError, InvalidInput, NotFound, Unavailable
from core.models import PartialUpload

#: Bytes of one piece at most; browsers send half of it.
MAX_PIECE: Final = 8 * 1024 * 1024
#: Uploads of one owner that are under way at once.
MAX_OPEN: Final = 5
#: One that nobody has gone on with for so long makes room for a new one.
LEFT_AFTER: Final = dt.timedelta(minutes=10)
STALE_AFTER: Final = dt.timedelta(hours=24)
_STEP: Final = 256 * 1024


class WrongOffset(Conflict):
    """The piece does not go on where the file ends; carries `offset`, where it does."""

    message = _("The upload goes on at byte %(offset)s.")


class PieceTooBig(DomainError):
    status = 413
    message = _("The piece is bigger than %(limit)s MB, or more than the file was said to have.")


def create(*, owner: str, actor: str, name: str, size: int, limit: int) -> PartialUpload:
    """Begins an upload of `size` bytes. Raises InvalidInput, PieceTooBig (more than `limit`), Conflict (too many).

    Of too many the one that was left longest makes room; none does while all of them go on.
    """
    if size <= 0:
        raise InvalidInput("empty_file", _("The file is empty."), field="size")
    if size > limit:
        raise PieceTooBig("file_too_big", _("The file is bigger than %(limit)s MB."), limit=limit // 2**20)
    if PartialUpload.objects.filter(owner=owner).count() >= MAX_OPEN:
        left = PartialUpload.objects.filter(owner=owner, touched_at__lt=clock.now() - LEFT_AFTER)
        oldest = left.order_by("touched_at").first()
        if oldest is None:
            raise Conflict("too_many_uploads", _("Too many attempts. Try again in a few minutes."))
        discard(upload=oldest)
    upload = PartialUpload.objects.create(
        owner=owner, actor=actor, name=name[:255], size=size, touched_at=clock.now()
    )
    path = path_of(upload)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    return upload


def find(*, upload_id: UUID, owner: str) -> PartialUpload:
    """Raises NotFound for what is another owner's, as for what is not there."""
    upload = PartialUpload.objects.filter(pk=upload_id, owner=owner).first()
    if upload is None or not path_of(upload).exists():
        raise NotFound("unknown_upload")
    return upload


def offset_of(upload: PartialUpload) -> int:
    """How many bytes have come."""
    try:
        return path_of(upload).stat().st_size
    except FileNotFoundError:
        raise NotFound("unknown_upload") from None


def append(*, upload: PartialUpload, offset: int, piece: IO[bytes], length: int) -> int:
    """Adds a piece of `length` bytes; returns how many bytes there are then. Raises WrongOffset, PieceTooBig,
    Unavailable (the disk takes no more).

    Fewer bytes than announced are kept: the next piece goes on behind them.
    """
    if length > MAX_PIECE or offset + length > upload.size:
        raise PieceTooBig("piece_too_big", limit=MAX_PIECE // 2**20)
    try:
        with _locked(upload) as file:
            end = file.seek(0, 2)
            if end != offset:
                raise WrongOffset("wrong_offset", offset=end)
            left = length
            while left and (read := _read(piece, min(_STEP, left))):
                file.write(read)
                left -= len(read)
            file.flush()
            end = file.tell()
    except OSError as error:  # outside the block: what a full disk did not take, closing tries once more
        raise Unavailable("upload_not_stored") from error
    PartialUpload.objects.filter(pk=upload.pk).update(touched_at=clock.now())
    return end


def _read(piece: IO[bytes], size: int) -> bytes:
    with suppress(OSError):  # the sender went away in the middle
        return piece.read(size)
    return b""


@contextmanager
def whole(*, upload: PartialUpload) -> Iterator[IO[bytes]]:
    """The whole file, to be read; with the block's end the upload is over. Raises WrongOffset while bytes are missing.

    A block that raises leaves the upload as it is, so that it can be taken again.
    """
    with _locked(upload) as file:
        end = file.seek(0, 2)
        if end != upload.size:
            raise WrongOffset("wrong_offset", offset=end)
        file.seek(0)
        yield file
    discard(upload=upload)


def discard(*, upload: PartialUpload) -> None:
    path_of(upload).unlink(missing_ok=True)
    PartialUpload.objects.filter(pk=upload.pk).delete()


def sweep() -> int:
    """Removes what nobody has gone on with for a day, and files without a row. Returns how many."""
    long_ago = clock.now() - STALE_AFTER
    stale = list(PartialUpload.objects.filter(touched_at__lt=long_ago)[:500])
    for upload in stale:
        discard(upload=upload)
    removed = len(stale)
    folder = _folder()
    if folder.is_dir():
        for path in folder.iterdir():
            with suppress(FileNotFoundError, ValueError):  # gone meanwhile; a name that is not ours
                upload_id = UUID(path.name)
                old = path.stat().st_mtime < long_ago.timestamp()
                if old and not PartialUpload.objects.filter(pk=upload_id).exists():
                    path.unlink(missing_ok=True)
                    removed += 1
    return removed


def path_of(upload: PartialUpload) -> Path:
    return _folder() / upload.pk.hex


def _folder() -> Path:
    return Path(settings.PRIVATE_ROOT) / "uploads"


@contextmanager
def _locked(upload: PartialUpload) -> Iterator[IO[Any]]:
    try:
        file = path_of(upload).open("r+b")
    except FileNotFoundError:
        raise NotFound("unknown_upload") from None
    with file:
        if not locks.lock(file, locks.LOCK_EX | locks.LOCK_NB):
            raise Conflict("upload_busy", _("Another piece of this upload is just arriving."))
        try:
            yield file
        finally:
            locks.unlock(file)
