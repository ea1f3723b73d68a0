"""Parts outside Python that some tests need. Missing ones skip a test on a bare machine and fail it in CI."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

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


PARTS: dict[str, Callable[[], Path]] = {
    "chromium": chromium,
    "shared_data": shared_data,
    "node_modules": node_modules,
}


def require_part(name: str) -> Path:
    """Where the part is. If it is missing: skip with the reason, or fail where CI=true."""
    try:
        return PARTS[name]()
    except LookupError as error:
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail(f"In CI every part must be there: {error}", pytrace=False)
        pytest.skip(str(error))
