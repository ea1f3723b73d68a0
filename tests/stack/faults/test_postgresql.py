"""PostgreSQL cuts its connections or dies in mid import and mid page: the import goes on, the page says when to return."""

from __future__ import annotations

import pytest

from tests.stack.faults.installation import wait_until
from tests.stack.faults.test_import_killed import APPLY, content, whole  # noqa: F401 - a fixture

CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'ryad_faults' AND pid <> pg_backend_pid()"
POINT = {"label": "here", "target": f"{APPLY}:insert_rows", "call": 3, "after": True}


@pytest.mark.parametrize("fault", ["connections cut", "server killed"])
def test_an_import_outlives_its_database(stocked, second_list, whole, fault):  # noqa: F811 - the fixture
    """In the midst of a chunk's transaction; the worker is the same before and after."""
    stocked.worker(points=[POINT])
    run = stocked.do("upload", path=second_list)
    stocked.reached("here")
    applied = "SELECT applied_id FROM price_lists_importrun WHERE id = %s"
    before = stocked.value(applied, [run])
    if fault == "connections cut":
        stocked.rows(CUT)
    else:
        stocked.postgresql.kill()
        stocked.postgresql.start()
    assert stocked.value(applied, [run]) == before
    stocked.let_go("here")
    stocked.wait_applied(run)
    assert content(stocked) == whole[0]
    stocked.wait_drained()
    assert stocked.do("verify") == {}


def test_a_cut_connection_taken_for_an_error_would_end_the_import(stocked, second_list):
    stocked.worker(points=[POINT], off=["outages of imports"])
    run = stocked.do("upload", path=second_list)
    stocked.reached("here")
    stocked.rows(CUT)
    stocked.let_go("here")
    stocked.wait_state(run, "failed")


def test_pages_say_when_to_come_back_and_come_back(stocked):
    stocked.serve()
    assert stocked.page("/search/?q=степлер").status == 200
    stocked.rows(CUT)
    assert stocked.page("/search/?q=степлер").status == 200
    stocked.postgresql.kill()
    try:
        refused = stocked.page("/search/?q=степлер")
        ready, live = stocked.page("/health/ready").status, stocked.page("/health/live").status
    finally:
        stocked.postgresql.start()
    assert (refused.status, refused.headers["Retry-After"]) == (503, "10")
    assert "Traceback" not in refused.text
    assert (ready, live) == (503, 200)
    wait_until(lambda: stocked.page("/search/?q=степлер").status == 200, what="the page again")


@pytest.mark.parametrize("protected", [True, False])
def test_a_page_without_a_database_is_no_error_of_ours(stocked, protected):
    asked = stocked.start(
        "page",
        path="/vendors/",
        off=[] if protected else ["outage page"],
    )
    stocked.postgresql.kill()
    try:
        assert asked.result()[:2] == ([503, "10"] if protected else [500, ""])
    finally:
        stocked.postgresql.start()
