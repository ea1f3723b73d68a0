"""A worker killed in mid matching: each match is stored once, and each vendor is told once of a request."""

from __future__ import annotations

import pytest

from tests.stack.faults.installation import kill

NOTICES = "buyer_requests.services.notices"
DELIVERING = "buyer_requests.telling.delivering"
POINTS = {
    "while matches are stored": {"target": "buyer_requests.matching.store:_count", "after": True},
    "between matches and notices": {"target": f"{NOTICES}:_note", "after": False},
    "between notices and messages": {"target": f"{NOTICES}:_note", "after": True},
    "in the midst of telling": {"target": f"{DELIVERING}:notify_many", "after": True},
    "after the messages": {"target": f"{DELIVERING}:_deliver", "after": True},
}
MESSAGES = """
    SELECT message.kind, person.email, count(*) FROM notifications_notification message
    JOIN accounts_user person ON person.id = message.user_id GROUP BY 1, 2 ORDER BY 1, 2
"""
MATCHES = (
    "SELECT vendor_id, count(*), count(DISTINCT offer_id) FROM buyer_requests_linematch GROUP BY vendor_id"
)
NOTED = "SELECT count(*) FROM buyer_requests_vendornotice"


def killed(site, where, off=()):
    site.worker(points=[{"label": "here", **POINTS[where]}], off=off)
    site.do("publish")
    kill(site.reached("here"))
    site.worker(off=off)
    site.wait_drained()


@pytest.mark.parametrize("where", POINTS)
def test_matches_and_messages_come_once(stocked, where):
    killed(stocked, where)
    vendor = stocked.value("SELECT id FROM vendors_vendor WHERE slug = 'first'")
    assert stocked.rows(MATCHES) == [(vendor, 5, 5)]
    assert stocked.value(NOTED) == 1
    assert stocked.rows(MESSAGES) == [("request.fits", "first@example.com", 1)]


def test_where_nothing_says_that_it_was_told_the_message_comes_twice(stocked):
    killed(stocked, "after the messages", off=["told once"])
    assert stocked.rows(MESSAGES) == [("request.fits", "first@example.com", 2)]


def test_forgotten_when_claimed_nobody_would_be_told(stocked):
    killed(stocked, "between matches and notices", off=["delete after work"])
    assert stocked.rows(MESSAGES) == []
