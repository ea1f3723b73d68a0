"""Rules about names hold still while offers are judged by them."""

from __future__ import annotations

from django.db import connection

#: Of the advisory lock; any number that no other lock of the site has.
_RULES = 0x52594144_0002


def hold_rules_still() -> None:
    """Until the end of the transaction nobody sets other rules, however many judge by them. What is judged before they
    are set is committed by then, so those who follow the new ones see it. On SQLite the transaction is the lock.
    """
    _lock("pg_advisory_xact_lock_shared")


def lock_rules() -> None:
    """Waits for those who judge; until the end of the transaction nobody else does, or sets rules."""
    _lock("pg_advisory_xact_lock")


def _lock(function: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [_RULES])
