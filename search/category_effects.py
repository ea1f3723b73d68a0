"""What of this room an operation on the tree changes: saved searches within a category, watched prices of its goods."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from catalog.tree.effects import Change, Effect, register
from catalog.tree.enums import OperationKind
from catalog.tree.pointers import batched_ids
from search.saved.models import PriceWatch, SearchKey


def connect() -> None:
    """Called once when the application starts."""
    kept = _("go on; they are about the goods, wherever these stand")
    register(
        Effect(
            "search.saved",
            _("saved searches within it"),
            _saved_searches,
            {
                OperationKind.MOVE: _("go on in the new place"),
                OperationKind.MERGE: _("go on with the other category"),
                OperationKind.DELETE: _("go on with the category that you choose"),
                OperationKind.SPLIT: _("go on, with the new subcategories"),
            },
        )
    )
    register(Effect("search.watches", _("watched prices"), _watches, dict.fromkeys(OperationKind, kept)))


def _saved_searches(change: Change) -> int:
    return sum(
        SearchKey.objects.filter(key__in=[f"c:{pk}" for pk in ids]).count()
        for ids in batched_ids(change.touched)
    )


def _watches(change: Change) -> int:
    return sum(
        PriceWatch.objects.filter(offer__category__in=ids).count() for ids in batched_ids(change.touched)
    )
