"""The search page and the whole path to it, as buyers load it: 100,000 imported offers, a real server, real HTTP.

Synthetic goods with real titles (see `imports.goods`) go through the import and into the index; then granian
serves the site and a client asks result pages with words, price and vendor limits. The anchor is the site's own
`/health/live` over the same connections: what the server costs without any of our work.
Stated apart: the server's and the client's processor time. Last come pages at a steady rate, from as many web processes
as there are processors.

    python benchmarks/search_http.py                                         # imports 100,000 offers first
    python benchmarks/search_http.py --offers 1000000 --kept FOLDER          # what suggestions.py --folder FOLDER left
"""

from __future__ import annotations

import argparse
import http.client
import os
import queue
import random
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.import_inputs import goods, titles, write_csv
from benchmarks.search_inputs import percentiles, spread, write_result

ROOT = Path(__file__).resolve().parents[1]
_FILL = """
import json, resource, time
import django
django.setup()
from benchmarks.tables import make_tables
make_tables()
from core import outbox
from price_lists.services import import_file
from search.services import rebuild_index
from vendors.models import Vendor
vendors = [Vendor.objects.create(slug=f"bench-{n}", name=f"Bench {n}", state="approved") for n in (1, 2)]
for number, vendor in enumerate(vendors):
    import_file(vendor=vendor, path=f"{FOLDER}/goods-{number}.csv", original_name="goods.csv", auto_apply=True)
begun, used = time.perf_counter(), time.process_time()
indexed = rebuild_index()
print(json.dumps({"offers": indexed, "seconds": round(time.perf_counter() - begun, 2),
    "processor_seconds": round(time.process_time() - used, 2),
    "offers_per_second": round(indexed / (time.perf_counter() - begun)),
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}))
"""


def fill(folder: Path, offers: int, environment: dict[str, str]) -> dict[str, Any]:
    """Imports the goods as two vendors' price lists and builds the index; returns the index's figures."""
    import json

    made = goods(offers)
    for number in (0, 1):
        write_csv(folder / f"goods-{number}.csv", made[number::2])
    answer = subprocess.run(
        [sys.executable, "-c", _FILL.replace("{FOLDER}", str(folder))],
        cwd=ROOT, env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return json.loads(answer.stdout.splitlines()[-1])


def queries(count: int) -> list[str]:
    """Addresses of result pages: two or three words of a title, mostly with a ceiling, sometimes one vendor."""
    chance = random.Random(5)
    vocabulary = [title.split() for title in titles()[:20_000]]
    made = []
    for _ in range(count):
        words = chance.choice(vocabulary)
        start = chance.randrange(max(1, len(words) - 2))
        query = {"q": " ".join(words[start : start + chance.choice((2, 3))])}
        if chance.random() < 0.7:
            query["max_price"] = str(chance.randrange(500, 40_000))
        if chance.random() < 0.3:
            query["vendor"] = chance.choice(("bench-1", "bench-2"))
        made.append("/search/?" + urllib.parse.urlencode(query))
    return made


class Server:
    """The site on a free port, its processor time and memory read from the kernel."""

    def __init__(self, environment: dict[str, str], *, workers: int = 1) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "granian", "--interface", "asginl", "--port", str(self.port),
             "--workers", str(workers),
             "--no-ws", "--log-level", "error", "marketplace.asgi:application"],
            cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if get(self.port, ["/health/live"])[1] == 1:
                    return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError("the site did not start")

    def _tree(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *map(int, children)]

    def processor_seconds(self) -> float:
        ticks = 0
        for pid in self._tree():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> int:
        peak = 0
        for pid in self._tree():
            status = Path(f"/proc/{pid}/status").read_text()
            peak += int(status.partition("VmHWM:")[2].split()[0])
        return peak // 1024

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


