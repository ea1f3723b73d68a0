"""What monitoring costs: processor time to count one search, and of one scrape of /metrics on the demo row.

    python benchmarks/counting.py                                # writes results/counting.json
    python benchmarks/counting.py --bare --rounds 2 --no-result  # for correctness: without the demo row

Counts go into files that processes share, as in production. A search is six stages and one observation of the whole, as
a search without corrections and its page are. Processor time, not time on the clock: a machine that is busy with other
work stretches the latter many times over. The anchor is the same number of additions to a plain dictionary.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(tempfile.mkdtemp(prefix="ryad-bench-counting-"))
sys.path.insert(0, str(ROOT))
os.environ["RYAD_VAR"] = str(FOLDER)
os.environ["RYAD_MONITORING_TOKEN"] = "x" * 40
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.dev")
os.environ.setdefault("RYAD_LOG_LEVEL", "ERROR")

import django  # noqa: E402 - the folder has to be named first

django.setup()

from django.core.management import call_command  # noqa: E402 - after django.setup()

from benchmarks.tables import make_tables  # noqa: E402 - found by the path above
from catalog.models import Offer  # noqa: E402 - after django.setup()
from core.middleware import REQUEST_SECONDS  # noqa: E402 - after django.setup()
from marketplace.metrics import written  # noqa: E402 - after django.setup()
from search import metrics  # noqa: E402 - after django.setup()

STAGES = ("analysis", "analysis", "engine", "ranking", "names", "rendering")
PROCESSES = 8
VIEWS = 40


def count_a_search() -> None:
    for name in STAGES:
        with metrics.stage(name):
            pass
    metrics.SECONDS.labels("embedded").observe(0.01)


def anchor() -> Callable[[], None]:
    counts = dict.fromkeys((*STAGES, "whole"), 0.0)

    def add() -> None:
        for name in (*STAGES, "whole"):
            counts[name] += 0.01

    return add


def processor_seconds(work: Callable[[], object], *, times: int, rounds: int) -> float:
    """Of one call, in the best round: what other processes do to the caches is theirs."""
    best = float("inf")
    for _ in range(rounds):
        begun = time.thread_time()
        for _ in range(times):
            work()
        best = min(best, (time.thread_time() - begun) / times)
    return best


def as_many_processes() -> list[int]:
    """Others that have counted requests of many pages; they live until they are ended."""
    children = []
    for _ in range(PROCESSES):
        told, tell = os.pipe()
        child = os.fork()
        if not child:
            for view in range(VIEWS):
                for status in ("2xx", "4xx"):
                    REQUEST_SECONDS.labels(f"page{view}", "GET", status).observe(0.1)
            os.write(tell, b"!")
            time.sleep(600)
            os._exit(0)
        os.read(told, 1)
        children.append(child)
    return children


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--bare", action="store_true", help="without the demo row")
    parser.add_argument("--no-result", action="store_true")
    options = parser.parse_args()
    make_tables()
    if not options.bare:
        call_command("load_demo", stdout=sys.stderr)
    count_a_search()
    figures = {
        "offers": Offer.objects.count(),
        "microseconds_a_search": 1e6 * processor_seconds(count_a_search, times=2_000, rounds=options.rounds),
        "microseconds_anchor": 1e6 * processor_seconds(anchor(), times=2_000, rounds=options.rounds),
        "milliseconds_a_scrape": 1e3 * processor_seconds(written, times=1, rounds=options.rounds),
    }
    children = as_many_processes()
    try:
        if b'view="page0"' not in written():
            raise AssertionError("what other processes counted is missing")
        name = f"milliseconds_a_scrape_of_{PROCESSES}_processes"
        figures[name] = 1e3 * processor_seconds(written, times=1, rounds=options.rounds)
    finally:
        for child in children:
            os.kill(child, 9)
            os.waitpid(child, 0)
    result = {
        "command": f"python benchmarks/counting.py --rounds {options.rounds}",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "load": round(os.getloadavg()[0], 1),
        "at": time.strftime("%Y-%m-%d %H:%M"),
        "figures": {name: round(value, 2) for name, value in figures.items()},
    }
    text = json.dumps(result, indent=2)
    print(text)
    if not options.no_result and not options.bare:
        (ROOT / "benchmarks" / "results" / "counting.json").write_text(text + "\n")


if __name__ == "__main__":
    try:
        main()
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
