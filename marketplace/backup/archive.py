"""The archive: a tar file of the database's dump, the files, and a manifest with the checksum of each."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final

from marketplace.backup.errors import CannotRestore

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
_PIECE: Final = 1 << 20


class Writer:
    """Adds members one after another and remembers their checksums."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive
        self.members: dict[str, dict[str, Any]] = {}

    def add(self, path: Path, name: str) -> None:
        """A file under `name`. One that grows meanwhile is stored as long as it was when opened. Raises OSError for one
        that shrinks: its place in the archive is already measured, so that there will be no archive.
        """
        with path.open("rb") as file:
            member = tarfile.TarInfo(name)
            stat = os.fstat(file.fileno())
            member.size, member.mtime, member.mode = stat.st_size, int(stat.st_mtime), 0o600
            source = _Hashed(file)
            self._archive.addfile(member, source)  # type: ignore[arg-type]  # it asks for `read` alone
        self.members[name] = {"size": member.size, "sha256": source.digest.hexdigest()}

    def finish(self, manifest: dict[str, Any]) -> None:
        """The manifest comes last: an archive without one was not finished."""
        content = json.dumps({**manifest, "format": FORMAT, "members": self.members}, indent=1).encode()
        member = tarfile.TarInfo(MANIFEST)
        member.size, member.mtime, member.mode = len(content), int(time.time()), 0o600
        self._archive.addfile(member, io.BytesIO(content))


class _Hashed:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self.digest.update(piece)
        return piece


@contextmanager
def writing(target: Path) -> Iterator[Writer]:
    """The archive appears under its name when all of it is on the disk, and is its owner's alone: it holds secrets."""
    partial = target.with_name(f"{target.name}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
                yield Writer(archive)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def read_manifest(source: Path) -> dict[str, Any]:
    """Raises CannotRestore for what is no complete archive of ours."""
    try:
        with tarfile.open(source, mode="r:") as archive:
            file = archive.extractfile(MANIFEST)
            manifest = json.load(file) if file is not None else None
    except OSError as error:
        raise CannotRestore(f"{source} cannot be read: {error.strerror or error}.") from None
    except (tarfile.TarError, KeyError, ValueError):
        raise CannotRestore(
            f"{source} is no complete backup: it has no manifest, which is written last. Take another one."
        ) from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise CannotRestore(
            f"{source} has a format that this version does not know. Use the version that wrote it."
        )
    return manifest


def unpack(source: Path, manifest: dict[str, Any], into: Path) -> None:
    """All members below `into`, each compared with its checksum. Raises CannotRestore before anything is used."""
    expected = dict(manifest["members"])
    try:
        with tarfile.open(source, mode="r:") as archive:
            for member in archive:
                if member.name == MANIFEST:
                    continue
                wanted = expected.pop(member.name, None)
                content = archive.extractfile(member) if member.isfile() else None
                if wanted is None or content is None or not _is_inside(member.name):
                    raise CannotRestore(f"{source} holds {member.name!r}, which its manifest does not.")
                target = into / member.name
                target.parent.mkdir(parents=True, exist_ok=True)
                if _copy(content, target) != wanted["sha256"]:
                    raise CannotRestore(f"{source} is damaged: the checksum of {member.name} differs.")
    except (tarfile.TarError, OSError) as error:
        raise CannotRestore(f"{source} could not be unpacked: {error}.") from None
    if expected:
        raise CannotRestore(f"{source} is damaged: {min(expected)} is missing.")


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def _copy(content: IO[bytes], target: Path) -> str:
    digest = hashlib.sha256()
    with target.open("wb") as file:
        while piece := content.read(_PIECE):
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest()
