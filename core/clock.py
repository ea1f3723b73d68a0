"""The time by which leases, heartbeats and pauses are judged: one clock for all machines, the database's.

A worker whose own clock is an hour ahead would take every lease for ended and every job for lost; one that is behind
would leave its own leases in the past. Moments that only people read may come from `timezone.now()`.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.utils import timezone


def now() -> dt.datetime:
    """PostgreSQL's clock, also within a long transaction. SQLite has no other clock than this machine's."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: dt.datetime = cursor.fetchone()[0]
    return moment
