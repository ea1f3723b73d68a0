"""Undoing what was done to the tree. What people changed since is left alone, and told."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.core.serializers import deserialize
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from catalog.attributes.current import renew_token
from catalog.locks import lock_offers, lock_tree, locked_operation
from catalog.models import (
    Category,
    CategoryAddress,
    CategoryAttribute,
    CategoryCode,
    CategoryRevision,
    CategoryState,
    MovedOffers,
    Offer,
    OfferEdit,
    TreeOperation,
)
from catalog.services.categories import FOLLOWED_AT_ONCE, free_slug, offers_below
from catalog.services.changes import announce, touch
from catalog.tree import pointers
from catalog.tree.addresses import where_now
from catalog.tree.chunks import Report, word_of
from catalog.tree.enums import OperationKind, OperationState, RevisionState
from catalog.tree.errors import NotUndoable
from catalog.tree.importing import take_back
from catalog.tree.operations import AT_WORK, RUN, check_free, place, send, stop
from core import clock
from core.audit import kinds as audit_kinds
from core.audit.services import record
from core.models import Job, JobState

UNDO: Final = "catalog.undo_tree_operation"
ACTION: Final = audit_kinds.register("catalog.undo_tree_operation", _("Operation on the tree undone"))
_UNDOABLE = (OperationState.DONE, OperationState.STOPPED)


def can_undo(operation: TreeOperation) -> bool:
    return operation.state in _UNDOABLE and operation.undo_until > clock.now()


def undo(*, operation: TreeOperation, actor: str, reason: str = "") -> TreeOperation:
    """At once where that is quick, else as a job. One that stopped half-way goes on. Raises NotUndoable, TreeBusy."""
    with transaction.atomic():
        lock_tree()
        operation = locked_operation(operation.pk)
        if not can_undo(operation):
            raise NotUndoable
        check_free([operation.source_id, operation.target_id], but=operation.pk)
        operation.state, operation.actor, operation.job_id = OperationState.UNDOING, actor, None
        if not operation.before.get("undo_at"):
            operation.result = {}
        operation.before["undo_at"] = clock.now().isoformat()
        operation.save(update_fields=["state", "actor", "job_id", "before", "result"])
        record(
            actor=actor,
            action=ACTION,
            subject=f"category:{operation.source_id}",
            subject_name=operation.source_name,
            reason=reason,
            details={"operation": operation.pk, "kind": operation.kind},
        )
        if operation.moved > FOLLOWED_AT_ONCE or operation.kind == OperationKind.IMPORT:
            send(operation, total=operation.moved, kind=UNDO)
            return operation
    run_undo(operation_id=operation.pk)
    operation.refresh_from_db()
    return operation


def run_undo(*, operation_id: int, report: Report | None = None) -> dict[str, Any]:
    """Does what is left of undoing; returns {"offers", "rows", "left"}: how many went back, and how many did not."""
    with transaction.atomic():
        operation = locked_operation(operation_id)
        stopped = operation.state == OperationState.STOPPED and "undo_at" in operation.before
        if operation.state != OperationState.UNDOING and not stopped:
            return dict(operation.result)
        operation.state = OperationState.UNDOING
        operation.save(update_fields=["state"])
    try:
        result = _take_back(operation, report)
    except Exception:  # nobody may touch its categories until it says that it is not at work
        stop(operation_id=operation_id, undoing=True)
        raise
    TreeOperation.objects.filter(pk=operation.pk).update(
        state=OperationState.UNDONE, finished_at=clock.now(), result=result
    )
    return result


def revive() -> int:
    """What a request began and did not end, a worker goes on with; what its job gave up counts as stopped.

    Returns how many that were.
    """
    found = 0
    long_ago = clock.now() - dt.timedelta(minutes=5)
    for pk in list(
        TreeOperation.objects.filter(state__in=AT_WORK).order_by("pk").values_list("pk", flat=True)
    ):
        with transaction.atomic():
            operation = locked_operation(pk)
            undoing = operation.state == OperationState.UNDOING
            begun = operation.before.get("undo_at") if undoing else None
            since = dt.datetime.fromisoformat(begun) if begun else operation.created_at
            if operation.state not in AT_WORK or since >= long_ago:
                continue
            job = Job.objects.filter(pk=operation.job_id).first() if operation.job_id else None
            if job is None or (undoing and job.kind != UNDO):
                send(operation, total=operation.moved, kind=UNDO if undoing else RUN)
            elif job.state in {JobState.FAILED, JobState.CANCELLED}:
                stop(operation_id=pk, undoing=undoing)
            else:
                continue
            found += 1
    return found


def _take_back(operation: TreeOperation, report: Report | None) -> dict[str, Any]:
    if operation.kind == OperationKind.IMPORT:
        return take_back(operation, report)
    if operation.kind == OperationKind.MOVE:
        return _unmove(operation, report)
    if operation.kind == OperationKind.DELETE and operation.target_id is None:
        return _unremove(operation)
    closed = bool(operation.before.get("closed"))
    if not closed and not _is_in_tree(operation.source_id):
        # Its offers would go where nobody sees them.
        return {"offers": 0, "rows": 0, "left": operation.moved, "why": "moved_since"}
    if operation.kind == OperationKind.SPLIT:
        return _unsplit(operation, report)
    return _unmerge(operation, report)


def _is_in_tree(category_id: int | None) -> bool:
    return Category.objects.filter(pk=category_id, merged_into__isnull=True).exists()


def _unmove(operation: TreeOperation, report: Report | None) -> dict[str, Any]:
    if not operation.before.get("moved"):
        return {"offers": 0, "left": 0}
    with transaction.atomic():
        lock_tree()
        category = Category.objects.filter(pk=operation.source_id, merged_into__isnull=True).first()
        if not operation.result.get("placed"):
            if category is None or not _still_there(category, operation):
                return {"offers": 0, "left": 1, "why": "moved_since"}
            parent, left = operation.before["parent"], operation.before["left"]
            if (
                parent is not None
                and not Category.objects.filter(pk=parent, merged_into__isnull=True).exists()
            ):
                return {"offers": 0, "left": 1, "why": "parent_gone"}
            _put_back(category, parent, left)
            operation.result = {"placed": True}
            operation.save(update_fields=["result"])
    told = touch(offers_below(Category.objects.get(pk=operation.source_id)), report=report)
    return {"offers": told, "left": 0}


def _still_there(category: Category, operation: TreeOperation) -> bool:
    """Where the operation put it."""
    parent = category.get_parent()
    if operation.plan["position"] in {"left", "right"} and operation.target_id is not None:
        target = Category.objects.filter(pk=operation.target_id).first()
        return target is not None and target.is_sibling_of(category)
    return (parent.pk if parent else None) == operation.target_id


def _put_back(category: Category, parent: int | None, left: int | None) -> None:
    """Behind its neighbour of then where that is still there, else as the first of its parent."""
    beside = Category.objects.filter(pk=left).first() if left else None
    beside_parent = beside.get_parent() if beside is not None else None
    if beside is not None and (beside_parent.pk if beside_parent else None) == parent:
        place(category, beside.pk, "right")
    elif parent is not None:
        place(category, parent, "first-child")
    else:
        first = Category.get_first_root_node()
        if first.pk != category.pk:
            place(category, first.pk, "left")


def _unmerge(operation: TreeOperation, report: Report | None) -> dict[str, Any]:
    source_id, target_id, before = operation.source_id or 0, operation.target_id or 0, operation.before
    rows, left = operation.result.get("rows", 0), operation.result.get("kept", 0)
    if before.get("closed") and not operation.result.get("opened"):
        with transaction.atomic():
            lock_tree()
            source = Category.objects.filter(pk=source_id, merged_into=target_id).first()
            if source is None:  # merged further, or opened by hand
                return {"offers": 0, "rows": 0, "left": operation.moved, "why": "moved_since"}
            Category.objects.filter(pk=source_id).update(is_active=before["is_active"], merged_into=None)
            Category.objects.filter(pk__in=before["merged"], merged_into=target_id).update(
                merged_into=source_id
            )
            for child_id in before["children"]:
                child = Category.objects.filter(pk=child_id).first()
                parent = child.get_parent() if child else None
                if child is not None and parent is not None and parent.pk == target_id:
                    child.move(Category.objects.get(pk=source_id), "last-child")
                else:
                    left += 1
            _give_attributes_back(operation)
            _give_plans_back(source_id, before.get("plans", {}))
            back, kept = pointers.restore(before["pointers"], source=source_id, target=target_id)
            rows, left = rows + back, left + kept
            renew_token()
            operation.result = {"opened": True, "rows": rows, "kept": left}
            operation.save(update_fields=["result"])
    offers, kept = _chunks_back(operation, report)
    if before.get("closed"):
        below = offers_below(Category.objects.get(pk=source_id)).exclude(category=source_id)
        touch(below, report=report)
    return {"offers": offers, "rows": rows, "left": left + kept}


def _give_plans_back(category_id: int, plans: dict[str, Any]) -> None:
    moments = {name: dt.datetime.fromisoformat(at) for name, at in plans.get("moments", {}).items()}
    if moments:
        CategoryState.objects.filter(category=category_id).update(**moments)
    for pk, state in plans.get("revisions", []):
        dropped = CategoryRevision.objects.filter(pk=pk, state=RevisionState.DROPPED)
        dropped.update(state=state)


def _give_attributes_back(operation: TreeOperation) -> None:
    """Those that the target had none of before, it gives up."""
    for row in operation.before["attributes"]:
        # What was switched off did not go over.
        if not row.get("is_off") and row["attribute_id"] not in operation.before["had"]:
            CategoryAttribute.objects.filter(
                category=operation.target_id, attribute=row["attribute_id"]
            ).delete()
    CategoryAttribute.objects.bulk_create(
        [CategoryAttribute(category_id=operation.source_id, **row) for row in operation.before["attributes"]],
        ignore_conflicts=True,
    )


def _unsplit(operation: TreeOperation, report: Report | None) -> dict[str, Any]:
    offers, left = _chunks_back(operation, report)
    for pk in operation.before.get("made", []):
        with transaction.atomic():
            lock_tree()
            made = Category.objects.filter(pk=pk).first()
            if made is None:
                continue
            if made.numchild or Offer.objects.filter(category=pk).exists():
                left += 1
                continue
            # Buyers may have its address by now.
            slug = made.slug
            pointers.carry(source=pk, target=operation.source_id or 0)
            made.delete()
            CategoryAddress.objects.get_or_create(slug=slug, defaults={"category_id": operation.source_id})
            renew_token()
    return {"offers": offers, "left": left}


def _unremove(operation: TreeOperation) -> dict[str, Any]:
    before = operation.before
    if not before.get("fields"):
        return {"offers": 0, "left": 0}
    with transaction.atomic():
        lock_tree()
        fields = dict(before["fields"])
        fields["slug"] = free_slug(fields["slug"])
        above = where_now([before["parent"]]).get(before["parent"]) if before["parent"] else None
        parent = Category.objects.filter(pk=above).first() if above else None
        # Its own number: whatever was written down of it, here and in the trace, means it again.
        category = Category(pk=before.get("pk"), **fields)
        category = parent.add_child(instance=category) if parent else Category.add_root(instance=category)
        CategoryAttribute.objects.bulk_create(
            [CategoryAttribute(category=category, **row) for row in before["attributes"]],
            ignore_conflicts=True,
        )
        for row in deserialize("json", before.get("own", "[]")):
            if not (
                isinstance(row.object, CategoryCode)
                and CategoryCode.objects.filter(scheme=row.object.scheme, code=row.object.code).exists()
            ):  # else another import has taken it
                row.save()
        renew_token()
    return {"offers": 0, "left": 0, "category": category.pk}


def _chunks_back(operation: TreeOperation, report: Report | None) -> tuple[int, int]:
    """How many offers went back and how many somebody had taken elsewhere, over all tries."""
    done = 0
    for chunk_id in list(
        operation.chunks.filter(undone=False).order_by("-number").values_list("pk", flat=True)
    ):
        if report is not None:
            report(done, operation.moved)
        with transaction.atomic():
            chunk = MovedOffers.objects.get(pk=chunk_id)
            lock_offers(chunk.offers)
            edits = OfferEdit.objects.filter(offer__in=chunk.offers, field="category_id")
            edits.filter(actor=word_of(operation), value=chunk.to_category).delete()
            edits.filter(offer__in=chunk.edited, value=chunk.to_category).update(value=chunk.from_category)
            # Who said since that it belongs there, means it.
            meant = edits.exclude(offer__in=chunk.edited).filter(value=chunk.to_category)
            there = Offer.objects.filter(pk__in=chunk.offers, category=chunk.to_category)
            ids = list(
                there.exclude(pk__in=meant.values("offer")).order_by("pk").values_list("pk", flat=True)
            )
            Offer.objects.filter(pk__in=ids).update(category=chunk.from_category, version=F("version") + 1)
            announce(ids)
            chunk.undone = True
            chunk.save(update_fields=["undone"])
            held = operation.result
            operation.result = held | {
                "offers": held.get("offers", 0) + len(ids),
                "elsewhere": held.get("elsewhere", 0) + len(chunk.offers) - len(ids),
            }
            operation.save(update_fields=["result"])
        done += len(chunk.offers)
    return operation.result.get("offers", 0), operation.result.get("elsewhere", 0)


def forget_old() -> int:
    """Operations that can no longer be undone stay as a line of history; which offers they moved is forgotten."""
    deleted, _by_model = MovedOffers.objects.filter(operation__undo_until__lt=clock.now()).delete()
    return deleted
