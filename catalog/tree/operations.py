"""Moving, merging, splitting and deleting categories: written down first, done at once where that is quick, else as a job.

Work goes by chunks of offers; each is a transaction that also keeps what was moved and how far the work is. Repeating
it after a stop or a crash goes on there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, Final

from django.core.serializers import serialize
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.attributes.current import renew_token
from catalog.errors import CategoryLoop
from catalog.locks import lock_tree, locked_operation
from catalog.models import (
    Category,
    CategoryAttribute,
    CategoryCode,
    CategoryRevision,
    CategoryState,
    Offer,
    TreeOperation,
)
from catalog.services.categories import (
    FOLLOWED_AT_ONCE,
    add_category,
    check_merge,
    close_merged,
    follow_merge,
    offers_below,
)
from catalog.services.changes import touch
from catalog.tree import naming, pointers
from catalog.tree.chunks import Report, move_chunks
from catalog.tree.enums import OPEN_REVISIONS, OperationKind, OperationState
from catalog.tree.errors import TargetNeeded, TreeBusy
from catalog.tree.splitting import Rule, place_of, ready
from core import clock
from core.audit import kinds as audit_kinds
from core.audit.services import record
from core.jobs.services import start_job
from core.models import Job
from core.rates import current_rates

RUN: Final = "catalog.tree_operation"
#: What was done can be undone for so long.
UNDO_DAYS: Final = 14

ACTIONS: Final = {
    OperationKind.MOVE: audit_kinds.register("catalog.move_category", _("Category moved")),
    OperationKind.MERGE: audit_kinds.register("catalog.merge_category", _("Category merged")),
    OperationKind.SPLIT: audit_kinds.register("catalog.split_category", _("Category split")),
    OperationKind.DELETE: audit_kinds.register("catalog.delete_category", _("Category deleted")),
    OperationKind.IMPORT: audit_kinds.register("catalog.import_taxonomy", _("Taxonomy imported")),
}
AT_WORK: Final = (OperationState.WAITING, OperationState.RUNNING, OperationState.UNDOING)


def move(
    *,
    category: Category,
    target: Category | None,
    position: str = "last-child",
    actor: str,
    reason: str = "",
) -> TreeOperation:
    """With all below it. `position` is treebeard's; without a target to the end of the top."""
    if target is not None and (target.pk == category.pk or target.is_descendant_of(category)):
        raise CategoryLoop(field="target")
    left = category.get_prev_sibling()
    parent = category.get_parent()
    before = {"parent": parent.pk if parent else None, "left": left.pk if left else None}
    return _begin(
        OperationKind.MOVE,
        category,
        target,
        actor=actor,
        reason=reason,
        plan={"position": position},
        before=before,
        offers=offers_below(category).order_by()[: FOLLOWED_AT_ONCE + 1].count(),
    )


def merge(*, source: Category, target: Category, actor: str, reason: str = "") -> TreeOperation:
    """Everything of `source` goes to `target`, where its address leads from now on."""
    check_merge(source, target)
    return _begin(
        OperationKind.MERGE, source, target, actor=actor, reason=reason, offers=_held(source, target)
    )


def delete(*, category: Category, target: Category | None, actor: str, reason: str = "") -> TreeOperation:
    """What it holds goes to `target`, where its address leads. Without a target it must hold nothing, and goes for good.

    Raises TargetNeeded.
    """
    if target is not None:
        check_merge(category, target)
        held = _held(category, target)
    else:
        held = 0
        if not holds_nothing(category):
            raise TargetNeeded(field="target")
    return _begin(OperationKind.DELETE, category, target, actor=actor, reason=reason, offers=held)


def holds_nothing(category: Category) -> bool:
    """Whether it can simply go: nothing names it, and nobody was ever shown that it is there."""
    if category.get_children_count() or naming.named([category.pk], but_by=naming.OWN | naming.COUNTED):
        return False
    return not CategoryState.objects.filter(category=category, first_shown_at__isnull=False).exists()


def split(
    *, category: Category, rules: Sequence[Rule], shown: bool, actor: str, reason: str = ""
) -> TreeOperation:
    """Offers go by rules into new subcategories; who fits none stays. Raises RulesMissing."""
    ready(rules)
    plan = {"rules": [rule.as_json() for rule in rules], "shown": shown}
    held = Offer.objects.filter(category=category).order_by()[: FOLLOWED_AT_ONCE + 1].count()
    return _begin(OperationKind.SPLIT, category, None, actor=actor, reason=reason, plan=plan, offers=held)


def _held(source: Category, target: Category) -> int:
    """Offers that have to be written: the source's branch, and what is below the target if its attributes change."""
    most = FOLLOWED_AT_ONCE + 1
    found = offers_below(source).order_by()[:most].count()
    return found + (offers_below(target).order_by()[:most].count() if found < most else 0)


