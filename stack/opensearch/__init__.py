"""An OpenSearch node of one's own: the server's published jars, a small class that starts them, a Java that fits."""

from stack.opensearch.node import OpenSearch

__all__ = ["OpenSearch"]
