"""Every row lock of searching."""

from __future__ import annotations

from django.db import connection

from search.models import IndexBuild

#: The one row of `IndexBuild`.
SLOT = 1
#: Of the advisory lock about what operators set; any number that no other lock of the site has.
_TUNING = 0x52594144_0003
#: The same of tables that a job makes anew.
_DEMAND, _POPULAR = 0x52594144_0004, 0x52594144_0005


def lock_build() -> IndexBuild | None:
    """The rebuild's row, locked until the transaction ends; None where there never was one."""
    return IndexBuild.objects.select_for_update().filter(pk=SLOT).first()


def lock_tuning() -> None:
    """One change at a time of points and synonyms, until the transaction ends. On SQLite the transaction is the lock."""
    _lock(_TUNING)


def lock_demand() -> None:
    """One at a time makes the table of unmet demand anew."""
    _lock(_DEMAND)


def lock_popular() -> None:
    """One at a time makes the table of popular queries anew."""
    _lock(_POPULAR)


def _lock(number: int) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
