"""Index documents without a database."""

from __future__ import annotations

from typing import Any

from search.documents import Document, build_document


def document(number: int, title: str = "Степлер", **values: Any) -> Document:
    """A document of vendor 1 at 100 UAH, in stock."""
    given = {"version": 1, "vendor": 1, "price": 1_000_000, "availability": "in_stock", "group": -number}
    return build_document(offer_id=number, title=title, **(given | values))
