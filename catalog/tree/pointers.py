"""Rows of other rooms that name a category: counted before an operation, carried along by it, brought back by undo.

Each room registers its own when it is wired:

    pointers.register(Pointer("requests.lines", _("lines of requests"), RequestLine))
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.functional import Promise

#: Ids in one statement.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Pointer:
    """A foreign key to Category. `once_with`: the column that may name a category only once ("vendor_id")."""

    key: str
    label: str | Promise
    model: type[Model]
    column: str = "category_id"
    once_with: str = ""

    def rows(self) -> QuerySet[Any]:
        return self.model._default_manager.all()  # noqa: SLF001 - Django's own name for it

    def of(self, categories: Collection[int]) -> QuerySet[Any]:
        return self.rows().filter(**{f"{self.column}__in": categories})


_pointers: dict[str, Pointer] = {}


def register(pointer: Pointer) -> None:
    """By its key, so that doing it twice is once."""
    _pointers[pointer.key] = pointer


def all_pointers() -> tuple[Pointer, ...]:
    return tuple(_pointers.values())


def remember(*, source: int, target: int) -> dict[str, Any]:
    """What names `source` now, as JSON, by the pointers' keys. `both`: what names the target as well and will go."""
    found: dict[str, Any] = {}
    for pointer in all_pointers():
        rows = pointer.of([source])
        both: list[Any] = []
        if pointer.once_with:
            there = pointer.of([target]).values(pointer.once_with)
            twice = rows.filter(**{f"{pointer.once_with}__in": there})
            both = list(twice.order_by("pk").values_list(pointer.once_with, flat=True))
            rows = rows.exclude(**{f"{pointer.once_with}__in": there})
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        if ids or both:
            found[pointer.key] = {"ids": ids, "both": both}
    return found


def carry(*, source: int, target: int) -> None:
    """Whatever still names `source` names `target`. In the caller's transaction."""
    for pointer in all_pointers():
        if pointer.once_with:
            there = list(pointer.of([target]).values_list(pointer.once_with, flat=True))
            pointer.of([source]).filter(**{f"{pointer.once_with}__in": there}).delete()
        pointer.of([source]).update(**{pointer.column: target})


def restore(remembered: Mapping[str, Any], *, source: int, target: int) -> tuple[int, int]:
    """Back to `source` what still names `target`. Returns how many rows went back and how many people changed since.

    In the caller's transaction.
    """
    back = left = 0
    for pointer in all_pointers():
        held = remembered.get(pointer.key)
        if held is None:
            continue
        for ids in batched_ids(held["ids"]):
            rows = pointer.of([target]).filter(pk__in=ids)
            if pointer.once_with:
                there = list(pointer.of([source]).values_list(pointer.once_with, flat=True))
                rows = rows.exclude(**{f"{pointer.once_with}__in": there})
            done = rows.update(**{pointer.column: source})
            back, left = back + done, left + len(ids) - done
        if held["both"]:
            # Who named both and names the target no more has thought better of it.
            still = set(pointer.of([target]).values_list(pointer.once_with, flat=True))
            again = [each for each in held["both"] if each in still]
            pointer.model._default_manager.bulk_create(  # noqa: SLF001 - as above
                [pointer.model(**{pointer.once_with: each, pointer.column: source}) for each in again],
                ignore_conflicts=True,
            )
            back, left = back + len(again), left + len(held["both"]) - len(again)
    return back, left


def batched_ids(ids: Collection[int]) -> list[list[int]]:
    every = list(ids)
    return [every[start : start + _AT_ONCE] for start in range(0, len(every), _AT_ONCE)]
