"""Rebuilds while offers change and several workers drain: no search fails, no update is lost."""

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.factories.engines import opensearch
from tests.parts import require_part

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def database(request):
    """Its address: '' is a SQLite file of its own."""
    if request.param == "sqlite":
        yield ""
        return
    server = urlsplit(require_part("postgresql"))
    name = f"test_ryad_race_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(server._replace(path="/postgres").geturl(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield server._replace(path=f"/{name}").geturl()
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def node(request):
    """Address and prefix; '' is the embedded engine."""
    if request.param == "embedded":
        yield "", "none"
        return
    engine = opensearch()
    yield require_part("opensearch"), engine.prefix
    engine.drop()


@pytest.mark.parametrize(
    ("database", "node"),
    [("sqlite", "embedded"), ("postgresql", "opensearch")],
    indirect=True,
    ids=["default", "production"],
)
def test_rebuilds_under_changes_lose_nothing(database, node, tmp_path):
    address, prefix = node
    done = subprocess.run(
        [sys.executable, "-m", "tests.search.races", "300", "2", "3", "2"],
        cwd=ROOT,
        env={
            **os.environ,
            "RYAD_VAR": str(tmp_path),
            "RYAD_DATABASE_URL": database,
            "RYAD_OPENSEARCH_URL": address,
            "RYAD_OPENSEARCH_PREFIX": prefix,
            "RYAD_REDIS_URL": "",
            "RYAD_LOG_LEVEL": "CRITICAL",
            "DJANGO_SETTINGS_MODULE": "marketplace.settings.dev",
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    assert told["failures"] == []
    assert told["exclusive"] is (not address)
    assert (told["rebuilds"], told["drained"], told["differences"]) == (2, True, {})
    assert told["documents"] == told["offers"]
    assert told["without_index"] == 0
    assert told["changes"] > 5
    assert told["searches"] > 5
