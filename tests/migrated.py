"""SQLite files with every table and the rows of the migrations, made once and copied by whoever needs an empty row.

Migrating takes some fifteen seconds of a processor, a copy none. The files stay in pytest's cache until a migration, a
package or what the first pages are made by changes. On PostgreSQL a migrated database serves as template.
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
from pathlib import Path

from tests.parts import ROOT

FOLDER = ROOT / ".pytest_cache" / "migrated"
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


def sqlite_file(settings: str = "marketplace.settings.dev") -> Path:
    """A file to copy, as `migrate` under these settings leaves it. Processes that ask at once wait for the first."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    kind = settings.rpartition(".")[2]
    wanted = FOLDER / f"{kind}-{_version()}.sqlite3"
    with (FOLDER / f"{kind}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not wanted.exists():
            _make(wanted, settings)
            for old in FOLDER.glob(f"{kind}-*.sqlite3"):
                if old != wanted:
                    old.unlink(missing_ok=True)
    return wanted


def copy_to(target: Path, settings: str = "marketplace.settings.dev") -> None:
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
        _run(str(made), RYAD_VAR=folder, DJANGO_SETTINGS_MODULE=settings)
        made.replace(target)


def migrate(address: str) -> None:
    """An empty PostgreSQL database, under the settings for development. In a process of its own: some of Wagtail's
    migrations look at the settings for the kind of database.
    """
    with tempfile.TemporaryDirectory() as folder:
        _run(RYAD_VAR=folder, RYAD_DATABASE_URL=address, DJANGO_SETTINGS_MODULE="marketplace.settings.dev")


def _run(*arguments: str, **variables: str) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("RYAD_")}
    environment = {**inherited, "RYAD_DEMO": "0", **variables}
    subprocess.run([sys.executable, "-c", _MIGRATE, *arguments], cwd=ROOT, env=environment, check=True)