def get(port: int, paths: list[str]) -> tuple[list[float], int, int]:
    """(seconds of each request, how many answered 200, bytes) over one connection kept open."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    times, good, size = [], 0, 0
    for path in paths:
        begun = time.perf_counter()
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        size += len(answer.read())
        times.append(time.perf_counter() - begun)
        good += answer.status == 200
    connection.close()
    return times, good, size


def load(server: Server, paths: list[str], clients: int) -> dict[str, Any]:
    """The paths shared among clients that ask at once."""
    results: list[tuple[list[float], int, int]] = []
    before, mine = server.processor_seconds(), time.process_time()
    begun = time.perf_counter()
    threads = [
        threading.Thread(
            target=lambda part: results.append(get(server.port, part)), args=(paths[number::clients],)
        )
        for number in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall = time.perf_counter() - begun
    good = sum(each[1] for each in results)
    if good != len(paths):
        raise RuntimeError(f"{len(paths) - good} of {len(paths)} pages did not answer 200")
    return {
        "milliseconds": percentiles([one for each in results for one in each[0]]),
        "requests_per_second": round(len(paths) / wall, 1),
        "server_processor_ms": round((server.processor_seconds() - before) / len(paths) * 1000, 2),
        "client_processor_ms": round((time.process_time() - mine) / len(paths) * 1000, 2),
        "bytes_compressed": round(sum(each[2] for each in results) / len(paths)),
    }


def at_rate(server: Server, paths: list[str], rate: int) -> dict[str, Any]:
    """Each path at its moment, `rate` a second, whether those before have been answered or not; times count from that
    moment, so that waiting in line counts.
    """
    connections: queue.SimpleQueue[http.client.HTTPConnection] = queue.SimpleQueue()
    begun, before = time.perf_counter() + 0.5, server.processor_seconds()

    def ask(numbered: tuple[int, str]) -> tuple[float, int]:
        number, path = numbered
        moment = begun + number / rate
        time.sleep(max(0.0, moment - time.perf_counter()))
        try:
            connection = connections.get_nowait()
        except queue.Empty:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        answer.read()
        connections.put(connection)
        return time.perf_counter() - moment, answer.status

    with ThreadPoolExecutor(max_workers=64) as pool:
        answers = list(pool.map(ask, enumerate(paths)))
    bad = sum(status != 200 for _, status in answers)
    if bad:
        raise RuntimeError(f"{bad} of {len(paths)} pages did not answer 200")
    return {
        "requests_per_second": rate,
        "requests": len(paths),
        "milliseconds": percentiles([seconds for seconds, _ in answers]),
        "server_processor_ms": round((server.processor_seconds() - before) / len(paths) * 1000, 2),
    }


def rated_pages(environment: dict[str, str], requests: int, rate: int) -> dict[str, Any]:
    """Result pages at a steady rate from as many web processes as there are processors, after a warm-up."""
    workers = os.cpu_count() or 1
    server = Server(environment, workers=workers)
    try:
        load(server, queries(60), 2 * workers)
        return {"web_processes": workers, **at_rate(server, queries(60 + requests)[60:], rate)}
    finally:
        server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--offers", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5, help="the first is dropped if there are several")
    parser.add_argument(
        "--kept", help="the site that suggestions.py --folder left there, instead of a new one"
    )
    parser.add_argument("--rate", type=int, default=20, help="requests a second of the last measurement")
    parser.add_argument("--no-result", action="store_true")
    given = parser.parse_args()
    folder = Path(given.kept or tempfile.mkdtemp(prefix="ryad-bench-http-"))
    environment = {
        **os.environ,
        "RYAD_VAR": str(folder / "var"),
        "RYAD_DEMO": "no",
        "RYAD_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "benchmarks.site_settings",
    }
    try:
        index = {} if given.kept else fill(folder, given.offers, environment)
        server = Server(environment)
        try:
            paths = queries(given.requests)
            rounds = [
                {
                    "anchor": load(server, ["/health/live"] * given.requests, 1),
                    "one_client": load(server, paths, 1),
                    "eight_clients": load(server, paths, 8),
                }
                for _ in range(given.rounds)
            ]
            memory = server.memory_mb()
        finally:
            server.stop()
        rated = rated_pages(environment, given.requests, given.rate)
    finally:
        if not given.kept:
            shutil.rmtree(folder, ignore_errors=True)
    kept = rounds[1:] or rounds
    figures: dict[str, Any] = {"offers": given.offers, "requests": given.requests, "index": index}
    figures["at_rate"] = rated
    for name in ("anchor", "one_client", "eight_clients"):
        of = [each[name] for each in kept]
        figures[name] = {
            **{share: spread([one["milliseconds"][share] for one in of]) for share in ("p50", "p95", "p99")},
            **{
                key: spread([one[key] for one in of])
                for key in (
                    "requests_per_second",
                    "server_processor_ms",
                    "client_processor_ms",
                    "bytes_compressed",
                )
            },
        }
    figures["server_peak_mb"] = memory
    figures["client_peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    name = f"search_http_{given.offers}" if given.kept else "search_http"
    write_result(name, figures, keep=not given.no_result)


if __name__ == "__main__":
    main()
