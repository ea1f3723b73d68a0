"""The operators' work on the category tree. Offers follow in chunks, so the index and the matcher learn of it."""

from __future__ import annotations

from collections.abc import Mapping

from anyascii import anyascii
from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import slugify

from catalog.errors import CategoryInUse, CategoryLoop, CategoryNameMissing
from catalog.models import Category, Offer
from catalog.services.changes import touch
from catalog.signals import category_merged

LANGUAGES = ("uk", "ru", "en")


def add_category(
    *, parent: Category | None, names: Mapping[str, str], slug: str = "", icon: str = ""
) -> Category:
    """A new last child of `parent` (a new top category without one). `names` by language; one is enough."""
    fields = _name_fields(names)
    category = Category(slug=_free_slug(slug or names.get("en") or next(iter(fields.values()))), icon=icon)
    for field, name in fields.items():
        setattr(category, field, name)
    with transaction.atomic():
        if parent is None:
            return Category.add_root(instance=category)
        return Category.objects.get(pk=parent.pk).add_child(instance=category)


def rename_category(*, category: Category, names: Mapping[str, str]) -> Category:
    """Sets the names by language; a language given as empty falls back to another one when shown."""
    for language in LANGUAGES:
        setattr(category, f"name_{language}", None)
    for field, name in _name_fields(names).items():
        setattr(category, field, name)
    category.save()
    return category


def move_category(*, category: Category, target: Category | None, position: str = "last-child") -> int:
    """Moves a category with all below it; returns how many offers moved with it.

    `position` is treebeard's: "last-child", "first-child" (below the target), "left", "right" (beside it).
    Without a target it becomes the last top category.
    """
    if target is not None and (target.pk == category.pk or target.is_descendant_of(category)):
        raise CategoryLoop(field="target")
    with transaction.atomic():
        if target is None:
            category.move(Category.get_last_root_node(), "right")
        else:
            category.move(target, position)
    return touch(offers_below(Category.objects.get(pk=category.pk)))


def merge_category(*, source: Category, target: Category) -> int:
    """Everything of `source` goes to `target`; its address keeps leading there. Returns how many offers moved.

    Subcategories move below the target. Repeating it after a crash finishes the rest.
    """
    if target.pk == source.pk or target.is_descendant_of(source):
        raise CategoryLoop(field="target")
    moved = touch(Offer.objects.filter(category=source), category=target.pk)
    with transaction.atomic():
        for child in source.get_children():
            child.move(Category.objects.get(pk=target.pk), "last-child")
        # treebeard works on the rows: what is held in memory is stale after each move
        Category.objects.filter(merged_into=source).update(merged_into=target)
        Category.objects.filter(pk=source.pk).update(is_active=False, merged_into=target)
        category_merged.send(sender=Category, source=source, target=target)
    # Below the target the offers' ancestors changed: their documents and matches must follow.
    return moved + touch(offers_below(Category.objects.get(pk=target.pk)).exclude(category=target))


def delete_category(*, category: Category) -> None:
    """Removes an empty category. One that holds anything is merged instead."""
    if category.get_children_count() or Offer.objects.filter(category=category).exists():
        raise CategoryInUse
    category.delete()


def offers_below(category: Category) -> QuerySet[Offer]:
    """Offers of the category and of all below it."""
    return Offer.objects.filter(category__path__startswith=category.path)


def _name_fields(names: Mapping[str, str]) -> dict[str, str]:
    fields = {f"name_{language}": names.get(language, "").strip() for language in LANGUAGES}
    fields = {field: name for field, name in fields.items() if name}
    if not fields:
        raise CategoryNameMissing(field="name_uk")
    return fields


def _free_slug(wish: str) -> str:
    base = slugify(anyascii(wish))[:70] or "category"
    taken = set(Category.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"
