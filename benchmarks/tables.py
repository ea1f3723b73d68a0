"""The tables of a benchmark's empty database: copied where the caller has a migrated one to spare, else migrated.

A run for correctness alone would spend most of its time on migrations; the tests name what is to be copied:
RYAD_MIGRATED_FILE, a SQLite file, and RYAD_MIGRATED_DATABASE, a database of the same PostgreSQL server.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path


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
