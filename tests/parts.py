"""Parts outside Python that some tests need. Missing ones skip a test on a bare machine and fail it in CI."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from stack import services

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ROOT = Path(__file__).resolve().parents[1]
#: Real price lists and graded queries, where somebody has them: not part of the repository.
SHARED_DATA = Path(os.environ.get("RYAD_SHARED_DATA") or ROOT.parent / "shared" / "data")


def chromium() -> Path:
    """The browser that drives the pages: the system's, else playwright's own."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return Path(found)
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    for found in sorted(cache.glob("chromium-*/chrome-linux*/chrome"), reverse=True):
        return found
    raise LookupError("no Chromium is installed (`make services` says how to get it)")


def shared_data() -> Path:
    """Real price lists and graded queries, which are not part of the repository."""
    if not SHARED_DATA.is_dir():
        raise LookupError("the real price lists are not here (RYAD_SHARED_DATA names their folder)")
    return SHARED_DATA


def node_modules() -> Path:
    """Styles, scripts and icons from npm."""
    folder = ROOT / "node_modules"
    if not (folder / "bootstrap").is_dir():
        raise LookupError("the front-end packages are not installed (`make install`)")
    return folder


def _address(variable: str) -> str:
    """Of a running service: from the environment, else from what `make services` wrote."""
    if address := os.environ.get(variable):
        return address
    env = Path(os.environ.get("RYAD_VAR") or ROOT / "var") / "services" / "env"
    lines = env.read_text().splitlines() if env.exists() else []
    addresses = dict(line.split("=", 1) for line in lines)
    if variable not in addresses:
        raise LookupError(f"{variable} is not set and no service has noted it (`make services`)")
    address = urlsplit(addresses[variable])
    with socket.socket() as probe:
        probe.settimeout(2)
        if probe.connect_ex((address.hostname, address.port)):
            raise LookupError(f"nothing answers at {address.hostname}:{address.port} (`make services`)")
    return addresses[variable]


def postgresql() -> str:
    """Address of a PostgreSQL in which databases may be made."""
    return _address("RYAD_DATABASE_URL")


def redis() -> str:
    """Address of a Redis; tests use databases of their own in it."""
    return _address("RYAD_REDIS_URL")


def opensearch() -> str:
    """Address of an OpenSearch node; tests use a prefix of their own in it."""
    return _address("RYAD_OPENSEARCH_URL")


def postgresql_server() -> Path:
    """What `stack.services.PostgreSQL` needs to start one of the test's own."""
    return _startable(services.PostgreSQL)


def redis_server() -> Path:
    """What `stack.services.Redis` needs."""
    return _startable(services.Redis)


def opensearch_server() -> Path:
    """What `stack.services.OpenSearch` needs: Java, and jars that Maven fetches once."""
    return _startable(services.OpenSearch)


def small_disk() -> list[str]:
    """What a command that mounts begins with, for a disk of some megabytes that a test fills."""
    may = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    with tempfile.TemporaryDirectory() as folder:
        try:
            mounted = subprocess.run(
                [*may, "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
        except FileNotFoundError as error:
            raise LookupError(f"no disk can be mounted: there is no {error.filename}") from None
        if mounted.returncode:
            raise LookupError(f"no disk can be mounted here: {mounted.stderr.strip()}")
        subprocess.run([*may, "umount", folder], check=True)
    return may


def _startable(kind: type[services.Service]) -> Path:
    try:
        return kind.find_program()
    except services.PartMissing as error:
        raise LookupError(str(error)) from None


PARTS: dict[str, Callable[[], Path | str | list[str]]] = {
    "chromium": chromium,
    "shared_data": shared_data,
    "node_modules": node_modules,
    # Running ones: their addresses.
    "postgresql": postgresql,
    "redis": redis,
    "opensearch": opensearch,
    # Programs, for instances that a test starts, hurts and stops itself.
    "postgresql_server": postgresql_server,
    "redis_server": redis_server,
    "opensearch_server": opensearch_server,
    # A right of the system.
    "small_disk": small_disk,
}


def require_part(name: str) -> Any:
    """Where the part is: a path, or the address of a running service. If it is missing: skip with the reason, or fail where CI=true."""
    try:
        return PARTS[name]()
    except LookupError as error:
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail(f"In CI every part must be there: {error}", pytrace=False)
        pytest.skip(str(error))
