"""A worker killed or frozen in mid indexing: the index ends equal to the database, and nothing waits for ever."""

from __future__ import annotations

import os
import signal

import pytest

from tests.stack.faults.installation import kill, wait_until

INDEX = "search.indexing.writing:index_offers"
CHANGED = list(range(1, 301))


@pytest.fixture
def indexed(stocked):
    """The goods are in the index; then 300 of them change."""
    assert stocked.do("rebuild") == 700
    stocked.do("change_offers", ids=CHANGED, price=777_0000)
    return stocked


def killed(site, *, after, off=()):
    site.worker(
        queues=["index", "default"], points=[{"label": "here", "target": INDEX, "after": after}], off=off
    )
    kill(site.reached("here"))


@pytest.mark.parametrize("after", [False, True], ids=["before the bulk", "between bulk and outbox"])
def test_what_a_killed_worker_had_claimed_is_indexed_by_the_next(indexed, after):
    killed(indexed, after=after)
    indexed.worker()
    indexed.wait_drained()
    assert indexed.do("verify") == {}


def test_forgotten_when_claimed_it_would_be_lost(indexed):
    killed(indexed, after=False, off=["delete after work"])
    indexed.worker()
    indexed.wait_drained()
    assert indexed.do("verify") == {"stale": len(CHANGED)}


def test_with_a_lease_that_never_ends_it_would_wait_for_ever(indexed):
    killed(indexed, after=True, off=["end of the lease"])
    indexed.worker()
    with pytest.raises(AssertionError, match="in vain"):
        indexed.wait_drained(seconds=8)
    assert ("search", 1, 0) in indexed.outbox()


@pytest.mark.parametrize("protected", [True, False])
def test_a_late_write_of_a_frozen_worker_never_wins(indexed, protected):
    """It has read the offers and not yet sent them; another worker indexes their next state; then it wakes up."""
    point = {"label": "late", "target": "search.engines.opensearch.bulk:Bulk.write"}
    late = indexed.start("drain", points=[point], off=[] if protected else ["versions"])
    frozen = indexed.reached("late")
    os.kill(frozen, signal.SIGSTOP)
    indexed.do("change_offers", ids=CHANGED, price=888_0000)
    indexed.worker(queues=["index", "default"])
    wait_until(lambda: not [row for row in indexed.outbox() if row[0] == "search"])
    indexed.let_go("late")
    os.kill(frozen, signal.SIGCONT)
    late.result()
    assert indexed.do("verify") == ({} if protected else {"stale": len(CHANGED)})


@pytest.mark.parametrize("protected", [True, False])
def test_a_rebuild_that_died_halfway_is_taken_over(indexed, protected):
    """While an import goes on; searches are answered by the old index all the time."""
    point = {"label": "half", "target": "search.engines.opensearch.engine:OpenSearchEngine.finish_rebuild"}
    indexed.start("rebuild", points=[point])
    dying = indexed.reached("half")
    indexed.worker()
    kill(dying)
    indexed.do("change_offers", ids=CHANGED, price=999_0000)
    indexed.wait_drained()
    assert indexed.do("search_times", words="степлер", times=1)[0][1:] == ["opensearch", 700]
    assert indexed.do("verify") == {}
    lost = "UPDATE search_indexbuild SET heartbeat_at = now() - interval '1 hour' WHERE finished_at IS NULL"
    assert indexed.execute(lost) == 1
    if protected:
        assert indexed.do("rebuild") == 700
        assert indexed.do("verify") == {}
    else:
        with pytest.raises(Exception, match="RebuildRunning"):
            indexed.do("rebuild", off=["rebuild taken over"])
