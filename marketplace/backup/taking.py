"""Taking a backup while the site runs."""

from __future__ import annotations

import platform
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import django
from django.conf import settings
from django.db import connection
from django.utils import timezone

from marketplace.backup import archive, postgresql, sqlite
from marketplace.backup.errors import CannotBackUp


def engine() -> ModuleType:
    """The functions for the database of this installation."""
    return sqlite if connection.vendor == sqlite.ENGINE else postgresql


def folders() -> dict[str, Path]:
    """Name in the archive -> where the files lie."""
    return {"media": Path(settings.MEDIA_ROOT), "private": Path(settings.PRIVATE_ROOT)}


def take_backup(target: Path, *, force: bool = False) -> dict[str, Any]:
    """Writes the archive `target` and returns what is in it. Raises CannotBackUp; then no file is left behind.

    The database comes first and the files after it: they are written once and never changed, so whatever a row of
    the dump names is among them, unless it was deleted in between.
    """
    began = time.monotonic()
    if target.exists() and not force:
        raise CannotBackUp(f"{target} exists. Choose another name, or add --force to replace it.")
    if not target.parent.is_dir():
        raise CannotBackUp(f"There is no folder {target.parent}.")
    kind = engine()
    # Beside the target: there must be room there, and /tmp may be small.
    with tempfile.TemporaryDirectory(prefix=".ryad-backup-", dir=target.parent) as scratch:
        facts = kind.dump(connection.settings_dict, Path(scratch))
        with archive.writing(target) as writer:
            writer.add(Path(scratch) / kind.DUMP, kind.DUMP)
            for path, name in _files():
                try:
                    writer.add(path, name)
                except FileNotFoundError:
                    continue  # deleted since the folder was listed
            writer.finish(
                {
                    "taken_at": timezone.now().isoformat(),
                    "engine": kind.ENGINE,
                    "database": facts,
                    "python": platform.python_version(),
                    "django": django.get_version(),
                }
            )
    return {
        "file": str(target),
        "bytes": target.stat().st_size,
        "engine": kind.ENGINE,
        "tables": len(facts["tables"]),
        "rows": sum(each["rows"] for each in facts["tables"].values()),
        "files": len(writer.members) - 1,
        "seconds": round(time.monotonic() - began, 1),
    }


def _files() -> Iterator[tuple[Path, str]]:
    for name, folder in folders().items():
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path, f"{name}/{path.relative_to(folder).as_posix()}"
