"""SQLite's part of a backup: its online backup, which readers and writers do not notice."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from marketplace.backup.errors import CannotRestore

ENGINE: Final = "sqlite"
DUMP: Final = "database.sqlite3"
_PAGES: Final = 2_000  # copied at once; writers may go on between


def dump(database: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Writes `folder`/DUMP; returns what the manifest says of the database."""
    target = folder / DUMP
    with closing(_open(database)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy, pages=_PAGES, sleep=0.001)
        copy.execute("PRAGMA journal_mode=DELETE")
        return {"version": version(database), "tables": _tables(copy), "migrations": _migrations(copy)}


def is_empty(database: dict[str, Any]) -> bool:
    if not Path(database["NAME"]).exists():
        return True
    with closing(_open(database)) as connection:
        return not _names(connection)


def check_free(database: dict[str, Any]) -> None:
    """Nothing to ask: the copy waits for writers, and readers see the old content or the new one."""


def make_sure_it_exists(database: dict[str, Any], say: Callable[[str], None]) -> bool:
    """Whether a file was made: opening it makes one."""
    return False


@contextmanager
def replaced(database: dict[str, Any], folder: Path) -> Iterator[None]:
    """Inside, the database holds what `folder`/DUMP holds. What it held before comes back if the block fails.

    Each way is one transaction. Raises CannotRestore.
    """
    before = folder / "before.sqlite3"
    try:
        with closing(sqlite3.connect(folder / DUMP)) as copy:
            (verdict,) = copy.execute("PRAGMA integrity_check").fetchone()
            if verdict != "ok":
                raise CannotRestore(f"The database in the backup is damaged: {verdict}.")
            with closing(_open(database)) as target, closing(sqlite3.connect(before)) as kept:
                target.backup(kept)
                copy.backup(target)
                target.execute("PRAGMA journal_mode=WAL")
    except sqlite3.Error as error:
        raise CannotRestore(
            f"The database could not be written: {error}. Stop the site and its worker, then try again."
        ) from None
    try:
        yield
    except BaseException:
        with closing(_open(database)) as target, closing(sqlite3.connect(before)) as kept:
            kept.backup(target)
            target.execute("PRAGMA journal_mode=WAL")
        raise


def put_back(database: dict[str, Any]) -> bool:
    """Whether a restore had to be undone: never, it is one transaction."""
    return False


def version(database: dict[str, Any]) -> str:
    return sqlite3.sqlite_version


def tables(database: dict[str, Any]) -> dict[str, Any]:
    with closing(_open(database)) as connection:
        return _tables(connection)


def _open(database: dict[str, Any]) -> sqlite3.Connection:
    return sqlite3.connect(database["NAME"], timeout=20)


def _names(connection: sqlite3.Connection) -> list[str]:
    found = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    )
    return [name for (name,) in found]


def _tables(connection: sqlite3.Connection) -> dict[str, Any]:
    return {
        name: {"rows": connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]}  # noqa: S608 - its own names
        for name in _names(connection)
    }


def _migrations(connection: sqlite3.Connection) -> list[list[str]]:
    if "django_migrations" not in _names(connection):
        return []
    return sorted(list(row) for row in connection.execute("SELECT app, name FROM django_migrations"))
