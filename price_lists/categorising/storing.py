"""Where learnt models are kept: numbered files below the row's data, the newest of which is used."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import structlog
from django.conf import settings

from price_lists.categorising.model import Model, UnknownForm

#: Besides the newest, should it be unreadable.
KEPT = 2
_NAME = re.compile(r"^categories-(\d{14})\.npz$")

logger = structlog.get_logger(__name__)
_lock = threading.Lock()
_loaded: dict[Path, Model | None] = {}


def folder() -> Path:
    return Path(settings.VAR) / "learnt"


def newest() -> Model | None:
    """The newest model that can be read; None where nothing was learnt yet. Loaded once per process and version."""
    for path in _files():
        with _lock:
            if path not in _loaded:
                loaded = _load(path)
                # only the newest is used, so only it stays in memory
                _loaded.clear()
                _loaded[path] = loaded
            model = _loaded[path]
        if model is not None:
            return model
    return None


def newest_version() -> int:
    """Of the files, without reading one; 0 where there is none."""
    return next((_number(path) for path in _files()), 0)


def keep(model: Model) -> Path:
    """Writes the model under its version and removes the oldest."""
    path = folder() / f"categories-{model.version:014d}.npz"
    model.save(path)
    for old in _files()[1 + KEPT :]:
        old.unlink(missing_ok=True)
    return path


def _files() -> list[Path]:
    try:
        found = [path for path in folder().iterdir() if _NAME.match(path.name)]
    except FileNotFoundError:
        return []
    return sorted(found, key=_number, reverse=True)


def _number(path: Path) -> int:
    match = _NAME.match(path.name)
    return int(match[1]) if match else 0


def _load(path: Path) -> Model | None:
    try:
        return Model.load(path)
    except (OSError, UnknownForm):
        logger.warning("price_lists.categories_model_unreadable", file=path.name)
        return None
