"""How soon after a fault pages answer again, and how soon the index equals the database.

    python benchmarks/stack_recovery.py                                      # 20,000 offers, leases as in production
    python benchmarks/stack_recovery.py --offers 600 --hurried --no-result   # leases a tenth to a thirtieth as long

Servers, web process and workers are its own. Faults: a worker killed with -9 in mid import and in mid indexing,
OpenSearch and PostgreSQL killed and started again at once, Redis started again empty with the wake-ups in it lost.
Work is under way at each: a price list that changes a third of the goods, or new prices of all of them. Meanwhile the
result page is asked without a pause. Pages: from the fault to the first answer of 200 after the last other one. Index:
from the fault to an empty outbox, after which every document was compared with the database and none differed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import redis

from benchmarks.import_inputs import goods, write_csv
from benchmarks.search_inputs import write_result
from stack import services
from stack.process import free_port
from tests.stack.faults.installation import DATABASE, EMPTY, Installation, kill, wait_until

IMPORTED = "ryad_imported"
PAGE = "/search/?q=папір"
#: Longest that a recovery may take: then something stands still.
PATIENCE = 900
POINTS = {
    "import": {
        "label": "here",
        "target": "price_lists.services.applying:_Applying._apply_rows",
        "call": 2,
        "after": True,
    },
    "indexing": {"label": "here", "target": "search.indexing.writing:index_offers", "after": True},
}


class Site(Installation):
    """The installation of the tests with a number of offers, each case beginning with the same index and database."""

    hurried = False
    offers = 0
    second = ""

    def prepare(self, offers: int) -> None:
        self.offers = offers
        rows = goods(offers)
        write_csv(self.var / "first.csv", rows)
        changed = [
            [*row[:2], f"{float(row[2]) + 1:.2f}", *row[3:]] if n % 3 == 0 else row
            for n, row in enumerate(rows)
        ]
        write_csv(self.var / "second.csv", changed[: offers - offers // 50])
        self.second = str(self.var / "second.csv")
        self.begin(template=None)
        self.act("prepare")
        self.copy(DATABASE, EMPTY)
        done = self.act("import_here", path=str(self.var / "first.csv"))
        if (done["state"], done["counts"]["new"]) != ("applied", offers):
            raise RuntimeError(f"the first list: {done}")
        self.copy(DATABASE, IMPORTED)

    def fresh(self) -> None:
        self.begin(IMPORTED)
        if self.act("rebuild") != self.offers:
            raise RuntimeError("the index was not built")
        self.serve()
        wait_until(lambda: self.page(PAGE).status == 200, what="the result page")

    def act(self, action: str, **kwargs: Any) -> Any:
        return self.start(action, hurry=self.hurried, **kwargs).result(seconds=PATIENCE)

    def work(self, **worker: Any) -> int:
        return int(self.worker(hurry=self.hurried, **worker))

    def touch_all(self) -> None:
        ids = [row[0] for row in self.rows("SELECT id FROM catalog_offer ORDER BY id")]
        self.act("change_offers", ids=ids, price=777_0000)


class Reader(threading.Thread):
    """Asks for the result page again and again: what came when."""

    def __init__(self, site: Site) -> None:
        super().__init__(daemon=True)
        self.site = site
        self.over = threading.Event()
        self.answers: list[tuple[float, int, float]] = []

    def run(self) -> None:
        while not self.over.wait(0.05):
            answer = self.site.page(PAGE)
            self.answers.append((time.monotonic(), answer.status, answer.seconds))

    def told(self, fault: float) -> dict[str, Any]:
        refused = [moment for moment, status, _ in self.answers if status != 200]
        last = max(refused, default=None)
        again = next((at for at, status, _ in self.answers if status == 200 and at > (last or fault)), None)
        if again is None:
            raise RuntimeError("the page has not come back")
        return {
            "pages_seconds": round(again - fault, 2) if refused else 0.0,
            "pages_asked": len(self.answers),
            "pages_refused": len(refused),
            "slowest_page_seconds": round(max(seconds for *_, seconds in self.answers), 2),
        }


def measured(site: Site, hurt: Callable[[], float], run: int | None = None) -> dict[str, Any]:
    """`hurt` answers with the moment of its fault. `run` must be applied in the end."""
    reader = Reader(site)
    reader.start()
    try:
        fault = hurt()
        back = time.monotonic() - fault
        while True:
            wait_until(
                lambda: _is_quiet(site, run), seconds=PATIENCE, what="an applied list, an empty outbox"
            )
            equal = time.monotonic() - fault
            if not (differences := site.act("verify")):
                break
            if equal > PATIENCE:
                raise RuntimeError(f"index and database differ: {differences}")
        verified = time.monotonic() - fault - equal
    finally:
        reader.over.set()
        reader.join(30)
        site.kill_all()
    return {
        **reader.told(fault),
        "replaced_seconds": round(back, 2),
        "index_equal_seconds": round(equal, 2),
        "comparison_seconds": round(verified, 2),
    }


def _is_quiet(site: Site, run: int | None) -> bool:
    if run is not None:
        state = site.run_state(run)
        if state in {"failed", "cancelled", "held"}:
            raise RuntimeError(f"the list is {state}: {site.log_tail()}")
        if state != "applied":
            return False
    return not site.outbox()


def worker_killed_in_import(site: Site) -> dict[str, Any]:
    site.work(points=[POINTS["import"]])
    run = site.act("upload", path=site.second)

    def hurt() -> float:
        dying = site.reached("here")
        fault = time.monotonic()
        kill(dying)
        site.work()
        return fault

    return measured(site, hurt, run)


def worker_killed_in_indexing(site: Site) -> dict[str, Any]:
    site.touch_all()
    site.work(points=[POINTS["indexing"]])

    def hurt() -> float:
        dying = site.reached("here")
        fault = time.monotonic()
        kill(dying)
        site.work()
        return fault

    return measured(site, hurt)


def opensearch_killed(site: Site) -> dict[str, Any]:
    site.work()
    run = site.act("upload", path=site.second)

    def hurt() -> float:
        wait_until(lambda: site.run_state(run) in {"applying", "applied"}, what="an import under way")
        fault = time.monotonic()
        site.opensearch.kill()
        site.opensearch.start()
        return fault

    return measured(site, hurt, run)


def postgresql_killed(site: Site) -> dict[str, Any]:
    site.work()
    run = site.act("upload", path=site.second)

    def hurt() -> float:
        wait_until(lambda: site.run_state(run) in {"applying", "applied"}, what="an import under way")
        fault = time.monotonic()
        site.postgresql.kill()
        site.postgresql.start()
        return fault

    return measured(site, hurt, run)


def redis_empty(site: Site) -> dict[str, Any]:
    """What is written while it is away wakes nobody: the sweeps find it."""
    site.work()

    def hurt() -> float:
        fault = time.monotonic()
        site.redis.kill()
        site.redis.forget()
        site.touch_all()
        site.redis.start()
        return fault

    return measured(site, hurt)


CASES = {
    case.__name__: case
    for case in (
        worker_killed_in_import,
        worker_killed_in_indexing,
        opensearch_killed,
        postgresql_killed,
        redis_empty,
    )
}


def versions(site: Site) -> dict[str, str]:
    with redis.Redis.from_url(site.redis.url) as client:
        return {
            "postgresql": site.value("SHOW server_version"),
            "opensearch": site.ask_opensearch("GET", "/")["version"]["number"],
            "redis": client.info()["redis_version"],
        }


@contextmanager
def own_site(offers: int, *, hurried: bool) -> Iterator[Site]:
    with tempfile.TemporaryDirectory(prefix="ryad-bench-recovery-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        with (
            services.OpenSearch(home / "opensearch", free_port(), heap="512m") as opensearch,
            services.PostgreSQL(home / "postgresql", free_port()) as postgresql,
            services.Redis(home / "redis", free_port()) as redis_server,
        ):
            (home / "site").mkdir()
            site = Site(home / "site", postgresql, redis_server, opensearch)
            site.hurried = hurried
            site.open()
            try:
                site.prepare(offers)
                yield site
            finally:
                site.close()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--offers", type=int, default=20_000)
    options.add_argument("--hurried", action="store_true", help="short leases, pauses and sweeps")
    options.add_argument("--faults", nargs="+", choices=list(CASES), default=list(CASES))
    options.add_argument("--no-result", action="store_true")
    given = options.parse_args()
    began = os.getloadavg()
    with own_site(given.offers, hurried=given.hurried) as site:
        found = versions(site)
        cases = {}
        for name in given.faults:
            print(f"-- {name}", file=sys.stderr, flush=True)
            site.fresh()
            cases[name] = {
                **CASES[name](site),
                "load": round(os.getloadavg()[0], 2),
            }
    write_result(
        "stack_recovery",
        {
            **found,
            "offers": given.offers,
            "hurried": given.hurried,
            "load_before": [round(each, 2) for each in began],
            "faults": cases,
        },
        keep=not given.no_result,
    )


if __name__ == "__main__":
    main()
