"""Each engine in turn, with an index of its own."""

import pytest

from tests.factories.engines import KINDS, opened


@pytest.fixture(params=KINDS)
def empty(request, tmp_path):
    """An engine without an index."""
    with opened(request.param, tmp_path) as engine:
        yield engine


@pytest.fixture
def engine(empty):
    """An engine with an empty index."""
    empty.finish_rebuild(empty.begin_rebuild())
    return empty
