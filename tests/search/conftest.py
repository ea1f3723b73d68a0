"""An index of its own for each test that searches through the database."""

import uuid

import pytest

from search import engines
from tests.factories.engines import KINDS
from tests.parts import require_part


@pytest.fixture
def index(settings, tmp_path, db):
    """The configured engine with an empty index."""
    settings.SEARCH_INDEX_PATH = tmp_path / "search"
    engine = engines.get_engine()
    engine.finish_rebuild(engine.begin_rebuild())
    return engine


@pytest.fixture(params=KINDS)
def either_index(request, settings, tmp_path, db):
    """The site on each engine in turn, with an empty index."""
    settings.SEARCH_INDEX_PATH = tmp_path / "search"
    if request.param == "opensearch":
        prefix = f"ryad-test-{uuid.uuid4().hex[:12]}"
        given = {"hosts": [require_part("opensearch")], "prefix": prefix, "timeout": 20.0}
        settings.OPENSEARCH = settings.OPENSEARCH | given
    engine = engines.get_engine()
    assert engine.name == request.param
    engine.finish_rebuild(engine.begin_rebuild())
    yield engine
    if request.param == "opensearch":
        engine.drop()