def _begin(
    kind: OperationKind,
    source: Category,
    target: Category | None,
    *,
    actor: str,
    reason: str,
    offers: int,
    plan: dict[str, Any] | None = None,
    before: dict[str, Any] | None = None,
) -> TreeOperation:
    now = clock.now()
    with transaction.atomic():
        lock_tree()
        check_free([source.pk, target.pk if target else None])
        operation = TreeOperation.objects.create(
            kind=kind,
            source_id=source.pk,
            target_id=target.pk if target else None,
            source_name=source.name,
            target_name=target.name if target else "",
            actor=actor,
            reason=reason,
            plan=plan or {},
            before=before or {},
            created_at=now,
            undo_until=now + dt.timedelta(days=UNDO_DAYS),
        )
        record(
            actor=actor,
            action=ACTIONS[kind],
            subject=f"category:{source.pk}",
            subject_name=source.name,
            reason=reason,
            details={"operation": operation.pk, "target": operation.target_id, "to": operation.target_name},
        )
        if offers > FOLLOWED_AT_ONCE:
            send(operation, total=offers)
            return operation
    # Few enough for a request. Should the process die here, the operation waits and the sweep takes it up.
    run(operation_id=operation.pk)
    operation.refresh_from_db()
    return operation


def check_free(ids: Sequence[int | None], *, but: int | None = None) -> None:
    """Under `lock_tree`. Raises TreeBusy where another operation is at work on one of these."""
    touched = [pk for pk in ids if pk is not None]
    at_work = TreeOperation.objects.filter(state__in=AT_WORK).exclude(pk=but)
    if at_work.filter(source_id__in=touched).exists() or at_work.filter(target_id__in=touched).exists():
        raise TreeBusy


def send(operation: TreeOperation, *, total: int = 0, kind: str = RUN) -> Job:
    """A worker does it."""
    job = start_job(
        kind=kind,
        task=kind,
        kwargs={"operation_id": operation.pk},
        queue="index",
        owner=operation.actor,
        subject=f"tree_operation:{operation.pk}",
        total=total,
    )
    TreeOperation.objects.filter(pk=operation.pk).update(job_id=job.pk)
    return job


def run(*, operation_id: int, report: Report | None = None) -> dict[str, Any]:
    """Does what is left of an operation; returns its result. Doing it twice is doing it once."""
    with transaction.atomic():
        operation = locked_operation(operation_id)
        if operation.state in {OperationState.DONE, OperationState.UNDOING, OperationState.UNDONE}:
            return dict(operation.result)
        if operation.before.get("undo_at"):  # what is half undone is not done on top of that
            return dict(operation.result)
        operation.state = OperationState.RUNNING
        operation.save(update_fields=["state"])
    try:
        result = _WORK[OperationKind(operation.kind)](operation, report)
    except Exception:  # a stop by its owner too; a worker that is stopped goes on later
        stop(operation_id=operation_id)
        raise
    TreeOperation.objects.filter(pk=operation_id).update(
        state=OperationState.DONE, finished_at=clock.now(), result=result
    )
    return result


def stop(*, operation_id: int, undoing: bool = False) -> None:
    """It, or its undoing, is not at work any more: it can be gone on with, or undone as far as it came."""
    at_work = [OperationState.UNDOING] if undoing else [OperationState.WAITING, OperationState.RUNNING]
    TreeOperation.objects.filter(pk=operation_id, state__in=at_work).update(state=OperationState.STOPPED)


def _run_move(operation: TreeOperation, report: Report | None) -> dict[str, Any]:
    if not operation.before.get("moved"):
        with transaction.atomic():
            lock_tree()
            category = Category.objects.get(pk=operation.source_id)
            place(category, operation.target_id, operation.plan["position"])
            operation.before["moved"] = True
            operation.save(update_fields=["before"])
    told = touch(offers_below(Category.objects.get(pk=operation.source_id)), report=report)
    TreeOperation.objects.filter(pk=operation.pk).update(moved=told)
    return {"offers": told}


def place(category: Category, target_id: int | None, position: str) -> None:
    """In the caller's transaction, under `lock_tree`."""
    target = Category.objects.filter(pk=target_id).first() if target_id else None
    if target is not None and (target.pk == category.pk or target.is_descendant_of(category)):
        raise CategoryLoop(field="target")
    if target is None:
        category.move(Category.get_last_root_node(), "right")
    else:
        category.move(target, position)
    renew_token()


