"""Rows by the thousand, in values that the database already takes: the fast way of each of the two databases.

Django's `bulk_create` takes some 100 µs a row to build its statements. SQLite's `executemany` takes 10; PostgreSQL
is given the rows by COPY, straight into the table or, where rows may be there already, by way of a temporary one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

import orjson
from django.db import connection
from django.db.models import Model

#: Fewer rows than that are not worth a temporary table: some 2 ms.
_WORTH_A_TABLE = 40


def allocate_ids(model: type[Model], count: int) -> Sequence[int]:
    """`count` primary keys that no other row gets, so that a chunk's rows can refer to each other at once.

    SQLite: read under the transaction's write lock (AUTOINCREMENT follows explicit ids).
    """
    if not count:
        return ()
    table = _table(model)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            row = cursor.fetchone()
            first = (row[0] if row else 0) + 1
            return range(first, first + count)
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
        )
        return [row[0] for row in cursor.fetchall()]


def insert_rows(
    model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]], tail: str = ""
) -> None:
    """Inserts values that are already in the database's form. `tail` is an ON CONFLICT clause.

    Belongs into a transaction. No two rows may meet in one conflict of an updating `tail`.
    """
    if not rows:
        return
    quote = connection.ops.quote_name
    table, names = quote(_table(model)), ", ".join(quote(column) for column in columns)
    # Names come from this code, values go as parameters.
    if connection.vendor == "postgresql" and not tail:
        _copy(table, names, rows)
        return
    if connection.vendor == "postgresql" and len(rows) >= _WORTH_A_TABLE:
        given = _temporary(table, names)
        _copy(given, names, rows)
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {given} {tail}")  # noqa: S608
            cursor.execute(f"DROP TABLE {given}")
        return
    marks = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks}) {tail}", rows)  # noqa: S608


def update_rows(
    model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]], also: str = ""
) -> None:
    """Sets `columns` of the rows whose id stands last in each of `rows`; `also` is a further assignment."""
    if not rows:
        return
    quote = connection.ops.quote_name
    table = quote(_table(model))
    if connection.vendor == "postgresql" and len(rows) >= _WORTH_A_TABLE:
        names = ", ".join(quote(column) for column in (*columns, "id"))
        given = _temporary(table, names)
        _copy(given, names, rows)
        sets = ", ".join([*(f"{quote(each)} = given.{quote(each)}" for each in columns), also]).rstrip(", ")
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {sets} FROM {given} AS given WHERE {table}.id = given.id")  # noqa: S608 - names come from this code
            cursor.execute(f"DROP TABLE {given}")
        return
    sets = ", ".join([*(f"{quote(each)} = %s" for each in columns), also]).rstrip(", ")
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET {sets} WHERE id = %s", rows)  # noqa: S608 - names come from this code


def among(column: str, values: Collection[Any]) -> tuple[str, Any]:
    """A condition that `column` is one of `values`, and its one parameter: a statement that is always the same."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s)", list(values)
    return f"{column} IN (SELECT value FROM json_each(%s))", json_text(list(values))  # noqa: S608 - a name of this code


def json_text(value: Any) -> str:
    """JSON as both databases take it for a JSON column in a plain statement."""
    return orjson.dumps(value).decode()


def database_time(value: dt.datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


def _table(model: type[Model]) -> str:
    return model._meta.db_table  # noqa: SLF001 - Django's documented way to a model's table


def _temporary(table: str, names: str) -> str:
    """A table of this session with those columns of another; it goes with the transaction at the latest."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE given_rows ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA"  # noqa: S608
        )
    return "given_rows"


def _copy(table: str, names: str, rows: Sequence[Sequence[Any]]) -> None:
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)
