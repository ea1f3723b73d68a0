"""The database itself refuses to change the trace, whoever asks: triggers on both databases.

PostgreSQL's TRUNCATE passes by triggers of rows, so it has one of its own. A SQLite table that a migration makes anew
loses its triggers: they are put back after each `migrate`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import connections

TABLE: Final = "core_auditentry"
_FUNCTION: Final = "core_audit_refuse"
_DEEDS: Final = ("UPDATE", "DELETE")
SAID: Final = "The trace of what operators did is only added to."


def protect(connection: Any) -> None:
    """Puts the triggers in place where they are not. A database without the table is left alone."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = %s", [TABLE])
            if cursor.fetchone() is None:
                return
            for deed in _DEEDS:
                cursor.execute(
                    f"CREATE TRIGGER IF NOT EXISTS {TABLE}_{deed.lower()} BEFORE {deed} ON {TABLE} "
                    f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
                )
            return
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [TABLE])
        if not cursor.fetchone()[0]:
            return
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [TABLE]
        )
        there = {name for (name,) in cursor.fetchall()}
        wanted = {
            f"{TABLE}_update": "BEFORE UPDATE OR DELETE ON {} FOR EACH ROW",
            f"{TABLE}_truncate": "BEFORE TRUNCATE ON {} FOR EACH STATEMENT",
        }
        if there >= wanted.keys():
            return
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{SAID}'; END $$"
        )
        for name, when in wanted.items():
            if name not in there:
                cursor.execute(f"CREATE TRIGGER {name} {when.format(TABLE)} EXECUTE FUNCTION {_FUNCTION}()")


def release(connection: Any) -> None:
    """Takes the triggers away: for taking the migration back, and for tests, which empty all tables."""
    with connection.cursor() as cursor:
        for name in ("update", "delete", "truncate"):
            if connection.vendor == "sqlite":
                cursor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_{name}")
            else:
                cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [TABLE])
                if cursor.fetchone()[0]:
                    cursor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_{name} ON {TABLE}")


@contextmanager
def released(connection: Any) -> Iterator[None]:
    release(connection)
    try:
        yield
    finally:
        protect(connection)


def after_migrate(*, using: str, **_told: Any) -> None:
    """Receiver of `post_migrate`."""
    protect(connections[using])
