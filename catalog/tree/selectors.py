"""Reads of the tree for the desk: one level at a time, found by name, in need of translation, waiting for approval."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

from django.db.models import Count, F, Q, QuerySet

from catalog.models import Category, CategoryRevision, CategoryState, TreeOperation
from catalog.services.categories import LANGUAGES
from catalog.tree.enums import RevisionState

#: Categories on a page of one level or of a list.
ON_PAGE = 50
_NO_STATE = CategoryState()


@dataclass(frozen=True, slots=True)
class Row:
    """A category as the tree shows it."""

    category: Category
    missing: tuple[str, ...]
    stale: tuple[str, ...]
    state: CategoryState
    above: tuple[Category, ...] = ()

    @property
    def is_draft(self) -> bool:
        """Buyers have never seen it, as far as is known."""
        return not self.category.is_active and self.state.first_shown_at is None


def in_tree() -> QuerySet[Category]:
    """Categories that are not merged into another one."""
    return Category.objects.filter(merged_into__isnull=True)


def level(parent: Category | None) -> QuerySet[Category]:
    """Children of a category, or the top, in order, each with its state."""
    rows = in_tree().select_related("tree_state").order_by("path")
    if parent is None:
        return rows.filter(depth=1)
    return rows.filter(depth=parent.depth + 1, path__startswith=parent.path)


def named(words: str) -> QuerySet[Category]:
    """Those whose name has each of the words, in any language and in the usual ways of writing capitals.

    The database compares letters as they are: SQLite knows no capitals of other alphabets.
    """
    found = []
    for word in words.split()[:6]:
        spelt = {word, word.lower(), word.capitalize(), word.upper()}
        columns = [f"name_{code}__contains" for code in LANGUAGES]
        found.append(reduce(or_, (Q(**{column: each}) for column in columns for each in spelt)))
    rows = in_tree().select_related("tree_state").order_by("path")
    return rows.filter(reduce(and_, found)) if found else rows.none()


def untranslated() -> QuerySet[Category]:
    """With a name missing, or a translation of a Ukrainian name that is another one now."""
    missing = [Q(**{f"name_{code}__isnull": True}) | Q(**{f"name_{code}": ""}) for code in LANGUAGES]
    stale = [
        ~Q(**{f"tree_state__{code}_from": ""})
        & Q(**{f"tree_state__{code}_from__isnull": False})
        & ~Q(**{f"tree_state__{code}_from": F("name_uk")})
        & Q(**{f"name_{code}__isnull": False})
        for code in ("ru", "en")
    ]
    return in_tree().filter(reduce(or_, [*missing, *stale])).select_related("tree_state").order_by("path")


def hidden() -> QuerySet[Category]:
    return in_tree().filter(is_active=False).select_related("tree_state").order_by("path")


def rows_of(categories: Iterable[Category], *, with_path: bool = False) -> list[Row]:
    """With what is above each, in one statement, where that is not plain from the page."""
    categories = list(categories)
    above: dict[str, Category] = {}
    if with_path:
        paths = {
            each.path[:end]
            for each in categories
            for end in range(Category.steplen, len(each.path), Category.steplen)
        }
        above = {each.path: each for each in Category.objects.filter(path__in=paths)} if paths else {}
    return [_row(each, above) for each in categories]


def row_of(category: Category) -> Row:
    return _row(category, {})


def _row(category: Category, above: dict[str, Category]) -> Row:
    state = getattr(category, "tree_state", None) or _NO_STATE
    missing = tuple(code for code in LANGUAGES if not getattr(category, f"name_{code}"))
    stale = tuple(
        code
        for code in ("ru", "en")
        if code not in missing
        and getattr(state, f"{code}_from")
        and getattr(state, f"{code}_from") != (category.name_uk or "")
    )
    ends = range(Category.steplen, len(category.path), Category.steplen)
    path = tuple(above[category.path[:end]] for end in ends if category.path[:end] in above)
    return Row(category, missing, stale, state, path)


def path_to(category: Category | None) -> list[Category]:
    """From the top to the category itself, in one statement."""
    if category is None:
        return []
    ends = range(Category.steplen, len(category.path) + 1, Category.steplen)
    return list(Category.objects.filter(path__in=[category.path[:end] for end in ends]).order_by("path"))


def proposals() -> QuerySet[CategoryRevision]:
    """What waits for somebody with the right to publish; the oldest first."""
    waiting = CategoryRevision.objects.filter(state=RevisionState.WAITING)
    return waiting.select_related("category").order_by("pk")


def history(category: Category) -> QuerySet[CategoryRevision]:
    """All writings of a category's fields that are worth a look, the newest first."""
    rows = CategoryRevision.objects.filter(category=category).exclude(state=RevisionState.DROPPED)
    return rows.order_by("-pk")


def operations_of(category: Category | None = None) -> QuerySet[TreeOperation]:
    """What was done to the tree, the newest first."""
    rows = TreeOperation.objects.order_by("-pk")
    return rows if category is None else rows.filter(Q(source_id=category.pk) | Q(target_id=category.pk))


def targets(words: str, *, but_not: Sequence[str], most: int = 30) -> list[Row]:
    """Shown categories to choose from by name, but those below the given paths."""
    found = named(words).filter(is_active=True)
    for path in but_not:
        found = found.exclude(path__startswith=path)
    return rows_of(found[:most], with_path=True)


def open_counts() -> dict[str, int]:
    """For the links above the tree: {"proposals", "hidden", "translate"}."""
    return {
        "proposals": proposals().count(),
        "translate": untranslated().order_by().count(),
        "hidden": in_tree().filter(is_active=False).aggregate(number=Count("pk"))["number"],
    }
