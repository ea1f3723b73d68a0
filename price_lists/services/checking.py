"""The end of an import that was only to be checked: it keeps its preview for a while and changes nothing."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from price_lists import metrics
from price_lists.enums import RunState
from price_lists.errors import RunNotPossible
from price_lists.models import ImportRun


def end_check(*, run: ImportRun) -> ImportRun:
    """Read, compared and judged: a check is over. Raises RunNotPossible if it was cancelled meanwhile."""
    now = timezone.now()
    with transaction.atomic():
        reading = ImportRun.objects.filter(pk=run.pk, state=RunState.READING, only_check=True)
        if not reading.update(state=RunState.CHECKED, finished_at=now):
            raise RunNotPossible("run_moved_on")
    run.state, run.finished_at = RunState.CHECKED, now
    metrics.ended(run)
    return run
