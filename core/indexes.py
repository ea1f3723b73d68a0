"""Migration operations for indexes: on PostgreSQL made while writers go on, on SQLite plainly or not at all.

A migration that uses them says `atomic = False`: PostgreSQL makes no index concurrently in a transaction. What a
broken attempt left behind is invalid and takes every write's time, so it is dropped before the next one. What such a
migration has done before it was cut short stays, so each operation leaves alone what is as it makes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import NotSupportedError
from django.db.migrations.operations import AddIndex, RemoveIndex
from django.db.migrations.operations.base import Operation

if TYPE_CHECKING:
    from django.db.migrations.state import ProjectState


class AddIndexOnline(AddIndex):
    """`AddIndex` that locks no writer out while it builds."""

    atomic = False

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        if _is_there(schema_editor, model, self.index.name):
            return
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        _prepare(schema_editor, self.index.name)
        schema_editor.add_index(model, self.index, concurrently=True)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
            return
        _drop(schema_editor, self.index.name)


class RemoveIndexOnline(RemoveIndex):
    """`RemoveIndex` that waits for readers without making others wait behind it."""

    atomic = False

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor != "postgresql":
            model = to_state.apps.get_model(app_label, self.model_name)
            if _is_there(schema_editor, model, self.name):
                super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        _drop(schema_editor, self.name)


class TrigramIndex(Operation):
    """A GIN index of the column's trigrams, by which PostgreSQL answers `LIKE '%word%'`; nothing on SQLite.

    Not part of the model: Django has no index that one of the two databases leaves out. Makes the extension
    pg_trgm, which the owner of a database may do since PostgreSQL 13.
    """

    reversible = True
    atomic = False

    def __init__(self, *, table: str, column: str, name: str) -> None:
        self.table = table
        self.column = column
        self.name = name

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models do not change."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:  # noqa: ARG002 - Django's signature
        if schema_editor.connection.vendor != "postgresql":
            return
        quote = schema_editor.quote_name
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        _prepare(schema_editor, self.name)
        schema_editor.execute(
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {quote(self.name)} ON {quote(self.table)}"
            f" USING gin ({quote(self.column)} gin_trgm_ops)"
        )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:  # noqa: ARG002 - Django's signature
        if schema_editor.connection.vendor == "postgresql":
            _drop(schema_editor, self.name)

    def describe(self) -> str:
        return f"Index the trigrams of {self.table}.{self.column}"

    @property
    def migration_name_fragment(self) -> str:
        return self.name


class ByteOrder(Operation):
    """Orders a text column byte by byte on PostgreSQL too, whatever the database's language; SQLite does so anyway.

    Keys and collation keys are made for that order, and only so does an index answer `LIKE 'beginning%'`. Not
    part of the model: the collation has another name in each database.
    """

    reversible = True

    def __init__(self, *, table: str, column: str, length: int) -> None:
        self.table = table
        self.column = column
        self.length = length

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models do not change."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:  # noqa: ARG002 - Django's signature
        self._collate(schema_editor, '"C"')

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:  # noqa: ARG002 - Django's signature
        self._collate(schema_editor, '"default"')

    def _collate(self, schema_editor: Any, collation: str) -> None:
        if schema_editor.connection.vendor == "postgresql":
            quote = schema_editor.quote_name
            schema_editor.execute(
                f"ALTER TABLE {quote(self.table)} ALTER COLUMN {quote(self.column)}"
                f" TYPE varchar({self.length}) COLLATE {collation}"
            )

    def describe(self) -> str:
        return f"Order {self.table}.{self.column} byte by byte"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.table}_{self.column}_byte_order"


def _prepare(schema_editor: Any, name: str) -> None:
    if schema_editor.connection.in_atomic_block:
        raise NotSupportedError(f"The index {name} is made concurrently: its migration must be non-atomic.")
    with schema_editor.connection.cursor() as cursor:
        # An index of millions of rows takes minutes, and waits for every older transaction.
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET lock_timeout = 0")
        cursor.execute(
            "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND NOT indisvalid",
            [schema_editor.quote_name(name)],
        )
        is_broken = cursor.fetchone() is not None
    if is_broken:
        _drop(schema_editor, name)


def _is_there(schema_editor: Any, model: Any, name: str) -> bool:
    """Whether the model's table has this index, whole."""
    connection, table = schema_editor.connection, model._meta.db_table  # noqa: SLF001 - documented API
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            return name in connection.introspection.get_constraints(cursor, table)
        cursor.execute(
            "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND indisvalid",
            [schema_editor.quote_name(name)],
        )
        return cursor.fetchone() is not None


def _drop(schema_editor: Any, name: str) -> None:
    schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {schema_editor.quote_name(name)}")
