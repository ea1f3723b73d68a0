"""The rows of a run between reading and applying: forgetting them in short transactions."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from price_lists.enums import RunState
from price_lists.errors import RunNotPossible
from price_lists.models import ImportRun, KnownRows, RowProblem, StagedRow

#: Rows in one DELETE: some 50 ms of the write lock on SQLite.
CHUNK = 5_000


def check_rows_kept(*, run: ImportRun) -> None:
    """Raises RunNotPossible if another process has ended the run: its rows go then, and what no row names would seem
    dropped. To be asked in the transaction that takes goods away.
    """
    if not ImportRun.objects.filter(pk=run.pk, state=RunState.APPLYING).exists():
        raise RunNotPossible("run_moved_on")


def forget_staged(*, run: ImportRun, problems: bool = False) -> None:
    """Removes a run's staged rows (and, when asked, what was wrong with rows) chunk by chunk."""
    tables = [StagedRow, KnownRows, RowProblem] if problems else [StagedRow, KnownRows]
    for model in tables:
        table = connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001 - documented API
        while True:
            # One statement by id range: Django's delete() would first load every row.
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    f"DELETE FROM {table} WHERE id IN"  # noqa: S608 - the name comes from the model
                    f" (SELECT id FROM {table} WHERE run_id = %s LIMIT %s)",
                    [run.pk, CHUNK],
                )
                if cursor.rowcount < CHUNK:
                    break


def has_rows(run: ImportRun) -> bool:
    """Whether anything that the run read is still there, be it only what its file names."""
    return StagedRow.objects.filter(run=run).exists() or KnownRows.objects.filter(run=run).exists()


def having_rows() -> Q:
    """The same as a condition on runs."""
    return Q(Exists(StagedRow.objects.filter(run=OuterRef("pk")))) | Q(
        Exists(KnownRows.objects.filter(run=OuterRef("pk")))
    )
