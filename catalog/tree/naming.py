"""Whatever in the database names a category and would go, or forget it, with its row."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db.models import Model

from catalog.models import (
    Category,
    CategoryAttribute,
    CategoryCode,
    CategoryRevision,
    CategoryState,
    Coverage,
    CoverageDay,
    CoverageMark,
)

#: Counted anew from offers: nobody misses them.
COUNTED: Final = frozenset({Coverage, CoverageDay, CoverageMark})
#: A deleted category's own, which undoing brings back.
OWN: Final = frozenset({CategoryState, CategoryRevision, CategoryAttribute, CategoryCode})


def named(ids: Collection[int], *, but_by: Collection[type[Model]]) -> set[int]:
    """Which of these categories rows of other models name, of each room's."""
    found: set[int] = set()
    for relation in Category._meta.get_fields(include_hidden=True):  # noqa: SLF001 - Django's own name for it
        model = relation.related_model
        # Many-to-many ones are met as the rows between.
        if not relation.auto_created or relation.concrete or relation.many_to_many or model in but_by:
            continue
        if not isinstance(model, type):
            continue
        column = relation.field.attname  # type: ignore[union-attr]  # of a relation that is not concrete
        rows = model._default_manager.filter(**{f"{column}__in": ids}).order_by()  # noqa: SLF001 - as above
        found |= set(rows.values_list(column, flat=True).distinct())
    return found
