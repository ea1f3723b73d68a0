"""Static files that come from npm packages: a short list of them, and the icon sprite made from another.

The rest of `node_modules` is never reachable. What is on the list is mirrored into `VAR/static_build`, because
the static server publishes whole folders while it watches for changes.
"""

from __future__ import annotations

import gzip
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core import checks
from django.core.files.storage import FileSystemStorage

from core import icons

FONT = "@fontsource-variable/onest/files/onest-{}-wght-normal.woff2"
#: URL below /static/ -> file below node_modules.
FILES = {
    "vendor/bootstrap/bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "vendor/bootstrap/bootstrap.min.css.map": "bootstrap/dist/css/bootstrap.min.css.map",
    "vendor/chart.js/chart.umd.min.js": "chart.js/dist/chart.umd.min.js",
    "vendor/chart.js/chart.umd.min.js.map": "chart.js/dist/chart.umd.min.js.map",
    "vendor/htmx/htmx.min.js": "htmx.org/dist/htmx.min.js",
    **{
        f"vendor/fonts/onest-{subset}.woff2": FONT.format(subset)
        for subset in ("cyrillic", "cyrillic-ext", "latin", "latin-ext")
    },
}
SPRITE = "icons.svg"
#: What compression makes smaller; fonts are compressed already.
COMPRESSED = {".css", ".js", ".svg"}
DRAWINGS = "@tabler/icons/icons/outline"


class NodeModulesFinder(BaseFinder):
    """Finds `FILES` and `SPRITE`, and nothing else."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.packages = Path(settings.NODE_MODULES)
        self.target = Path(settings.VAR) / "static_build"
        self.storage = FileSystemStorage(location=self.target)
        self.storages = {str(self.target): self.storage}  # the static server names them in its errors
        self._mirrored = False
        super().__init__(*args, **kwargs)

    def check(self, **_: Any) -> list[checks.CheckMessage]:
        missing = [path for path in (*FILES.values(), DRAWINGS) if not (self.packages / path).exists()]
        if not missing:
            return []
        return [
            checks.Warning(
                f"Front-end packages are missing: {', '.join(missing)}", hint="Run `make install`."
            )
        ]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        # Django 5.2 renamed `all` to `find_all` and still passes the old one from its own callers.
        find_all = find_all or kwargs.get("all", False)
        found = str(self.target / path) if path in self._paths() else None
        if find_all:
            return [found] if found else []
        return found or []

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        for path in self._paths():
            if not matches_patterns(path, ignore_patterns or []):
                yield path, self.storage

    def _paths(self) -> tuple[str, ...]:
        """What can be served, mirrored once a process; packages that are not installed are left out."""
        if not self._mirrored:
            self._mirror()
            self._mirrored = True
        paths = [*FILES, SPRITE]
        if getattr(settings, "SERVESTATIC_USE_FINDERS", False):
            # Files served straight from the finders are not compressed by anyone else: Bootstrap alone would
            # be 232 KB. Where they are collected, the storage compresses them.
            paths += [f"{path}.gz" for path in paths]
        return tuple(path for path in paths if (self.target / path).exists())

    def _mirror(self) -> None:
        for path, source in FILES.items():
            origin = self.packages / source
            if origin.exists() and _stale(self.target / path, origin):
                _replace(self.target / path, origin.read_bytes(), like=origin)
        drawings = self.packages / DRAWINGS
        if drawings.exists():
            sprite = icons.build_sprite(drawings).encode()
            target = self.target / SPRITE
            if not target.exists() or target.read_bytes() != sprite or _stale(target, target):
                _replace(target, sprite)


def _stale(copy: Path, origin: Path) -> bool:
    if not copy.exists() or (copy.suffix in COMPRESSED and not copy.with_name(f"{copy.name}.gz").exists()):
        return True
    mine, theirs = copy.stat(), origin.stat()
    return (mine.st_size, int(mine.st_mtime)) != (theirs.st_size, int(theirs.st_mtime))


def _replace(target: Path, content: bytes, *, like: Path | None = None) -> None:
    """Writes the file and, where that helps, a compressed one beside it."""
    if target.suffix in COMPRESSED:
        _write(target.with_name(f"{target.name}.gz"), gzip.compress(content, mtime=0))
    _write(target, content, like=like)


def _write(target: Path, content: bytes, *, like: Path | None = None) -> None:
    """Written beside and renamed: two processes that start together never serve half a file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    if like is not None:
        shutil.copystat(like, name)
    Path(name).chmod(0o644)
    Path(name).replace(target)
