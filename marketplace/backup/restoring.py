"""Restoring a backup into this installation, and proving that it is the same."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader

from marketplace.backup import archive
from marketplace.backup.errors import CannotRestore
from marketplace.backup.taking import engine, folders
from search import indexing


def restore_backup(source: Path, *, force: bool = False, say: Callable[[str], None]) -> dict[str, Any]:
    """Replaces database and files by those of the archive, migrates, builds the search index. Raises CannotRestore.

    Everything is checked before anything is touched: the archive, its checksums, that it fits this code and this
    database, that the target is empty (or `force`), that nobody else is connected. Until the new content is in place
    and compared, the old one is kept; a PostgreSQL database that is not there is made, where the role may.
    """
    began = time.monotonic()
    kind, database = engine(), connection.settings_dict
    manifest = archive.read_manifest(source)
    _check_fits(manifest, kind.ENGINE)
    connections.close_all()
    _close_pools()
    is_new = kind.make_sure_it_exists(database, say)
    try:
        _replace(source, manifest, kind, database, force=force, say=say)
    except BaseException:
        if is_new:
            kind.drop(database)
        raise
    missing = sorted(_in_code() - _of(manifest))
    if missing:
        say(f"Migrating ({len(missing)} since the backup) …")
    call_command("migrate", verbosity=0, interactive=False)
    _forget_cached()
    say("Building the search index …")
    index = _build_index()
    tables = manifest["database"]["tables"]
    return {
        "file": str(source),
        "taken_at": manifest["taken_at"],
        "tables": len(tables),
        "rows": sum(each["rows"] for each in tables.values()),
        "files": len(manifest["members"]) - 1,
        "migrated": [f"{app}.{name}" for app, name in missing],
        "index": index,
        "seconds": round(time.monotonic() - began, 1),
    }


def _replace(
    source: Path,
    manifest: dict[str, Any],
    kind: ModuleType,
    database: dict[str, Any],
    *,
    force: bool,
    say: Callable[[str], None],
) -> None:
    if kind.put_back(database):
        say("A restore before this one was broken off; what was here before it is back.")
    _check_target(database, force=force)
    Path(settings.VAR).mkdir(parents=True, exist_ok=True)
    # Beside the data: the files are moved into place.
    with tempfile.TemporaryDirectory(prefix=".ryad-restore-", dir=settings.VAR) as scratch:
        unpacked = Path(scratch)
        say("Unpacking and checking …")
        archive.unpack(source, manifest, unpacked)
        kind.check_free(database)
        say("Restoring the database …")
        with kind.replaced(database, unpacked):
            _compare(manifest["database"], kind.tables(database), kind.version(database))
            _move_files(unpacked)


def _check_fits(manifest: dict[str, Any], here: str) -> None:
    if manifest["engine"] != here:
        raise CannotRestore(
            f"The backup is of {manifest['engine']}, this installation runs on {here}."
            f" Restore it where RYAD_DATABASE_URL names the same kind of database."
        )
    unknown = sorted(_of(manifest) - _in_code(with_replaced=True))
    if unknown:
        app, name = unknown[0]
        raise CannotRestore(
            f"The backup was taken by a newer version: it has {app}.{name}, which this code does not know."
            f" Update the code first."
        )


def _of(manifest: dict[str, Any]) -> set[tuple[str, str]]:
    return {(app, name) for app, name in manifest["database"]["migrations"]}


def _in_code(*, with_replaced: bool = False) -> set[tuple[str, str]]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    found = set(loader.disk_migrations)
    if with_replaced:
        found |= {old for migration in loader.disk_migrations.values() for old in migration.replaces}
    return found


def _check_target(database: dict[str, Any], *, force: bool) -> None:
    if force:
        return
    full = [name for name, folder in folders().items() if folder.is_dir() and any(folder.iterdir())]
    if not engine().is_empty(database):
        full.insert(0, "the database")
    if full:
        raise CannotRestore(
            f"This installation is not empty ({', '.join(full)}). A restore would replace what is there:"
            f" back it up first, then add --force."
        )


def _close_pools() -> None:
    for each in connections.all():
        if hasattr(each, "close_pool"):
            each.close_pool()


def _forget_cached() -> None:
    """On Redis by our keys: `clear` would empty the whole database, the broker's queues with it."""
    if hasattr(cache, "delete_pattern"):
        cache.delete_pattern("*")
    else:
        cache.clear()


def _compare(wanted: dict[str, Any], found: dict[str, Any], version: str) -> None:
    """Raises CannotRestore unless every table holds what it held."""
    # Another major version may write or hash a value differently: then rows are counted alone.
    is_same_server = wanted["version"] == version
    for name, facts in wanted["tables"].items():
        have = found.get(name, {"rows": 0})
        if have["rows"] != facts["rows"]:
            raise CannotRestore(f"Table {name} has {have['rows']} rows instead of {facts['rows']}.")
        if is_same_server and have.get("sum") != facts.get("sum"):
            raise CannotRestore(f"Table {name} has other content than the one that was backed up.")


def _move_files(unpacked: Path) -> None:
    for name, folder in folders().items():
        old = folder.with_name(f"{folder.name}.before-restore")
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        folder.parent.mkdir(parents=True, exist_ok=True)
        if (unpacked / name).is_dir():
            (unpacked / name).rename(folder)
        else:
            folder.mkdir()
        shutil.rmtree(old, ignore_errors=True)


def _build_index() -> dict[str, int]:
    """The index of this installation was of other rows: a new one, compared with the database."""
    indexing.abandon_rebuild()  # one that was under way when the backup was taken
    documents = indexing.rebuild_index()
    return {"documents": documents, "differences": indexing.verify_index().total}
