"""Search engines behind one protocol; `get_engine` gives the configured one."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from search.engines.base import SearchEngine


def get_engine() -> SearchEngine:
    """OpenSearch where its nodes are named, else the embedded engine. One object a process and configuration."""
    chosen: dict[str, Any] = settings.OPENSEARCH
    if not chosen["hosts"]:
        return _embedded(Path(settings.SEARCH_INDEX_PATH))
    return _opensearch(
        tuple(chosen["hosts"]), chosen["prefix"], chosen["shards"], chosen["replicas"], chosen["timeout"]
    )


@lru_cache(maxsize=8)
def _embedded(root: Path) -> SearchEngine:
    from search.engines.embedded import EmbeddedEngine

    return EmbeddedEngine(root)


@lru_cache(maxsize=8)
def _opensearch(
    hosts: tuple[str, ...], prefix: str, shards: int, replicas: int, seconds: float
) -> SearchEngine:
    from search.engines.opensearch import OpenSearchEngine

    return OpenSearchEngine(hosts, prefix=prefix, shards=shards, replicas=replicas, seconds=seconds)