def _run_merge(operation: TreeOperation, report: Report | None) -> dict[str, Any]:
    source_id = operation.source_id or 0
    if operation.target_id is None:
        return _run_removal(operation)
    move_chunks(operation, to=operation.target_id, report=report)
    if not operation.before.get("closed"):
        with transaction.atomic():
            lock_tree()
            source = Category.objects.get(pk=source_id)
            target = Category.objects.get(pk=operation.target_id)
            check_merge(source, target)
            operation.before |= {
                "is_active": source.is_active,
                "children": list(source.get_children().values_list("pk", flat=True)),
                "merged": list(Category.objects.filter(merged_into=source).values_list("pk", flat=True)),
                "attributes": _attributes_of(source_id),
                "plans": _plans_of(source_id),
                "had": list(
                    CategoryAttribute.objects.filter(category=target).values_list("attribute_id", flat=True)
                ),
                "pointers": pointers.remember(source=source_id, target=target.pk),
                "closed": True,
            }
            operation.before["carried"] = close_merged(source=source, target=target)
            operation.save(update_fields=["before"])
    # An import may have put further offers there meanwhile.
    operation.cursor = 0
    move_chunks(operation, to=operation.target_id, report=report)
    follow_merge(
        target=Category.objects.get(pk=operation.target_id),
        carried=operation.before["carried"],
        report=report,
    )
    return {"offers": operation.moved}


def _run_removal(operation: TreeOperation) -> dict[str, Any]:
    with transaction.atomic():
        lock_tree()
        category = Category.objects.filter(pk=operation.source_id).first()
        if category is not None:
            if not holds_nothing(category):
                raise TargetNeeded(field="target")
            parent, left = category.get_parent(), category.get_prev_sibling()
            operation.before = {
                "parent": parent.pk if parent else None,
                "left": left.pk if left else None,
                "fields": {
                    name: getattr(category, name)
                    for name in ("slug", "icon", "is_active", "fresh_days", "name_uk", "name_ru", "name_en")
                },
                "attributes": _attributes_of(category.pk),
                "pk": category.pk,
                # As text: it has moments in it.
                "own": serialize(
                    "json",
                    [
                        *CategoryState.objects.filter(category=category),
                        *CategoryRevision.objects.filter(category=category).order_by("pk"),
                        *CategoryCode.objects.filter(category=category).order_by("pk"),
                    ],
                ),
            }
            operation.save(update_fields=["before"])
            category.delete()
            renew_token()
    return {"offers": 0}


def _plans_of(category_id: int) -> dict[str, Any]:
    """What was to happen to a category by itself: a merge drops it."""
    state = CategoryState.objects.filter(category=category_id).first()
    moments = {name: getattr(state, name, None) for name in ("show_at", "hide_at")}
    waiting = CategoryRevision.objects.filter(category=category_id, state__in=OPEN_REVISIONS)
    return {
        "moments": {name: at.isoformat() for name, at in moments.items() if at},
        "revisions": [list(row) for row in waiting.order_by("pk").values_list("pk", "state")],
    }


def _attributes_of(category_id: int) -> list[dict[str, Any]]:
    rows = CategoryAttribute.objects.filter(category=category_id).order_by("pk").values()
    return [{name: said for name, said in row.items() if name not in {"id", "category_id"}} for row in rows]


def _run_split(operation: TreeOperation, report: Report | None) -> dict[str, Any]:
    rules = [Rule(**said) for said in operation.plan["rules"]]
    if "made" not in operation.before:
        with transaction.atomic():
            parent = Category.objects.get(pk=operation.source_id)
            made = []
            for rule in rules:
                child = add_category(parent=parent, names=rule.names)
                if not operation.plan["shown"]:
                    Category.objects.filter(pk=child.pk).update(is_active=False)
                made.append(child.pk)
            operation.before["made"] = made
            operation.save(update_fields=["before"])
    made, worked, rates = operation.before["made"], ready(rules), current_rates()

    def sort(rows: Sequence[Sequence[Any]]) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for row in rows:
            number = place_of(row, worked, rates)
            if number is not None:
                found.setdefault(made[number], []).append(row[0])
        return found

    move_chunks(operation, sort=sort, by_hand=True, report=report)
    return {"offers": operation.moved}


def _no_work(operation: TreeOperation, _report: Report | None) -> dict[str, Any]:
    raise RuntimeError(f"{operation.kind} has work of its own")


_WORK: dict[OperationKind, Callable[[TreeOperation, Report | None], dict[str, Any]]] = {
    OperationKind.MOVE: _run_move,
    OperationKind.MERGE: _run_merge,
    OperationKind.DELETE: _run_merge,
    OperationKind.SPLIT: _run_split,
    OperationKind.IMPORT: _no_work,
}


def register_work(
    kind: OperationKind, work: Callable[[TreeOperation, Report | None], dict[str, Any]]
) -> None:
    """What the import does, it tells itself: it needs this module."""
    _WORK[kind] = work
