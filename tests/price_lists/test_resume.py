"""An import killed with -9 at any checkpoint and started again ends with the same tables, on either database."""

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests import migrated
from tests.factories.price_lists import good, goods, write_list

ROOT = Path(__file__).resolve().parents[2]

# A process with a database of its own. KILL_AT is the number of the checkpoint at which it dies.
SCRIPT = """
import itertools, os, signal, sys
from pathlib import Path
import django
django.setup()
from core.jobs import work
from core.models import Job
from price_lists import services
from price_lists.services import applying, staged, staging
from vendors.models import Vendor
staging.BATCH = applying.CHUNK = staged.CHUNK = 5
kill_at = int(sys.argv[2])
steps = itertools.count()
checked = work.Work.check_cancelled
def check(self):  # called in every chunk's transaction
    checked(self)
    if next(steps) == kill_at:
        os.kill(os.getpid(), signal.SIGKILL)
work.Work.check_cancelled = check
# What died a moment ago counts as stale at once: the test need not wait for its heartbeat to run out.
Job.objects.filter(state="running").update(heartbeat_at="2020-01-01T00:00Z")
vendor = Vendor.objects.get(slug="v")
run = services.import_file(vendor=vendor, path=Path(sys.argv[1]), source_name="main")
print(run.state, next(steps))
"""

SET_UP = """
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from vendors.models import Vendor
if connection.vendor != "sqlite":
    call_command("migrate", verbosity=0, skip_checks=True)
Vendor.objects.create(slug="v", name="V", state="approved")
"""

TABLES = {
    "catalog_offer": "id, title, price_amount, price_currency, availability, version, withdrawn_at IS NULL",
    "catalog_pricechange": "offer_id, amount, currency",
    "catalog_stocklevel": "offer_id, state, quantity",
    "price_lists_sourceitem": "key, raw_hash, price_hash, text_hash, offer_id, withdrawn",
    "price_lists_stagedrow": "id",
    "price_lists_rowproblem": "row, code",
}
SERVER = os.environ.get("RYAD_DATABASE_URL", "")


def environment(folder: Path) -> dict[str, str]:
    """Each folder is an installation: its SQLite file, or the PostgreSQL database of the same name."""
    return {
        **os.environ,
        "RYAD_VAR": str(folder),
        "RYAD_DATABASE_URL": address(folder) if SERVER else "",
        "RYAD_REDIS_URL": "",
        "RYAD_OPENSEARCH_URL": "",
        "DJANGO_SETTINGS_MODULE": "marketplace.settings.dev",
        "PYTHONPATH": str(ROOT),
        "RYAD_LOG_LEVEL": "CRITICAL",
    }


def database_name(folder: Path) -> str:
    return f"test_ryad_{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"


def address(folder: Path) -> str:
    return urlsplit(SERVER)._replace(path=f"/{database_name(folder)}").geturl()


def on_server(statement: str) -> None:
    with psycopg.connect(urlsplit(SERVER)._replace(path="/postgres").geturl(), autocommit=True) as server:
        server.execute(statement)


@pytest.fixture(scope="module")
def databases():
    """Makes the databases of folders (as copies of another folder's) and drops them in the end."""
    made = []

    def make(folder: Path, template: Path | None = None) -> None:
        if SERVER:
            made.append(database_name(folder))
            like = f"TEMPLATE {database_name(template)}" if template else ""
            on_server(f"CREATE DATABASE {made[-1]} {like}")
        elif template:
            with (
                closing(sqlite3.connect(template / "ryad.sqlite3")) as source,
                closing(sqlite3.connect(folder / "ryad.sqlite3")) as copy,
            ):
                source.backup(copy)
        else:
            migrated.copy_to(folder / "ryad.sqlite3")

    yield make
    for name in made:
        on_server(f"DROP DATABASE {name} WITH (FORCE)")


def run_import(folder: Path, path: Path, kill_at: int = -1) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, str(path), str(kill_at)],
        env=environment(folder), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def content(folder: Path) -> str:
    connect = psycopg.connect(address(folder)) if SERVER else sqlite3.connect(folder / "ryad.sqlite3")
    with closing(connect) as database:
        said = {
            table: database.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2").fetchall()
            if "," in columns
            else database.execute(f"SELECT count(*) FROM {table}").fetchall()
            for table, columns in TABLES.items()
        }
    return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory, databases) -> Path:
    """A database with one vendor whose first list is applied, and the second list beside it."""
    folder = tmp_path_factory.mktemp("resume")
    databases(folder)
    subprocess.run(
        [
            sys.executable, "-c",
            SET_UP,
        ],
        env=environment(folder), check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    write_list(folder / "first.csv", goods(30))
    done = run_import(folder, folder / "first.csv")
    assert done.stdout.startswith("applied"), done.stderr
    second = [good(n, price="200" if n % 3 == 0 else f"{100 + n}.50") for n in range(1, 25)]
    write_list(
        folder / "second.csv",
        [*second, good(3, price="дог.", article="W"), *(good(n) for n in range(40, 52))],
    )
    return folder


@pytest.fixture
def copy_of(databases):
    def copied(folder: Path, target: Path) -> Path:
        target.mkdir()
        databases(target, folder)
        for name in ("first.csv", "second.csv"):
            (target / name).write_bytes((folder / name).read_bytes())
        return target

    return copied


def test_killed_at_every_checkpoint_it_ends_with_the_same_tables(prepared, copy_of, tmp_path):
    whole = copy_of(prepared, tmp_path / "whole")
    done = run_import(whole, whole / "second.csv")
    state, steps = done.stdout.split()
    assert state == "applied"
    expected = content(whole)
    assert int(steps) > 12
    for kill_at in range(1, int(steps), 4):
        folder = copy_of(prepared, tmp_path / f"killed-{kill_at}")
        killed = run_import(folder, folder / "second.csv", kill_at)
        assert killed.returncode == -signal.SIGKILL, killed.stdout + killed.stderr
        again = run_import(folder, folder / "second.csv")
        assert again.stdout.startswith("applied"), again.stderr
        # At most one chunk is done twice: what is left takes no more steps than the whole, plus that chunk.
        assert int(again.stdout.split()[1]) <= int(steps) - kill_at + 4
        assert content(folder) == expected, f"killed at checkpoint {kill_at}"
