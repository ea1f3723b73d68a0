"""The files of photos in Django's default storage, by the hash of what they were made from."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from catalog.photos.pictures import FOLDER, file_name
from core.errors import Unavailable

#: Left to everybody else on the disk: where less is free, no photo is fetched.
LEAST_FREE: Final = 1024**3
#: Faults of this machine and not of a photo.
_OURS: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE})


def is_ours(error: BaseException) -> bool:
    """Whether it says that this machine is out of room or files, whatever was being done."""
    return isinstance(error, OSError) and error.errno in _OURS


def check_room() -> None:
    """Raises Unavailable where the disk of the files is nearly full."""
    root = _root()
    if root is not None and shutil.disk_usage(root).free < LEAST_FREE:
        raise Unavailable("disk_full")


def _root() -> Path | None:
    """The nearest folder of the storage that is there; None where files go to a service."""
    try:
        root = Path(default_storage.path(""))
    except NotImplementedError:
        return None
    return next((each for each in (root, *root.parents) if each.exists()), None)


def put(content: str, files: Mapping[int, bytes]) -> None:
    """What is there already stays; one that a kill cut off is written anew."""
    for side, data in files.items():
        name = file_name(content, side)
        if default_storage.exists(name):
            if default_storage.size(name) == len(data):
                continue
            default_storage.delete(name)
        saved = default_storage.save(name, ContentFile(data))
        if saved != name:
            default_storage.delete(saved)  # another worker was quicker


def remove(content: str, sides: Iterable[int]) -> None:
    """What is not there is no fault."""
    for side in sides:
        default_storage.delete(file_name(content, side))


def has(content: str, sizes: str) -> bool:
    """Whether all its files are there."""
    return all(default_storage.exists(file_name(content, int(side))) for side in sizes.split(","))


def size_of(content: str, sizes: str) -> int:
    """Bytes of all its files, which must be there."""
    return sum(default_storage.size(file_name(content, int(side))) for side in sizes.split(","))


def folders() -> Iterator[str]:
    """The beginnings of the hashes that there are files of."""
    try:
        yield from sorted(default_storage.listdir(FOLDER)[0])
    except FileNotFoundError:
        return


def names_in(folder: str) -> list[str]:
    """Names of all files in one of the folders, with their place in the storage."""
    try:
        return [f"{FOLDER}/{folder}/{name}" for name in default_storage.listdir(f"{FOLDER}/{folder}")[1]]
    except FileNotFoundError:
        return []
