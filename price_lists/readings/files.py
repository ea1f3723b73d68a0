"""Where readings and comparisons lie, and how they are opened."""

from __future__ import annotations

import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from django.conf import settings

from price_lists.mapping.model import Mapping
from price_lists.models import ImportRun
from price_lists.services.columns import terms_of
from price_lists.services.drafting import Terms, fingerprint
from price_lists.title_rules.services import rules_then

KEPT_SECONDS: Final = 2 * 24 * 3600
#: Raise it when the files hold something else than before.
_FORM: Final = 2


def folder() -> Path:
    return Path(settings.PRIVATE_ROOT) / "price_list_readings"


def terms_then(run: ImportRun, mapping: Mapping) -> Terms:
    """The terms that the run's rows were read with; those of today where that was not noted."""
    now = terms_of(run, mapping)
    then = run.read_as
    if "currency" not in then:
        return now
    return Terms(currency=then["currency"], vat=then["vat"], vat_percent=then["vat_percent"])


def reading_path(run: ImportRun) -> Path:
    """The file of a run's reading: another mapping, other terms or rules are another file."""
    mapping = Mapping.from_json(run.mapping or {})
    rules = fingerprint(mapping, terms_then(run, mapping), rules_then(run))
    return folder() / f"{run.pk}-{_FORM}-{rules}.sqlite"


def comparison_path(older: ImportRun, newer: ImportRun) -> Path:
    return folder() / f"{reading_path(older).stem}--{reading_path(newer).stem}.sqlite"


@contextmanager
def written(path: Path) -> Iterator[sqlite3.Connection]:
    """A new file, there as a whole when the block ends and not at all if it fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        with closing(sqlite3.connect(draft, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("BEGIN")
            yield connection
            connection.execute("COMMIT")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """For reading only. The file is never changed once it is there."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def forget_of(run_id: int) -> None:
    """Throws away what was made of a run."""
    for path in [*folder().glob(f"{run_id}-*.sqlite"), *folder().glob(f"*--{run_id}-*.sqlite")]:
        path.unlink(missing_ok=True)


def forget_old() -> int:
    """Throws away what was made days ago, and drafts of processes that died; returns how many files."""
    gone = 0
    for path in folder().glob("*"):
        try:
            if time.time() - path.stat().st_mtime > KEPT_SECONDS:
                path.unlink()
                gone += 1
        except FileNotFoundError:
            continue
    return gone
