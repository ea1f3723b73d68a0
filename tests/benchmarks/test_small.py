"""Each benchmark runs at its small size and checks its own answers; no timing is judged."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from benchmarks.__main__ import NEEDS, SUITE
from tests.parts import ROOT, require_part


@pytest.mark.parametrize("name", sorted(SUITE))
def test_a_benchmark_runs(name):
    for part in NEEDS.get(name, ()):
        require_part(part)
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
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
