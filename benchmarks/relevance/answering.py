"""The site's own search as one of those who answer: its whole path, over an index that goes afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from benchmarks.relevance.baselines import Answering


@contextmanager
def ours(kind: str, documents: Sequence[dict[str, Any]]) -> Iterator[Answering]:
    """`kind` of engine: embedded or opensearch."""
    import django

    django.setup()
    from django.conf import settings

    if kind == "opensearch":
        # The settings of tests, which these run under, name no node.
        settings.OPENSEARCH = settings.OPENSEARCH | {"hosts": [os.environ["RYAD_OPENSEARCH_URL"]]}
    from search.management.commands import evaluate_search

    with evaluate_search.throw_away(kind) as engine:
        ids = evaluate_search.fill_rows(engine, documents)
        yield lambda query: evaluate_search.answer(engine, ids, query)
