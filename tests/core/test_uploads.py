"""Files that come piece by piece."""

import datetime as dt
import io
import os
import uuid
from pathlib import Path

import pytest
from django.utils import timezone

from core import uploads
from core.errors import Conflict, InvalidInput, NotFound, Unavailable
from core.models import PartialUpload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path


def begun(size=10, **more):
    return uploads.create(
        **({"owner": "vendor:1", "actor": "user:1", "name": "a.csv", "size": size, "limit": 100} | more)
    )


def add(upload, offset, content, length=None):
    return uploads.append(
        upload=upload,
        offset=offset,
        piece=io.BytesIO(content),
        length=len(content) if length is None else length,
    )


def test_pieces_make_the_file():
    upload = begun()
    assert add(upload, 0, b"0123") == 4
    assert add(upload, 4, b"456789") == 10
    with uploads.whole(upload=upload) as file:
        assert file.read() == b"0123456789"
    assert not PartialUpload.objects.exists()
    assert not uploads.path_of(upload).exists()


def test_a_piece_that_breaks_off_keeps_what_came():
    upload = begun()

    class Broken(io.BytesIO):
        def read(self, size=-1):
            if self.tell() >= 3:
                raise OSError("connection reset")
            return super().read(min(size, 3))

    assert uploads.append(upload=upload, offset=0, piece=Broken(b"0123456789"), length=10) == 3
    assert add(upload, 3, b"34", length=7) == 5  # fewer bytes than announced
    assert add(upload, 5, b"56789") == 10


@pytest.mark.parametrize("offset", [0, 3, 5])
def test_a_piece_must_go_on_where_the_file_ends(offset):
    upload = begun()
    add(upload, 0, b"0123")
    with pytest.raises(uploads.WrongOffset) as refused:
        add(upload, offset, b"x")
    assert refused.value.context["offset"] == 4
    assert uploads.offset_of(upload) == 4


def test_sizes_are_bounded(monkeypatch):
    with pytest.raises(InvalidInput):
        begun(0)
    with pytest.raises(uploads.PieceTooBig):
        begun(101)
    upload = begun()
    with pytest.raises(uploads.PieceTooBig):
        add(upload, 0, b"x" * 11)
    monkeypatch.setattr(uploads, "MAX_PIECE", 5)
    with pytest.raises(uploads.PieceTooBig):
        add(upload, 0, b"x" * 6)
    assert uploads.offset_of(upload) == 0


def test_more_bytes_than_announced_are_not_taken():
    upload = begun()
    assert add(upload, 0, b"0123456789abc", length=4) == 4


def test_an_unfinished_file_is_not_taken_and_a_failing_taker_may_try_again():
    upload = begun()
    add(upload, 0, b"0123")
    with pytest.raises(uploads.WrongOffset), uploads.whole(upload=upload):
        pass
    add(upload, 4, b"456789")
    with pytest.raises(RuntimeError), uploads.whole(upload=upload):
        raise RuntimeError
    with uploads.whole(upload=upload) as file:
        assert len(file.read()) == 10


def test_another_owner_finds_nothing():
    upload = begun()
    assert uploads.find(upload_id=upload.pk, owner="vendor:1") == upload
    for owner, pk in (("vendor:2", upload.pk), ("vendor:1", uuid.uuid4())):
        with pytest.raises(NotFound):
            uploads.find(upload_id=pk, owner=owner)


def test_two_pieces_at_once_do_not_mix():
    upload = begun()

    class Nested(io.BytesIO):
        def read(self, size=-1):
            with pytest.raises(Conflict) as refused:
                add(upload, 0, b"other")
            assert refused.value.code == "upload_busy"
            return super().read(size)

    assert uploads.append(upload=upload, offset=0, piece=Nested(b"01234"), length=5) == 5


def test_a_full_disk_is_told_and_no_sender_that_went_away():
    upload = begun()
    uploads.path_of(upload).unlink()
    uploads.path_of(upload).symlink_to("/dev/full")  # each write there ends in ENOSPC
    with pytest.raises(Unavailable) as refused:
        add(upload, 0, b"0123")
    assert (refused.value.code, refused.value.status) == ("upload_not_stored", 503)


def left(upload, minutes):
    PartialUpload.objects.filter(pk=upload.pk).update(
        touched_at=timezone.now() - dt.timedelta(minutes=minutes)
    )


def test_of_too_many_the_one_left_longest_goes():
    rest = [begun() for _ in range(uploads.MAX_OPEN)]
    left(rest[1], 11)
    left(rest[3], 12)
    begun()
    assert PartialUpload.objects.count() == uploads.MAX_OPEN
    assert [uploads.path_of(upload).exists() for upload in rest] == [True, True, True, False, True]


def test_of_too_many_none_that_goes_on_is_taken_from_a_colleague():
    rest = [begun() for _ in range(uploads.MAX_OPEN)]
    for upload in rest:
        left(upload, 9)
    with pytest.raises(Conflict) as refused:
        begun(actor="user:2")
    assert refused.value.code == "too_many_uploads"
    assert all(uploads.path_of(upload).exists() for upload in rest)
    assert PartialUpload.objects.count() == uploads.MAX_OPEN
    assert begun(owner="vendor:2")


def test_no_foreign_name_and_no_file_that_goes_meanwhile_ends_the_sweep(monkeypatch):
    folder = uploads.path_of(begun()).parent
    long_ago = (timezone.now() - dt.timedelta(hours=25)).timestamp()
    orphans = [folder / uuid.uuid4().hex for _ in range(2)]
    foreign = folder / "lost+found.txt"
    for path in (foreign, *orphans):
        path.write_bytes(b"x")
        os.utime(path, (long_ago, long_ago))
    gone = folder / uuid.uuid4().hex
    monkeypatch.setattr(Path, "iterdir", lambda _folder: iter([foreign, gone, *orphans]))
    assert uploads.sweep() == 2
    assert (foreign.exists(), any(path.exists() for path in orphans)) == (True, False)


def test_stale_ones_and_files_without_a_row_are_swept():
    stale, fresh = begun(), begun()
    PartialUpload.objects.filter(pk=stale.pk).update(touched_at=timezone.now() - dt.timedelta(hours=25))
    orphan = uploads.path_of(fresh).with_name(uuid.uuid4().hex)
    orphan.write_bytes(b"x")
    long_ago = (timezone.now() - dt.timedelta(hours=25)).timestamp()
    os.utime(orphan, (long_ago, long_ago))
    assert uploads.sweep() == 2
    assert list(PartialUpload.objects.all()) == [fresh]
    assert (uploads.path_of(stale).exists(), orphan.exists(), uploads.path_of(fresh).exists()) == (
        False,
        False,
        True,
    )
