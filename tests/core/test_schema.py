"""The database has what the models promise: Django's own migrations have been seen to drop more than they were told."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import CheckConstraint

from tests.architecture.test_models import our_models

pytestmark = pytest.mark.django_db


def names_in_the_database(model):
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, model._meta.db_table))


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_every_index_and_constraint_of_a_model_is_there(model):
    found = names_in_the_database(model)
    told = {each.name for each in (*model._meta.indexes, *model._meta.constraints)}
    if connection.vendor == "sqlite":  # which tells checks by no name of their own
        told -= {each.name for each in model._meta.constraints if isinstance(each, CheckConstraint)}
        told &= {name for name in told if name in found or not _is_inline(model, name)}
    assert told - found == set()


def _is_inline(model, name):
    """SQLite keeps an unconditional unique constraint inside of the table, under a name of its own making."""
    constraint = next((each for each in model._meta.constraints if each.name == name), None)
    return constraint is not None and getattr(constraint, "condition", None) is None


def test_words_of_offers_are_indexed_for_like():
    """PostgreSQL's alone: SQLite has no such index."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "catalog_offer")
    kinds = {index["type"] for name, index in found.items() if name == "catalog_offer_words"}
    assert kinds == ({"gin"} if connection.vendor == "postgresql" else set())


@pytest.mark.parametrize(
    ("model", "column"),
    [("catalog.Offer", "collation_key"), ("price_lists.SourceItem", "key"), ("price_lists.StagedRow", "key")],
)
def test_keys_are_ordered_byte_by_byte(model, column):
    table = apps.get_model(model)._meta.db_table
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT collation_name FROM information_schema.columns WHERE table_name = %s AND column_name = %s",
                [table, column],
            )
            assert cursor.fetchone() == ("C",)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max({column}) FROM {table}")
        assert cursor.fetchone() == (None,)
