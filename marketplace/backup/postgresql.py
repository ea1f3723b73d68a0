"""PostgreSQL's part of a backup: pg_dump and pg_restore, and the sums of all rows seen in the same snapshot."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from marketplace.backup.errors import CannotBackUp, CannotRestore

ENGINE: Final = "postgresql"
DUMP: Final = "database.pgdump"
_GOODBYE_SECONDS: Final = 2  # a connection that was closed is listed a moment longer
_NO_PROGRAM: Final = "{} is missing. Debian and Ubuntu: apt-get install postgresql-client"


def dump(database: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Writes `folder`/DUMP; returns what the manifest says of the database. Raises CannotBackUp.

    The rows are summed in the transaction whose snapshot pg_dump reads, so that the sums fit what was written.
    """
    with _connect(database) as connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        failure = _run(
            database, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}",
            f"--file={folder / DUMP}",
        )  # fmt: skip
        if failure:
            raise CannotBackUp(f"pg_dump failed: {failure}")
        return {
            "version": _server_version(connection),
            "tables": _tables(connection),
            "migrations": _migrations(connection),
        }


def is_empty(database: dict[str, Any]) -> bool:
    with _connect(database) as connection:
        return not _names(connection)


def check_free(database: dict[str, Any]) -> None:
    """Raises CannotRestore while somebody else works in the database."""
    end = time.monotonic() + _GOODBYE_SECONDS
    with _connect(database) as connection:
        while (others := _others(connection))[0]:
            if time.monotonic() > end:
                raise CannotRestore(
                    f"{others[0]} other connections are open in the database ({others[1]})."
                    f" Stop the site, its workers and the schedule, then try again."
                )
            time.sleep(0.1)


def _others(connection: psycopg.Connection) -> tuple[int, str]:
    found = connection.execute(
        "SELECT count(*), string_agg(DISTINCT coalesce(nullif(application_name, ''), usename), ', ')"
        " FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    ).fetchone()
    return found or (0, "")


def restore(database: dict[str, Any], folder: Path) -> None:
    """Replaces the content with `folder`/DUMP. Raises CannotRestore; then the database is empty."""
    with _connect(database) as connection, connection.transaction():
        connection.execute("DROP SCHEMA IF EXISTS public CASCADE")
        connection.execute("CREATE SCHEMA public")
    failure = _run(
        database, "pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges",
        "--use-list", str(_list_of(folder)), str(folder / DUMP),
    )  # fmt: skip
    if failure:
        raise CannotRestore(f"pg_restore failed, the database is empty now: {failure}")
    with _connect(database) as connection:
        connection.execute("ANALYZE")


def version(database: dict[str, Any]) -> str:
    """The major version of the server."""
    with _connect(database) as connection:
        return _server_version(connection)


def tables(database: dict[str, Any]) -> dict[str, Any]:
    with _connect(database) as connection:
        return _tables(connection)


def _list_of(folder: Path) -> Path:
    """The dump's contents without comments on extensions, which only a superuser may write."""
    made = subprocess.run(  # noqa: S603 - our own command line
        [_program("pg_restore"), "--list", str(folder / DUMP)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise CannotRestore(f"pg_restore cannot read the dump: {made.stderr.strip()}")
    lines = [line for line in made.stdout.splitlines() if " COMMENT - EXTENSION " not in line]
    path = folder / "contents.list"
    path.write_text("\n".join(lines))
    return path


def _run(database: dict[str, Any], program: str, *arguments: str) -> str:
    """What it complained of; empty if it did what it was told."""
    with _passwords(database) as file:
        parts = {
            "host": database["HOST"],
            "port": database["PORT"],
            "user": database["USER"],
            "dbname": database["NAME"],
            "passfile": str(file),  # on the command line everybody could read the password
            **_extra(database),
        }
        address = psycopg.conninfo.make_conninfo(
            **{name: str(value) for name, value in parts.items() if value}
        )
        done = subprocess.run(  # noqa: S603 - our own command line
            [_program(program), f"--dbname={address}", *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
    return done.stderr.strip() or f"exit status {done.returncode}" if done.returncode else ""


def _program(name: str) -> str:
    """The newest of that name: an older one cannot read from a newer server. Raises CannotBackUp."""
    found = sorted(
        (path for path in Path("/usr/lib/postgresql").glob(f"*/bin/{name}")),
        key=lambda path: int(re.sub(r"\D", "", path.parents[1].name) or 0),
    )
    program = str(found[-1]) if found else shutil.which(name)
    if program is None:
        raise CannotBackUp(_NO_PROGRAM.format(name))
    return program


@contextmanager
def _passwords(database: dict[str, Any]) -> Iterator[Path]:
    password = str(database["PASSWORD"]).replace("\\", "\\\\").replace(":", "\\:")
    with tempfile.NamedTemporaryFile("w", prefix="ryad-") as file:  # readable by us alone
        file.write(f"*:*:*:*:{password}\n")
        file.flush()
        yield Path(file.name)


def _extra(database: dict[str, Any]) -> dict[str, str]:
    """TLS as the site has it."""
    options = database.get("OPTIONS", {})
    return {name: value for name, value in options.items() if name.startswith("ssl")}


@contextmanager
def _connect(database: dict[str, Any]) -> Iterator[psycopg.Connection]:
    # Beside Django's connections, whose statements are ended after a while; a sum over all rows takes longer.
    with psycopg.connect(
        host=database["HOST"] or None,
        port=database["PORT"] or None,
        user=database["USER"] or None,
        password=database["PASSWORD"] or None,
        dbname=database["NAME"],
        application_name="ryad backup",
        options="-c lock_timeout=10s",
        autocommit=True,
        **_extra(database),
    ) as connection:
        yield connection


def _server_version(connection: psycopg.Connection) -> str:
    return str(connection.info.server_version // 10_000)


def _names(connection: psycopg.Connection) -> list[str]:
    found = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename COLLATE \"C\""
    )
    return [name for (name,) in found]


def _tables(connection: psycopg.Connection) -> dict[str, Any]:
    """Rows of each table, and the sum of their hashes: the same rows give the same sum in any order."""
    connection.execute("SET TIME ZONE 'UTC'")
    found = {}
    for name in _names(connection):
        rows, total = connection.execute(
            sql.SQL("SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {} t").format(
                sql.Identifier("public", name)
            )
        ).fetchone() or (0, 0)
        found[name] = {"rows": rows, "sum": str(total)}
    return found


def _migrations(connection: psycopg.Connection) -> list[list[str]]:
    if "django_migrations" not in _names(connection):
        return []
    return sorted(list(row) for row in connection.execute("SELECT app, name FROM django_migrations"))
