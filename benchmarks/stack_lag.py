"""Goals X2 and X3: from a commit to where searches see it, with the real workers on Redis.

    make services
    python benchmarks/stack_lag.py                                           # 200,000 offers
    python benchmarks/stack_lag.py --offers 1000 --rows 500 --edits 5 --no-result

Edits: one vendor changes a price; the time from the commit until a search gives the new one. Import: a price list of
`--rows` new goods is applied while the workers index; the outbox is looked at each half second for its oldest entry.
Delta: every offer is touched in transactions of 500 as a move of categories would; the time until the last of them is
searchable. Rebuild: the index is built anew while one thread changes prices and another searches without a pause; then
index and database are compared, document by document.
"""

from __future__ import annotations

import argparse
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.import_inputs import goods, write_csv
from benchmarks.search_inputs import ROOT, percentiles, write_result
from benchmarks.stack_inputs import fill, use_services, versions


@contextmanager
def site(environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    """Web process, workers and schedule, as `make run-full` starts them: their port and their supervisor's process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port)],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        for line in process.stdout or ():
            if "is open at" in line:
                break
        else:
            raise RuntimeError("the site did not start")
        wait_until_drained(120)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(60)


def waiting() -> tuple[int, float]:
    """Entries for the index, and the age of the oldest in seconds."""
    from django.utils import timezone

    from core.outbox.selectors import backlogs

    for backlog in backlogs():
        if backlog.consumer == "search" and backlog.waiting and backlog.oldest_at:
            return backlog.waiting, (timezone.now() - backlog.oldest_at).total_seconds()
    return 0, 0.0


def wait_until_drained(seconds: float) -> None:
    end = time.monotonic() + seconds
    while waiting()[0]:
        if time.monotonic() > end:
            raise RuntimeError(f"the index did not catch up within {seconds} s: {waiting()}")
        time.sleep(0.1)


def change_price(number: int, amount: int) -> None:
    from catalog.enums import EditRank
    from catalog.models import Offer
    from catalog.services.offers import edit_offer

    offer = Offer.objects.get(pk=number)
    edit_offer(offer=offer, values={"price_amount": amount}, rank=EditRank.VENDOR, actor="user:1")


def edits(count: int, offers: int) -> dict[str, Any]:
    """Commit to searchable, one edit at a time."""
    from search.query import SearchQuery
    from search.services import search

    chance = random.Random(20241104)
    times = []
    for turn in range(count + 1):
        number, amount = chance.randint(1, offers), chance.randint(10_000, 100_000_000)
        change_price(number, amount)
        committed = time.perf_counter()
        query = SearchQuery(words=f"AR-{number}", exact=True)
        while not any(hit.offer_id == number and hit.price_base == amount for hit in search(query).hits):
            if time.perf_counter() - committed > 60:
                raise RuntimeError(f"offer {number} was not indexed within a minute")
            time.sleep(0.01)
        if turn:  # the first one wakes processes and fills caches
            times.append(time.perf_counter() - committed)
    return percentiles(times)


class Watch(threading.Thread):
    """Looks at the outbox until told to stop."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.over = threading.Event()
        self.most, self.oldest = 0, 0.0

    def run(self) -> None:
        from django.db import connection

        while not self.over.wait(0.5):
            entries, age = waiting()
            self.most, self.oldest = max(self.most, entries), max(self.oldest, age)
        connection.close()


def import_lag(rows: int) -> dict[str, Any]:
    """A price list of a vendor's own, applied in this process while the workers index."""
    from price_lists.services import import_file
    from vendors.models import Vendor

    vendor, _ = Vendor.objects.get_or_create(
        slug="bench-import", defaults={"name": "Import", "state": "approved"}
    )
    folder = Path(tempfile.mkdtemp(prefix="ryad-bench-lag-"))
    watch = Watch()
    try:
        write_csv(folder / "goods.csv", goods(rows))
        watch.start()
        begun = time.perf_counter()
        run = import_file(vendor=vendor, path=folder / "goods.csv", original_name="goods.csv")
        applied = time.perf_counter()
        wait_until_drained(600)
        drained = time.perf_counter()
    finally:
        watch.over.set()
        watch.join()
        shutil.rmtree(folder, ignore_errors=True)
    if run.counts["new"] != rows:
        raise RuntimeError(f"the import took {run.counts}")
    return {
        "rows": rows,
        "import_seconds": round(applied - begun, 2),
        "searchable_after_the_import_seconds": round(drained - applied, 2),
        "most_entries_waiting": watch.most,
        "oldest_entry_seconds": round(watch.oldest, 2),
    }


def delta() -> dict[str, Any]:
    """Everything on sale gets a new version."""
    from catalog.models import Offer
    from catalog.services.changes import touch

    begun = time.perf_counter()
    touched = touch(Offer.objects.all())
    committed = time.perf_counter()
    wait_until_drained(1800)
    return {
        "offers": touched,
        "commit_seconds": round(committed - begun, 1),
        "first_commit_to_searchable_seconds": round(time.perf_counter() - begun, 1),
    }


def rebuild_under_writes(offers: int) -> dict[str, Any]:
    """Failed searches and lost changes while the index is built anew; both must be none."""
    from django.db import connection

    from search.indexing import rebuild_index, verify_index
    from search.query import SearchQuery
    from search.services import search

    over = threading.Event()
    counts = {"searches": 0, "failed_searches": 0, "edits": 0}

    def writer() -> None:
        chance = random.Random(20241105)
        while not over.wait(0.02):
            change_price(chance.randint(1, offers), chance.randint(10_000, 100_000_000))
            counts["edits"] += 1
        connection.close()

    def reader() -> None:
        chance = random.Random(20241106)
        while not over.is_set():
            number = chance.randint(1, offers)
            found = search(SearchQuery(words=f"AR-{number}", exact=True))
            counts["searches"] += 1
            if found.engine != "opensearch" or number not in {hit.offer_id for hit in found.hits}:
                counts["failed_searches"] += 1
        connection.close()

    threads = [threading.Thread(target=work) for work in (writer, reader)]
    for thread in threads:
        thread.start()
    begun = time.perf_counter()
    try:
        rebuild_index()
        seconds = time.perf_counter() - begun
    finally:
        over.set()
        for thread in threads:
            thread.join()
    wait_until_drained(300)
    found = verify_index(deep=True)
    if counts["failed_searches"] or found.total:
        raise RuntimeError(f"{counts}, differences: {found.found}")
    return {"seconds": round(seconds, 1), **counts, "differences_afterwards": found.total}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--offers", type=int, default=200_000)
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--edits", type=int, default=200)
    options.add_argument("--no-result", action="store_true")
    given = options.parse_args()
    environment = use_services(f"bench_lag_{given.offers}")
    import django

    django.setup()
    fill(given.offers)
    from core.models import OutboxEntry
    from search.services import rebuild_index

    OutboxEntry.objects.all().delete()
    rebuild_index()
    with site(environment):
        figures = {
            **versions(),
            "offers": given.offers,
            "edit_to_searchable_ms": edits(given.edits, given.offers),
            "import": import_lag(given.rows),
            "delta": delta(),
            "rebuild_under_writes": rebuild_under_writes(given.offers),
        }
    write_result("stack_lag", figures, keep=not given.no_result)


if __name__ == "__main__":
    main()
