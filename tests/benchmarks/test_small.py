"""Each benchmark runs at its small size and checks its own answers; no timing is judged."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from urllib.parse import urlsplit

import psycopg
import pytest

from benchmarks.__main__ import NEEDS, SUITE
from tests import migrated
from tests.parts import ROOT, require_part

# One process of the test run, as they share the template.
pytestmark = pytest.mark.xdist_group("benchmarks")


@pytest.fixture(scope="session")
def template():
    """A migrated database on the server of `make services`: benchmarks make theirs as copies of it."""
    server = urlsplit(require_part("postgresql"))
    name = f"ryad_migrated_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(server._replace(path="/postgres").geturl(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        migrated.migrate(server._replace(path=f"/{name}").geturl())
        yield name
        connection.execute(f"DROP DATABASE {name}")


@pytest.mark.parametrize("name", sorted(SUITE))
def test_a_benchmark_runs(name, request):
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    environment["RYAD_MIGRATED_FILE"] = str(migrated.sqlite_file())
    for part in NEEDS.get(name, ()):
        require_part(part)
        if part == "postgresql":
            environment["RYAD_MIGRATED_DATABASE"] = request.getfixturevalue("template")
    done = subprocess.run(
        [sys.executable, f"benchmarks/{name}.py", *SUITE[name], "--no-result"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_every_benchmark_is_in_the_suite():
    scripts = {path.stem for path in (ROOT / "benchmarks").glob("*.py") if "def main" in path.read_text()}
    assert scripts - {"__main__"} == set(SUITE)
