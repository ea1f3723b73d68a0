"""Migrations of indexes that were cut short are done again from their beginning."""

from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection, models

from core.indexes import AddIndexOnline, RemoveIndexOnline

pytestmark = pytest.mark.django_db


def statements(operation):
    editor = connection.SchemaEditorClass(connection, collect_sql=True)
    state = SimpleNamespace(apps=apps)
    operation.database_forwards("price_lists", editor, state, state)
    return editor.collected_sql


def test_an_index_that_is_there_is_not_made_again():
    there = next(iter(apps.get_model("price_lists.SourceItem")._meta.indexes))
    assert statements(AddIndexOnline(model_name="sourceitem", index=there)) == []
    if connection.vendor == "sqlite":  # PostgreSQL makes none in a test's transaction
        more = models.Index(fields=["withdrawn"], name="price_lists_item_more")
        assert len(statements(AddIndexOnline(model_name="sourceitem", index=more))) == 1


def test_an_index_that_is_gone_is_not_dropped_again():
    asked = statements(RemoveIndexOnline(model_name="sourceitem", name="price_lists_item_raw"))
    assert all("IF EXISTS" in statement for statement in asked)
