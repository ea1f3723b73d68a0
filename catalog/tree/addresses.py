"""Addresses of categories that lead elsewhere by now: merged, deleted or renamed ones, also one after another."""

from __future__ import annotations

from collections.abc import Iterable

from catalog.models import Category, CategoryAddress

#: Steps of a chain. Merging keeps chains at one step; undoing and rows of old may leave longer ones.
_LONGEST = 20


def category_at(slug: str) -> Category | None:
    """Where this address leads now, shown or not; None if no category ever had it."""
    category = Category.objects.filter(slug=slug).first()
    if category is None:
        old = CategoryAddress.objects.select_related("category").filter(slug=slug).first()
        category = old.category if old is not None else None
    seen: set[int] = set()
    while category is not None and category.merged_into_id is not None:
        if category.pk in seen or len(seen) >= _LONGEST:
            return None
        seen.add(category.pk)
        category = Category.objects.filter(pk=category.merged_into_id).first()
    return category


def where_now(ids: Iterable[int]) -> dict[int, int]:
    """Into which category of the tree each of these went by now, itself if into none. Those that are gone are left out."""
    wanted = set(ids)
    into: dict[int, int | None] = {}
    ahead = wanted
    for _step in range(_LONGEST):
        if not ahead:
            break
        into.update(Category.objects.filter(pk__in=ahead).values_list("pk", "merged_into_id"))
        ahead = {pk for pk in into.values() if pk is not None} - into.keys()
    found = {}
    for pk in wanted & into.keys():
        at, seen = pk, {pk}
        while (after := into.get(at)) is not None and after not in seen:
            seen.add(after)
            at = after
        if at in into and into[at] is None:
            found[pk] = at
    return found
