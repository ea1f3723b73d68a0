"""An index of its own for each test that searches through the database."""

import pytest

from search import engines


@pytest.fixture
def index(settings, tmp_path, db):
    """The configured engine with an empty index."""
    settings.SEARCH_INDEX_PATH = tmp_path / "search"
    engine = engines.get_engine()
    engine.finish_rebuild(engine.begin_rebuild())
    return engine
