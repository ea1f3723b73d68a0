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
    kinds.register(undoing.UNDO, label=_("Undoing an operation on the category tree"))
    effects.connect()


def _stopped(job: Job) -> None:
    operations.stop(operation_id=job.kwargs["operation_id"])


def _goes_on(job: Job) -> None:
    from catalog.models import TreeOperation

    with transaction.atomic():
        TreeOperation.objects.filter(pk=job.kwargs["operation_id"], state=OperationState.STOPPED).update(
            state=OperationState.WAITING
        )
