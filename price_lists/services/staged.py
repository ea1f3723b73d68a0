"""The rows of a run between reading and applying: forgetting them in short transactions."""

from __future__ import annotations

from django.db import connection, transaction

from price_lists.models import ImportRun, RowProblem, StagedRow

#: Rows in one DELETE: some 50 ms of the write lock on SQLite.
CHUNK = 5_000


def forget_staged(*, run: ImportRun, problems: bool = False) -> None:
    """Removes a run's staged rows (and, when asked, what was wrong with rows) chunk by chunk."""
    tables = [StagedRow, RowProblem] if problems else [StagedRow]
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
