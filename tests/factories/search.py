"""Index documents without a database."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from search.documents import Document, build_document


def document(number: int, title: str = "Степлер", **values: Any) -> Document:
    """A document of vendor 1 at 100 UAH, in stock."""
    given = {"version": 1, "vendor": 1, "price": 1_000_000, "availability": "in_stock", "group": -number}
    return build_document(offer_id=number, title=title, **(given | values))


def poison(offer: Any, **values: Any) -> None:
    """Half of a UTF-16 pair in what hits of the offer are told by, which no engine stores."""
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL takes no text that an engine would refuse")
    type(offer).objects.filter(pk=offer.pk).update(attributes={"type": "half \ud800"}, **values)
