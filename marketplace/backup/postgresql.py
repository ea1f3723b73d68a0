"""PostgreSQL's part of a backup: pg_dump and pg_restore, and the sums of all rows seen in the same snapshot."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from marketplace.backup.errors import CannotBackUp, CannotRestore

ENGINE: Final = "postgresql"
DUMP: Final = "database.pgdump"
#: The schema that keeps what the database held until a restore has ended well.
BEFORE: Final = "before_restore"
_BEFORE: Final = sql.Identifier(BEFORE)
_ALWAYS_THERE: Final = "postgres"  # a database that every server has
_GOODBYE_SECONDS: Final = 2  # a connection that was closed is listed a moment longer
_NO_PROGRAM: Final = "{} is missing. Debian and Ubuntu: apt-get install postgresql-client"


def dump(database: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Writes `folder`/DUMP; returns what the manifest says of the database. Raises CannotBackUp.

    The rows are summed in the transaction whose snapshot pg_dump reads, so that the sums fit what was written.
    """
    with _reached(database) as connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        failure = _run(
            database, "pg_dump", "--format=custom", "--no-owner", "--no-privileges",
            f"--exclude-schema={BEFORE}", f"--snapshot={snapshot}", f"--file={folder / DUMP}",
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


def make_sure_it_exists(database: dict[str, Any], say: Callable[[str], None]) -> bool:
    """Creates the database if the server has none of that name; whether it did. Raises CannotRestore."""
    name, where = database["NAME"], f"{database['HOST'] or 'this machine'}:{database['PORT'] or 5432}"
    try:
        with _connect(database):
            return False
    except psycopg.OperationalError as error:
        refusal = error
    try:
        with _connect(database, name=_ALWAYS_THERE) as server:
            if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                raise CannotRestore(f"The database {name} at {where} cannot be opened: {refusal}")
            # As Django's own: it keeps text in any language.
            server.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name))
            )
    except psycopg.errors.InsufficientPrivilege:
        raise CannotRestore(
            f"There is no database {name} at {where}, and {database['USER']} may not create one."
            f" As its administrator: createdb --owner {database['USER']} --encoding UTF8 --template template0 {name}"
        ) from None
    except psycopg.errors.DuplicateDatabase:
        return False  # somebody was quicker
    except psycopg.OperationalError:
        raise CannotRestore(f"The database {name} at {where} does not answer: {refusal}") from None
    say(f"Made the database {name}.")
    return True


def drop(database: dict[str, Any]) -> None:
    """Removes a database that `make_sure_it_exists` has just made."""
    with _connect(database, name=_ALWAYS_THERE) as server:
        server.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(database["NAME"])))


@contextmanager
def replaced(database: dict[str, Any], folder: Path) -> Iterator[None]:
    """Inside, the database holds what `folder`/DUMP holds. What it held before comes back if the block fails, and is
    thrown away when it ends well. Raises CannotRestore.

    The content before stays in a schema of its own meanwhile, where no other statement finds it. That takes no right
    to create databases, and renaming is done in a moment, whatever the size.
    """
    contents = _list_of(folder)
    _set_aside(database)
    try:
        _fill(database, folder / DUMP, contents)
        yield
    except BaseException:
        try:
            put_back(database)
        except (psycopg.Error, CannotRestore) as error:
            raise CannotRestore(
                f"The restore failed, and what was here before waits in the schema {BEFORE}: {error}"
                f" Once the database answers, start the restore again: it is put back first."
            ) from error
        raise
    with _connect(database) as connection:
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(_BEFORE))


def put_back(database: dict[str, Any]) -> bool:
    """Undoes a restore that did not end, also one that was killed; whether there was one. Raises CannotRestore."""
    with _connect(database) as connection:
        if not connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [BEFORE]).fetchone():
            return False
    check_free(database)  # it may still be at work
    with _connect(database) as connection, connection.transaction():
        _move_extensions(connection, "public", BEFORE)
        connection.execute("DROP SCHEMA IF EXISTS public CASCADE")
        connection.execute(sql.SQL("ALTER SCHEMA {} RENAME TO public").format(_BEFORE))
    return True


def _fill(database: dict[str, Any], dump: Path, contents: Path) -> None:
    failure = _run(
        database, "pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges",
        "--use-list", str(contents), str(dump),
    )  # fmt: skip
    if failure:
        raise CannotRestore(f"pg_restore failed, the database is as it was: {failure}")
    with _connect(database) as connection:
        connection.execute("ANALYZE")


def _set_aside(database: dict[str, Any]) -> None:
    try:
        with _connect(database) as connection, connection.transaction():
            connection.execute("CREATE SCHEMA IF NOT EXISTS public")  # dropped by somebody who emptied it
            connection.execute(sql.SQL("ALTER SCHEMA public RENAME TO {}").format(_BEFORE))
            connection.execute("CREATE SCHEMA public")
            _move_extensions(connection, BEFORE, "public")
    except psycopg.errors.InsufficientPrivilege as error:
        raise CannotRestore(
            f"{database['USER']} may not set aside what the database {database['NAME']} holds: {error}."
            f" Let RYAD_DATABASE_URL name a new database: it is made."
        ) from None


def _move_extensions(connection: psycopg.Connection, source: str, target: str) -> None:
    """A database has an extension once: the one that is there serves both contents."""
    found = connection.execute(
        "SELECT extname FROM pg_extension JOIN pg_namespace spaces ON spaces.oid = extnamespace"
        " WHERE nspname = %s AND extrelocatable",
        [source],
    ).fetchall()
    for (name,) in found:
        connection.execute(
            sql.SQL("ALTER EXTENSION {} SET SCHEMA {}").format(sql.Identifier(name), sql.Identifier(target))
        )


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
def _connect(database: dict[str, Any], *, name: str = "") -> Iterator[psycopg.Connection]:
    # Beside Django's connections, whose statements are ended after a while; a sum over all rows takes longer.
    with psycopg.connect(
        host=database["HOST"] or None,
        port=database["PORT"] or None,
        user=database["USER"] or None,
        password=database["PASSWORD"] or None,
        dbname=name or database["NAME"],
        application_name="ryad backup",
        options="-c lock_timeout=10s",
        autocommit=True,
        **_extra(database),
    ) as connection:
        yield connection


@contextmanager
def _reached(database: dict[str, Any]) -> Iterator[psycopg.Connection]:
    """Raises CannotBackUp if the server does not let us in."""
    with ExitStack() as stack:
        try:
            connection = stack.enter_context(_connect(database))
        except psycopg.OperationalError as error:
            raise CannotBackUp(f"The database {database['NAME']} cannot be opened: {error}") from None
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
