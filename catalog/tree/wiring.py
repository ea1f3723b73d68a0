"""What the tree registers when the application starts: kinds of jobs, the catalogue's own lines of previews."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.tree import effects, operations, undoing
from catalog.tree.enums import OperationState
from core.jobs import kinds

if TYPE_CHECKING:
    from core.models import Job


def connect() -> None:
    kinds.register(
        operations.RUN, label=_("Operation on the category tree"), on_cancel=_stopped, on_retry=_goes_on
    )
    kinds.register(
        undoing.UNDO,
        label=_("Undoing an operation on the category tree"),
        on_cancel=_undoing_stopped,
        on_retry=_undoing_goes_on,
    )
    effects.connect()


def _stopped(job: Job) -> None:
    operations.stop(operation_id=job.kwargs["operation_id"])


def _goes_on(job: Job) -> None:
    _take_up(job, OperationState.WAITING)


def _undoing_stopped(job: Job) -> None:
    operations.stop(operation_id=job.kwargs["operation_id"], undoing=True)


def _undoing_goes_on(job: Job) -> None:
    _take_up(job, OperationState.UNDOING)


def _take_up(job: Job, state: OperationState) -> None:
    from catalog.locks import lock_tree, locked_operation

    with transaction.atomic():
        lock_tree()
        operation = locked_operation(job.kwargs["operation_id"])
        is_undo = "undo_at" in operation.before
        # The doing of what is half undone has no more to do; the job ends at once.
        if operation.state != OperationState.STOPPED or is_undo != (state == OperationState.UNDOING):
            return
        operations.check_free([operation.source_id, operation.target_id], but=operation.pk)
        operation.state, operation.job_id = state, job.pk
        operation.save(update_fields=["state", "job_id"])
