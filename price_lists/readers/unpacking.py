"""ZIP and gzip around price lists: taken out into a folder of their own under limits, whatever they are called."""

from __future__ import annotations

import errno
import re
import shutil
import tempfile
import time
import weakref
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import Unavailable
from price_lists.errors import TooBig, UnknownFormat, UnreadableFile
from price_lists.readers.archives import (
    MAX_ENTRIES,
    MAX_INFLATED,
    MAX_RATIO,
    RATIO_FROM,
    document_kind,
)

_CHUNK = 1024 * 1024
_PREFIX = "price-list-"
_GZIP = b"\x1f\x8b\x08"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_DEPTH = 2  # an archive inside an archive is still taken, one inside that is not
_PARTS = 200
# What programs put beside the list; pictures are known by their first bytes and cost no unpacking.
_ASIDE = re.compile(r"(?:^|/)(?:__MACOSX/|\.[^./]|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
_FIGURES = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Part:
    """One file out of an archive: where it lies now, and the name that it has there."""

    path: Path
    name: str


@dataclass(eq=False)
class Unpacked:
    """Parts in the order of their names. The folder goes when nobody holds this any more."""

    folder: Path
    kind: str
    parts: list[Part] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)  # names of what is no list by its looks
    contents: object = None  # what `packed` found inside
    _inflated: int = 0
    _written: int = 0

    def add(self, name: str, chunks: Iterator[bytes], packed: Callable[[], int]) -> None:
        """Write one file out. `packed` tells how many packed bytes were used so far. Raises TooBig."""
        path = self.folder / str(self._written)
        self._written += 1
        size = 0
        with path.open("wb") as out:
            for chunk in chunks:
                size += len(chunk)
                self._inflated += len(chunk)
                if self._inflated > MAX_INFLATED:
                    raise TooBig("zip_too_big")
                if size > RATIO_FROM and size > MAX_RATIO * max(packed(), 1):
                    raise TooBig("zip_bomb")
                out.write(chunk)
        self.parts.append(Part(path, name))


# Whoever looks at a list several times in a row holds it, and the others find it here.
_held: weakref.WeakValueDictionary[tuple[str, int, int, int], Unpacked] = weakref.WeakValueDictionary()


def packing_of(path: Path, head: bytes) -> str:
    """The word "zip" or "gzip" if the file is an archive around other files, else empty."""
    if head.startswith(_GZIP):
        return "gzip"
    if head.startswith(_ZIP) and not document_kind(path):
        return "zip"
    return ""


def unpack(path: Path, kind: str) -> Unpacked:
    """All files of an archive, of archives inside it too. Raises TooBig, UnreadableFile, UnknownFormat."""
    state = path.stat()
    key = (str(path.resolve()), state.st_mtime_ns, state.st_size, state.st_ino)
    known = _held.get(key)
    if known is not None:
        return known
    found = Unpacked(Path(tempfile.mkdtemp(prefix=_PREFIX)), kind)
    weakref.finalize(found, shutil.rmtree, found.folder, ignore_errors=True)
    _take_out(found, path, kind, path.name, 1)
    found.parts.sort(key=lambda part: _natural(part.name))
    _held[key] = found
    return found


def forget_left(*, seconds: float) -> int:
    """Removes what killed processes have left unpacked for that long; answers how many folders."""
    begun = time.time() - seconds
    left = [each for each in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*") if each.stat().st_mtime < begun]
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
    return len(left)


def _take_out(found: Unpacked, path: Path, kind: str, name: str, depth: int) -> None:
    first = len(found.parts)
    try:
        if kind == "gzip":
            _from_gzip(found, path, name)
        else:
            _from_zip(found, path)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise Unavailable(
                "disk_full"
            ) from error  # the file may be whole: it is read again once there is room
        raise UnreadableFile("damaged_file", detail=str(error)[:200]) from error
    for part in found.parts[first:]:
        with part.path.open("rb") as stream:
            head = stream.read(8)
        inner = packing_of(part.path, head)
        if inner:
            if depth >= _DEPTH:
                raise UnknownFormat("archive_in_archive", detail=part.name)
            found.parts.remove(part)
            moved = found.folder / f"archive-{depth}-{part.path.name}"
            part.path.rename(moved)
            _take_out(found, moved, inner, part.name, depth + 1)
            moved.unlink()


def _from_gzip(found: Unpacked, path: Path, name: str) -> None:
    named = re.sub(r"\.t?gz(?:ip)?$", "", name, flags=re.IGNORECASE)
    with path.open("rb") as stream:
        read = 0

        def packed() -> int:
            return read

        def chunks() -> Iterator[bytes]:
            nonlocal read
            unpacker = zlib.decompressobj(wbits=31)
            while data := stream.read(_CHUNK // 4):
                read += len(data)
                while data:
                    if unpacker.eof:  # several members one after the other are one file
                        if not data.startswith(_GZIP[:2]):
                            return  # padding behind the last member
                        unpacker = zlib.decompressobj(wbits=31)
                    yield unpacker.decompress(data, _CHUNK)
                    data = unpacker.unconsumed_tail or unpacker.unused_data
            yield unpacker.flush()
            if not unpacker.eof:
                raise EOFError("the gzip archive breaks off")

        found.add(named, chunks(), packed)


def _from_zip(found: Unpacked, path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if len(entries) > MAX_ENTRIES:
            raise TooBig("zip_too_many_entries", detail=str(len(entries)))
        if any(entry.flag_bits & 1 for entry in entries):
            raise UnreadableFile("encrypted_file")
        for entry in entries:
            name = _name_of(entry)
            if entry.is_dir() or _ASIDE.search(name):
                continue
            with archive.open(entry) as stream:
                head = stream.read(16)
                if head.startswith(_PICTURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
                    found.aside.append(name)
                    continue
                if len(found.parts) >= _PARTS:
                    raise TooBig("archive_of_many_files", detail=str(_PARTS))

                def chunks(stream: zipfile.ZipExtFile = stream, head: bytes = head) -> Iterator[bytes]:  # type: ignore[assignment]  # IO[bytes] in the stubs
                    yield head
                    while chunk := stream.read(_CHUNK):
                        yield chunk

                found.add(name, chunks(), lambda entry=entry: entry.compress_size)  # type: ignore[misc]  # a default is no parameter to the checker


def _name_of(entry: zipfile.ZipInfo) -> str:
    """The name as it was meant: without the UTF-8 flag Windows writes the code page of DOS."""
    name = entry.filename[-240:]
    if not entry.flag_bits & 0x800 and not name.isascii():
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "cp866"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")


def _natural(name: str) -> tuple[object, ...]:
    return tuple(
        (int(piece[:18]), "") if piece.isdecimal() else (-1, piece)
        for piece in _FIGURES.split(name.lower())
        if piece
    )
