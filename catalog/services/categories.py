"""The operators' work on the category tree. Offers follow in chunks, so the index and the matcher learn of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from anyascii import anyascii
from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import slugify

from catalog.attributes.current import renew_token
from catalog.errors import CategoryInUse, CategoryLoop, CategoryNameMissing
from catalog.locks import lock_tree
from catalog.models import (
    Category,
    CategoryAddress,
    CategoryAttribute,
    CategoryRevision,
    CategoryState,
    Offer,
)
from catalog.services.changes import touch
from catalog.signals import category_merged
from catalog.tree.enums import OPEN_REVISIONS, RevisionState
from catalog.tree.pointers import carry
from core.jobs.services import start_job

LANGUAGES = ("uk", "ru", "en")
#: Offers that a request itself brings along: some half a second. More are a job.
FOLLOWED_AT_ONCE = 5_000
FOLLOW = "catalog.follow_category"
MERGE = "catalog.merge_categories"
Report = Callable[[int, int], None]


def add_category(
    *,
    parent: Category | None,
    names: Mapping[str, str],
    slug: str = "",
    icon: str = "",
    fresh_days: int | None = None,
) -> Category:
    """A new last child of `parent` (a new top category without one). `names` by language; one is enough."""
    fields = name_fields(names)
    slug = free_slug(slug or names.get("en") or next(iter(fields.values())))
    category = Category(slug=slug, icon=icon, fresh_days=fresh_days)
    for field, name in fields.items():
        setattr(category, field, name)
    with transaction.atomic():
        lock_tree()
        renew_token()  # it inherits attributes
        if parent is None:
            return Category.add_root(instance=category)
        return Category.objects.get(pk=parent.pk).add_child(instance=category)


def rename_category(*, category: Category, names: Mapping[str, str]) -> Category:
    """Sets the names by language; a language given as empty falls back to another one when shown."""
    for language in LANGUAGES:
        setattr(category, f"name_{language}", None)
    for field, name in name_fields(names).items():
        setattr(category, field, name)
    category.save()
    return category


def move_category(
    *, category: Category, target: Category | None, position: str = "last-child", owner: str = ""
) -> int:
    """Moves a category with all below it; returns how many offers move with it.

    `position` is treebeard's: "last-child", "first-child" (below the target), "left", "right" (beside it).
    Without a target it becomes the last top category. Where many offers follow, a worker tells the index and the
    matcher of them, as a job of `owner` ("user:7").
    """
    if target is not None and (target.pk == category.pk or target.is_descendant_of(category)):
        raise CategoryLoop(field="target")
    with transaction.atomic():
        lock_tree()
        if target is None:
            category.move(Category.get_last_root_node(), "right")
        else:
            category.move(target, position)
        renew_token()
        below = offers_below(Category.objects.get(pk=category.pk))
        count = below.count()
        if count > FOLLOWED_AT_ONCE:
            start_job(
                kind=FOLLOW,
                task=FOLLOW,
                kwargs={"category_id": category.pk},
                queue="index",
                owner=owner,
                subject=f"category:{category.pk}",
                total=count,
            )
            return count
        # With the move: index and matcher would never learn of one whose process died here.
        return touch(below)


def follow_category(*, category_id: int, report: Report | None = None) -> int:
    """Tells the index and the matcher of every offer below a category that was moved; returns how many."""
    category = Category.objects.filter(pk=category_id).first()
    return 0 if category is None else touch(offers_below(category), report=report)


def request_merge(*, source: Category, target: Category, owner: str = "") -> int | None:
    """Merges at once where that is quick: how many offers moved. Else a worker does it as a job of `owner`: None."""
    check_merge(source, target)
    count = offers_below(source).count() + offers_below(target).count()
    with transaction.atomic():
        if count <= FOLLOWED_AT_ONCE:
            return merge_category(source=source, target=target)
        start_job(
            kind=MERGE,
            task=MERGE,
            kwargs={"source_id": source.pk, "target_id": target.pk},
            queue="index",
            owner=owner,
            subject=f"category:{source.pk}",
            total=count,
        )
    return None


def merge_category(*, source: Category, target: Category, report: Report | None = None) -> int:
    """Everything of `source` goes to `target`; its address keeps leading there. Returns how many offers moved.

    Subcategories move below the target. Repeating it after a crash or a stop finishes the rest.
    """
    check_merge(source, target)
    moved = touch(Offer.objects.filter(category=source), report=report, category=target.pk)
    with transaction.atomic():
        lock_tree()
        carried = close_merged(source=source, target=target)
    return moved + follow_merge(target=target, carried=carried, report=report)


def close_merged(*, source: Category, target: Category) -> int:
    """What is no offer goes over, and the source leads to the target from now on. In the caller's transaction, under
    `lock_tree`. Returns how many attributes the target has got.
    """
    for child in Category.objects.get(pk=source.pk).get_children():
        child.refresh_from_db()
        child.move(Category.objects.get(pk=target.pk), "last-child")
    # treebeard works on the rows: what is held in memory is stale after each move
    Category.objects.filter(merged_into=source).update(merged_into=target)
    Category.objects.filter(pk=source.pk).update(is_active=False, merged_into=target)
    # Nobody shows or renames by plan what is not in the tree any more.
    CategoryState.objects.filter(category=source).update(show_at=None, hide_at=None)
    CategoryRevision.objects.filter(category=source, state__in=OPEN_REVISIONS).update(
        state=RevisionState.DROPPED
    )
    # What buyers read of its goods stays: attributes that the target has not get their places there. What is switched off
    # in the source alone would switch off what the target inherits.
    had = CategoryAttribute.objects.filter(category=target).values("attribute")
    own = CategoryAttribute.objects.filter(category=source)
    told = own.filter(is_off=False)
    carried = told.exclude(attribute__in=list(had.values_list("attribute", flat=True))).update(
        category=target
    )
    own.delete()
    renew_token()
    category_merged.send(sender=Category, source=source, target=target)
    carry(source=source.pk, target=target.pk)
    return carried


def follow_merge(*, target: Category, carried: int, report: Report | None = None) -> int:
    """Below the target the offers' ancestors changed: their documents and matches must follow. Returns how many."""
    if carried:
        touch(Offer.objects.filter(category=target), report=report, consumers=("search",))
    below = offers_below(Category.objects.get(pk=target.pk)).exclude(category=target)
    return touch(below, report=report)


def check_merge(source: Category, target: Category) -> None:
    """Raises CategoryLoop where the target lies in the source."""
    if target.pk == source.pk or target.is_descendant_of(source):
        raise CategoryLoop(field="target")


def delete_category(*, category: Category) -> None:
    """Removes an empty category. One that holds anything is merged instead."""
    if category.get_children_count() or Offer.objects.filter(category=category).exists():
        raise CategoryInUse
    with transaction.atomic():
        category.delete()
        renew_token()


def offers_below(category: Category) -> QuerySet[Offer]:
    """Offers of the category and of all below it."""
    return Offer.objects.filter(category__path__startswith=category.path)


def name_fields(names: Mapping[str, str]) -> dict[str, str]:
    """Columns by name, those without a name left out. Raises CategoryNameMissing where none has one."""
    fields = {f"name_{language}": names.get(language, "").strip() for language in LANGUAGES}
    fields = {field: name for field, name in fields.items() if name}
    if not fields:
        raise CategoryNameMissing(field="name_uk")
    return fields


def free_slug(wish: str) -> str:
    """An address that no category has or had."""
    base = slugify(anyascii(wish))[:70] or "category"
    taken = set(Category.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    # an address that once was another category's leads there for ever
    taken |= set(CategoryAddress.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"
