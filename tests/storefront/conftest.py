"""Pages over a real index of their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from search.services import rebuild_index


@pytest.fixture
def index(tmp_path, settings) -> Callable[[], int]:
    """`index()` indexes what is on sale; each test has its own index."""
    settings.SEARCH_INDEX_PATH = tmp_path / "search"
    return rebuild_index
