"""Runs every benchmark in turn, each in a process of its own: `python -m benchmarks [--small]`.

`--small` runs each at a size that takes seconds, for correctness alone: nothing is written.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: name -> arguments of its small size
SUITE: dict[str, list[str]] = {
    "text": ["--titles", "500", "--rounds", "2"],
    "reading": ["--rows", "500", "--rounds", "1"],
    "categories": ["--sets", "demo", "--speed", "0"],
    "imports": ["--rows", "500", "--rounds", "1", "--formats", "csv,yml"],
    "photos": ["--photos", "5", "--rounds", "1", "--offers", "200"],
    "search_engine": ["--offers", "1000", "--rounds", "1"],
    "search_correctness": ["--documents", "200", "--questions", "25"],
    "search_http": ["--offers", "500", "--requests", "20", "--rounds", "1"],
    "suggestions": ["--offers", "300", "--typed", "20", "--rounds", "1"],
    "percolation": ["--offers", "500", "--lines", "500", "--rounds", "1"],
    "saved_searches": ["--searches", "400", "--offers", "200", "--brute", "100", "--rounds", "1"],
    "request_lists": ["--lists", "1", "--lines", "4", "--halves", "kept", "--no-pdf"],
    "matching": ["--offers", "300", "--lines", "300", "--rounds", "1"],
    "matching_latency": ["--lines", "200", "--changes", "4"],
    "awards": [
        *("--lines", "8", "--sellers", "4", "--large-lines", "20", "--large-sellers", "5"),
        *("--problems", "1"),
    ],
    "auctions": ["--races", "6", "--control", "6", "--auctions", "0", "--watchers", "0"],
    "counting": ["--bare", "--rounds", "2"],
    "identity": ["--goods", "400", "--offers", "100"],
    "database_plans": ["--offers", "4000"],
    "desk": ["--categories", "120", "--offers", "200", "--rounds", "1"],
    "stack_indexing": ["--offers", "500", "--rounds", "1"],
    "stack_search": ["--offers", "500", "--queries", "10", "--rounds", "1"],
    "stack_lag": ["--offers", "500", "--rows", "300", "--edits", "3"],
    "stack_memory": [
        "--offers",
        "500",
        "--requests",
        "60",
        "--tasks",
        "60",
        "--warm-up",
        "20",
        "--again",
        "20",
    ],
    # The other faults have tests of their own, in tests/stack/faults.
    "stack_recovery": [
        "--offers",
        "400",
        "--hurried",
        "--faults",
        "worker_killed_in_indexing",
        "redis_empty",
    ],
}
#: The parts of tests.parts that a benchmark cannot do without.
NEEDS = {name: ("postgresql", "redis", "opensearch") for name in SUITE if name.startswith("stack_")}
NEEDS["database_plans"] = ("postgresql",)
NEEDS["auctions"] = ("postgresql",)
NEEDS["stack_recovery"] = ("postgresql_server", "redis_server", "opensearch_server")


def main() -> int:
    small = "--small" in sys.argv[1:]
    failed = []
    for name, arguments in SUITE.items():
        print(f"== {name}", flush=True)
        extra = [*arguments, "--no-result"] if small else []
        if subprocess.run(
            [sys.executable, f"benchmarks/{name}.py", *extra], cwd=ROOT, check=False
        ).returncode:
            failed.append(name)
    if failed:
        print("failed:", ", ".join(failed), file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
