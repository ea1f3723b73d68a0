"""What other rooms ask of the tree of categories."""

from __future__ import annotations

from collections.abc import Container

from catalog.models import Category


def categories_below(categories: Container[int]) -> set[int]:
    """Ids of these categories and of all below them. By ids, as one condition for each path is too much for SQLite from
    a thousand on.
    """
    found: set[int] = set()
    top: str | None = None
    # By path, each category is followed by all that is below it.
    for path, pk in Category.objects.order_by("path").values_list("path", "pk"):
        if top is not None and path.startswith(top):
            found.add(pk)
        elif pk in categories:
            found.add(pk)
            top = path
    return found
