"""Search engines behind one protocol; `get_engine` gives the configured one."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from search.engines.base import SearchEngine


def get_engine() -> SearchEngine:
    return _embedded(Path(settings.SEARCH_INDEX_PATH))


@lru_cache(maxsize=8)
def _embedded(root: Path) -> SearchEngine:
    from search.engines.embedded import EmbeddedEngine

    return EmbeddedEngine(root)
