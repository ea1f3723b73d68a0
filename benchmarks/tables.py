"""The tables of a benchmark's empty database: copied where the caller has a migrated one to spare, else migrated.

A run for correctness alone would spend most of its time on migrations; the tests name what is to be copied:
RYAD_MIGRATED_FILE, a SQLite file, and RYAD_MIGRATED_DATABASE, a database of the same PostgreSQL server.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def schema_digest() -> str:
    """Ten figures that are others when a migration, or a package that may bring some, is: a database that is kept from
    one run to the next has its tables from then.
    """
    digest = hashlib.sha256()
    for path in sorted([*ROOT.glob("*/migrations/*.py"), ROOT / "uv.lock"]):
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def make_tables() -> None:
    """In the database of this process' settings, with which Django has been set up."""
    from django.core.management import call_command
    from django.db import connection

    file = os.environ.get("RYAD_MIGRATED_FILE")
    if file and connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        shutil.copyfile(file, connection.settings_dict["NAME"])
    elif not (_template() and "django_migrations" in connection.introspection.table_names()):
        call_command("migrate", verbosity=0, skip_checks=True)


def like_migrated() -> str:
    """What `CREATE DATABASE x` goes on with."""
    return f' TEMPLATE "{_template()}"' if _template() else ""


def _template() -> str:
    return os.environ.get("RYAD_MIGRATED_DATABASE", "")
