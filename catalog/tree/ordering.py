"""Single steps in the tree, by buttons, keys or a mouse. What has weight is shown before it is done."""

from __future__ import annotations

from typing import Final, NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.errors import CategoryLoop
from catalog.locks import lock_tree
from catalog.models import Category, Offer
from catalog.tree import operations
from core.audit import kinds as audit_kinds
from core.audit.services import record
from core.errors import InvalidInput

ORDERED: Final = audit_kinds.register("catalog.order_category", _("Category put elsewhere in its row"))


class Step(NamedTuple):
    """`preview`: (target, position) of a move that people should see first, as offers go along."""

    changed: bool
    preview: tuple[int | None, str] | None = None


def step(*, category: Category, step: str, beside: Category | None, actor: str) -> Step:
    """One of "up" and "down" among its neighbours, "in" below the one before it, "out" beside its parent; with `beside`
    "left" and "right" of it, and "into" it. Raises CategoryLoop.
    """
    with transaction.atomic():
        lock_tree()
        category = Category.objects.get(pk=category.pk)
        target, position = _place(category, step, beside)
        if target is None:
            return Step(changed=False)
        if target.pk == category.pk or target.is_descendant_of(category):
            raise CategoryLoop(field="target")
        if position in {"left", "right"} and target.is_sibling_of(category):
            category.move(target, position)
            record(
                actor=actor,
                action=ORDERED,
                subject=f"category:{category.pk}",
                subject_name=category.name,
                details={"beside": target.pk, "position": position},
            )
            return Step(changed=True)
    if category.numchild or Offer.objects.filter(category=category.pk).exists():
        return Step(changed=False, preview=(target.pk, position))
    operations.move(category=category, target=target, position=position, actor=actor)
    return Step(changed=True)


def _place(category: Category, step: str, beside: Category | None) -> tuple[Category | None, str]:
    if beside is not None and step in {"left", "right"}:
        return beside, step
    if beside is not None and step == "into":
        return beside, "last-child"
    if step == "out":
        return category.get_parent(), "right"
    if step not in {"up", "down", "in"}:
        raise InvalidInput("unknown_step")
    # Neighbours that were merged into others stand between, unseen.
    shown = category.get_siblings().filter(merged_into__isnull=True)
    if step == "down":
        return shown.filter(path__gt=category.path).order_by("path").first(), "right"
    before = shown.filter(path__lt=category.path).order_by("-path").first()
    return before, "left" if step == "up" else "last-child"
