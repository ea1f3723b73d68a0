"""Searching as the site does it, and keeping the index: the one way in for pages, commands and other rooms."""

from search.indexing import index_facts, index_status, rebuild_index
from search.services.recording import forget_old_searches, record_opening, record_search, trace_further
from search.services.searching import search

__all__ = [
    "forget_old_searches",
    "index_facts",
    "index_status",
    "rebuild_index",
    "record_opening",
    "record_search",
    "search",
    "trace_further",
]
