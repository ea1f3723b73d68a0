"""The same thing begun twice at the same moment: imports of one vendor, one job delivered twice, two drains."""

from __future__ import annotations

import threading
import time

import psycopg
import pytest

from tests.factories.price_lists import goods, write_list
from tests.stack.faults.installation import DATABASE, wait_until
from tests.stack.faults.test_import_killed import APPLY, CHUNKS, content

TURN = "price_lists.services.imports:take_turn"
PRICES = "SELECT title, count(*), min(price_amount), max(price_amount) FROM catalog_offer GROUP BY title"


def lists(site, *prices, count=250):
    return [str(write_list(site.var / f"list-{price}.csv", goods(count, price=price))) for price in prices]


@pytest.mark.parametrize("protected", [True, False])
def test_two_imports_of_one_vendor_take_turns_and_the_newest_wins(site, protected):
    """Both have compared their goods with an empty shop and ask for their turn at the same moment."""
    older, newer = lists(site, "100", "200")
    off = [] if protected else ["turns"]
    runs = []
    for label, path in (("one", older), ("two", newer)):
        site.worker(
            queues=["imports"], concurrency=1, clock=False, points=[{"label": label, "target": TURN}], off=off
        )
        runs.append(site.do("upload", path=path))
        site.reached(label)
    site.worker(queues=["default", "index", "match", "notify"])
    for label in ("one", "two"):
        site.let_go(label)
    wait_until(lambda: site.run_state(runs[1]) == "applied", what="the newer list")
    wait_until(lambda: site.run_state(runs[0]) in {"applied", "cancelled"}, what="the older list")
    found = site.rows(PRICES)
    exact = len(found) == 250 and all(row[1:] == (1, 200_0000, 200_0000) for row in found)
    assert exact is protected
    if protected:
        site.wait_drained()
        assert site.do("verify") == {}


@pytest.mark.parametrize("protected", [True, False])
def test_imports_of_different_vendors_do_not_wait_for_each_other(site, protected):
    (path,) = lists(site, "300", count=1500)
    other = str(write_list(site.var / "other.csv", goods(1500, price="300", brand="Axent")))
    off = [] if protected else ["vendors apart"]
    runs = [
        site.do("upload", path=path, send=False),
        site.do("upload", path=other, vendor="second", send=False),
    ]
    over, waits = threading.Event(), []
    sampler = threading.Thread(target=_sample_waits, args=(site, over, waits))
    sampler.start()
    for run in runs:
        site.start("advance", run=run, off=off)
    for run in runs:
        wait_until(lambda run=run: site.run_state(run) == "applied", what=f"run {run}")
    over.set()
    sampler.join()
    assert bool(waits) is not protected, waits


def _sample_waits(site, over, waits):
    """Which process waits for a lock of the other, asked every few milliseconds; each bears its own name.

    Not counted: the lock under which a table grows by a few pages (`extend`). Whoever appends takes it for that moment
    alone, in mid transaction, so that it never waits for the other's work.
    """
    statement = """
        SELECT waiting.application_name, holding.application_name, wanted.locktype, wanted.relation::regclass::text,
            left(waiting.query, 80)
        FROM pg_locks wanted
        JOIN pg_stat_activity waiting ON waiting.pid = wanted.pid
        JOIN pg_stat_activity holding ON holding.pid = ANY (pg_blocking_pids(waiting.pid))
        WHERE NOT wanted.granted AND wanted.locktype <> 'extend'
            AND waiting.datname = current_database() AND waiting.application_name <> holding.application_name
    """
    with psycopg.connect(site.postgresql.database_url(DATABASE), autocommit=True) as connection:
        while not over.is_set():
            waits += connection.execute(statement).fetchall()
            time.sleep(0.005)


def test_an_import_delivered_twice_is_done_once(site):
    """The second delivery comes while the first is in mid import."""
    (path,) = lists(site, "100")
    first = {"label": "first", "target": f"{APPLY}:_Applying._apply_rows"}
    site.worker(queues=["imports"], concurrency=1, clock=False, points=[first], trace=[CHUNKS])
    run = site.do("upload", path=path)
    site.reached("first")
    site.worker(queues=["imports"], clock=False, trace=[CHUNKS])
    site.do("send_job", run=run)
    wait_until(lambda: site.queued("imports") == 0, what="the second delivery")
    time.sleep(0.5)
    assert site.run_state(run) == "applying"
    site.let_go("first")
    wait_until(lambda: site.traced(CHUNKS) >= 3)
    site.wait_state(run, "applied")
    wait_until(lambda: not site.value("SELECT count(*) FROM core_job WHERE state = 'running'"))
    assert len(content(site)) == 250
    assert site.traced(CHUNKS) == 3
    assert site.rows("SELECT state, attempts FROM core_job WHERE kind = 'price_lists.import'") == [
        ("done", 1)
    ]


def test_a_job_that_nobody_claims_is_done_twice(site):
    """The second delivery applies the list; while its job is not over yet, the first writes the same goods again."""
    (path,) = lists(site, "100")
    off = ["job claim"]
    points = [
        {"label": "first", "target": f"{APPLY}:_Applying._apply_rows"},
        {"label": "second", "target": f"{APPLY}:forget_staged"},
    ]
    site.worker(queues=["imports"], concurrency=1, clock=False, points=points[:1], off=off)
    run = site.do("upload", path=path)
    site.reached("first")
    site.worker(queues=["imports"], concurrency=1, clock=False, points=points[1:], off=off)
    site.do("send_job", run=run)
    site.reached("second")
    assert (site.run_state(run), len(content(site))) == ("applied", 250)
    site.let_go("first")
    wait_until(lambda: len(content(site)) > 250, what="goods that are there twice")
    site.let_go("second")


@pytest.mark.parametrize("protected", [True, False])
def test_two_drains_share_no_entry(stocked, protected):
    stocked.do("rebuild")
    stocked.do("change_offers", ids=[1, 2, 3], price=55_0000)
    off = [] if protected else ["outbox lease"]
    point = {"label": "drain", "target": "search.indexing.writing:index_offers"}
    first = stocked.start("drain", points=[point], off=off)
    stocked.reached("drain")
    assert stocked.do("drain", off=off) == (0 if protected else 1)
    stocked.let_go("drain")
    assert first.result() == 1
    assert stocked.do("verify") == {}
