"""The OpenSearch engine: an index of its own on one or more nodes, reached over HTTP."""

from search.engines.opensearch.engine import OpenSearchEngine

__all__ = ["OpenSearchEngine"]
