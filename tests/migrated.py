"""Every table and the rows of the migrations, made once and copied by whoever needs an empty row: a SQLite file, and a
dump for PostgreSQL.

Migrating takes some fifteen seconds of a processor, a copy none. Both stay in pytest's cache until a migration, a
package or what the first pages are made by changes.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from stack.postgresql import PostgreSQL
from stack.process import PartMissing
from tests.parts import ROOT

FOLDER = ROOT / ".pytest_cache" / "migrated"
DEV = "marketplace.settings.dev"
#: Their `migrate` adds nothing to what migrations themselves make: all others begin with its outcome.
BARE = "marketplace.settings.test"
#: What decides the rows and tables.
MADE_BY = (
    "*/migrations/*.py",
    "marketplace/settings/*.py",
    "cms/*.py",
    "core/*.py",
    "locale/*/LC_MESSAGES/*.po",
    "uv.lock",
)

_MIGRATE = """
import sys, django
django.setup()
from django.core.management import call_command
from django.db import connection
if connection.vendor == "sqlite":
    connection.settings_dict["NAME"] = sys.argv[1]
call_command("migrate", verbosity=0, skip_checks=True)
if connection.vendor == "sqlite":
    connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
"""


def sqlite_file(settings: str = DEV) -> Path:
    """A file to copy, as `migrate` under these settings leaves it. Processes that ask at once wait for the first."""
    with _kept(settings, ".sqlite3") as wanted:
        if not wanted.exists():
            _make(wanted, settings)
    return wanted


@contextlib.contextmanager
def _kept(settings: str, suffix: str) -> Iterator[Path]:
    """Where the outcome of today's migrations belongs, for one process at a time; earlier ones are removed."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    kind = settings.rpartition(".")[2]
    wanted = FOLDER / f"{kind}-{_version()}{suffix}"
    with (FOLDER / f"{kind}{suffix}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield wanted
        for old in FOLDER.glob(f"{kind}-*{suffix}"):
            if old != wanted:
                old.unlink(missing_ok=True)


def copy_to(target: Path, settings: str = DEV) -> None:
    """A migrated database file of one's own."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(sqlite_file(settings), target)


def fill(connection: sqlite3.Connection, settings: str) -> None:
    """The same for an open, empty database, which may be in memory."""
    with contextlib.closing(sqlite3.connect(sqlite_file(settings))) as migrated:
        migrated.backup(connection)


def _version() -> str:
    digest = hashlib.sha256()
    for pattern in MADE_BY:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _make(target: Path, settings: str) -> None:
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        made = Path(folder) / "made.sqlite3"
        if settings != BARE:
            shutil.copyfile(sqlite_file(BARE), made)
        _run(str(made), RYAD_VAR=folder, DJANGO_SETTINGS_MODULE=settings)
        made.replace(target)


def migrate(address: str, settings: str = DEV) -> None:
    """An empty PostgreSQL database, as `migrate` under these settings leaves it: the first one really migrates, in a
    process of its own, for some of Wagtail's migrations look at the settings for the kind of database.
    """
    with _kept(settings, ".sql") as dump:
        if dump.exists():
            _client("psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1",
                    "--output", os.devnull, "--file", str(dump), address)  # fmt: skip
            return
        if settings != BARE:
            migrate(address, BARE)
        with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
            _run(RYAD_VAR=folder, RYAD_DATABASE_URL=address, DJANGO_SETTINGS_MODULE=settings)
            with contextlib.suppress(PartMissing):  # a server elsewhere, and no programs of PostgreSQL here
                made = Path(folder) / "made.sql"
                _client("pg_dump", "--no-owner", "--no-privileges", "--file", str(made), address)
                made.replace(dump)


def _client(program: str, *arguments: str) -> None:
    """One of PostgreSQL's own programs. Raises PartMissing."""
    subprocess.run([str(PostgreSQL.find_program().with_name(program)), *arguments], check=True)


def _run(*arguments: str, **variables: str) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("RYAD_")}
    environment = {**inherited, "RYAD_DEMO": "0", **variables}
    subprocess.run([sys.executable, "-c", _MIGRATE, *arguments], cwd=ROOT, env=environment, check=True)
