"""OpenSearch killed, silent, read-only or refusing: pages answer from the database and say so, imports go on, and once
it is well again the outbox drains and the index equals the database.
"""

from __future__ import annotations

import pytest

from tests.stack.faults.installation import wait_until

SEARCH = "/search/?q=степлер"
NOTICE = "alert alert-warning"
#: Answers that hold nothing up: a search waits two seconds for the engine, and a page asks it a few times at most.
BOUND = 10


def fall(site, how):
    if how == "killed":
        site.opensearch.kill()
    elif how == "read-only":
        site.ask_opensearch("PUT", "/faults*/_settings", {"index.blocks.read_only_allow_delete": True})
    else:
        _let_in(site, "2kb")


def rise(site, how):
    if how == "killed":
        site.opensearch.start()
    elif how == "read-only":
        site.ask_opensearch("PUT", "/faults*/_settings", {"index.blocks.read_only_allow_delete": None})
    else:
        _let_in(site, None)


def _let_in(site, limit):
    """Beyond so many bytes of requests at once the node answers 429 (circuit_breaking_exception)."""
    site.ask_opensearch(
        "PUT", "/_cluster/settings", {"persistent": {"network.breaker.inflight_requests.limit": limit}}
    )


@pytest.fixture(params=["killed", "read-only", "rejecting"])
def fallen(request, stocked):
    """A site whose goods were indexed before; `fallen.rise()` ends it."""
    assert stocked.do("rebuild") == 700
    fall(stocked, request.param)
    stocked.how = request.param
    stocked.rise = lambda: rise(stocked, request.param)
    yield stocked
    stocked.kill_all()
    rise(stocked, request.param)


@pytest.mark.parametrize("protected", [True, False])
def test_imports_go_on_and_the_index_catches_up(fallen, second_list, protected):
    fallen.worker(off=[] if protected else ["outages apart"])
    run = fallen.do("upload", path=second_list)
    fallen.wait_state(run, "applied")
    if protected:
        wait_until(lambda: fallen.value("SELECT count(*) FROM core_outboxentry WHERE last_error <> ''"))
        waiting = "SELECT count(*) > 0, count(dead_at), max(attempts) < 2 FROM core_outboxentry WHERE consumer = 'search'"
        assert fallen.rows(waiting) == [(True, 0, True)]
        fallen.rise()
        fallen.wait_drained()
        assert fallen.do("verify") == {}
    elif fallen.how == "rejecting":
        # Each attempt is six of the bulk loop's own: being set aside after eight of them takes a minute.
        counted = "SELECT max(attempts) > 1 FROM core_outboxentry WHERE consumer = 'search'"
        wait_until(lambda: fallen.value(counted), what="attempts that count")
    else:
        dead = "SELECT count(*) > 0 AND count(*) = count(dead_at) FROM core_outboxentry WHERE consumer = 'search'"
        wait_until(lambda: fallen.value(dead), what="entries that are set aside")
        fallen.rise()
        assert fallen.do("verify") != {}


def test_pages_answer_from_the_database_and_say_so(stocked):
    stocked.do("rebuild")
    stocked.serve()
    well = stocked.page(SEARCH)
    assert (well.status, NOTICE in well.text) == (200, False)
    stocked.opensearch.kill()
    try:
        without = stocked.page(SEARCH)
    finally:
        stocked.opensearch.start()
    assert (without.status, NOTICE in without.text) == (200, True)
    assert without.text.count('class="offer-card"') == 24
    assert without.seconds < BOUND
    wait_until(lambda: NOTICE not in stocked.page(SEARCH).text, what="the breaker to close again")


def test_without_the_database_as_second_answer_there_is_none(stocked):
    stocked.do("rebuild")
    stocked.opensearch.kill()
    try:
        assert stocked.do("page", path=SEARCH, off=["fallback"])[0] == 500
        assert stocked.do("page", path=SEARCH)[0] == 200
    finally:
        stocked.opensearch.start()


@pytest.mark.parametrize("protected", [True, False])
def test_a_silent_engine_is_waited_for_a_few_times_only(stocked, protected):
    """It holds its connections and answers nothing: the breaker opens, and closes once it answers."""
    stocked.do("rebuild")
    stocked.opensearch.pause()
    try:
        times = stocked.do("search_times", words="степлер", times=5, off=[] if protected else ["breaker"])
    finally:
        stocked.opensearch.resume()
    assert [(engine, total) for _seconds, engine, total in times] == [("database", 700)] * 5
    assert max(seconds for seconds, *_ in times) < BOUND
    assert (times[-1][0] < 1.0) is protected  # the limit of a search is two seconds
    wait_until(lambda: stocked.do("search_times", words="степлер", times=1)[0][1] == "opensearch")
