"""Keeping the index equal to the database: changes as they come, building anew, comparing, sweeping.

writing      the outbox consumer `search`, and sending while the next documents are built
failures     offers that could not be indexed, noted until they can be
missing      a rebuild without anybody asking, where there is no index
rebuilding   a new index beside the live one, checked before it takes its place
comparing    index and database side by side by id: every difference, and mending it
sweeping     tombstones that no late write can meet any more
"""

from __future__ import annotations

from search.engines import get_engine
from search.engines.base import IndexStatus
from search.errors import EngineUnavailable
from search.indexing.comparing import Comparison, verify_index
from search.indexing.missing import build_if_missing
from search.indexing.rebuilding import abandon_rebuild, rebuild_index, roll_back_index, start_rebuild
from search.indexing.sweeping import sweep_tombstones
from search.indexing.writing import SHARED_BATCH, index_facts, one_writer

__all__ = [
    "SHARED_BATCH",
    "Comparison",
    "abandon_rebuild",
    "build_if_missing",
    "index_facts",
    "index_status",
    "one_writer",
    "rebuild_index",
    "roll_back_index",
    "start_rebuild",
    "sweep_tombstones",
    "verify_index",
]


def index_status() -> IndexStatus:
    """Never raises: a broken index is one that does not exist."""
    try:
        return get_engine().status()
    except EngineUnavailable:
        return IndexStatus(exists=False)
