"""What is read is read by steps and by index."""

from __future__ import annotations

import pytest
from django.db import connection

from price_lists.joining import joining
from price_lists.joining.frequencies import current


@pytest.mark.django_db
def test_a_barcodes_joins_are_looked_up_not_searched_for():
    plan = joining._joined_by("04823012345671").explain()
    assert "catalog_offer_gtin" in plan or connection.vendor != "sqlite"


@pytest.mark.django_db
def test_many_namesakes_are_read_in_steps():
    """A thousand offers with sixty of each barcode are more than SQLite takes parameters."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        limit = connection.connection.setlimit(9, 32_766)  # SQLITE_LIMIT_VARIABLE_NUMBER
    goods = {}
    try:
        joining._read_more(goods, range(1, 60_001), current())
    finally:
        if connection.vendor == "sqlite":
            connection.connection.setlimit(9, limit)
    assert goods == {}
