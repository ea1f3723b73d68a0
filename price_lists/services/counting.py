"""What an import has changed, as the commands and the API tell it."""

from __future__ import annotations

from price_lists.enums import RunState
from price_lists.models import ImportRun
from price_lists.services.diffing import pending


def report_counts(run: ImportRun) -> dict[str, int]:
    """The counts that commands print: new, changed, unchanged, withdrawn, errors, held (waiting for a person).

    Of a run that was only checked: what applying it would have given.
    """
    counts = run.counts
    checked = run.state == RunState.CHECKED
    applied = run.state == RunState.APPLIED or (checked and not run.guard)
    is_held = run.state in {RunState.HELD, RunState.MAPPING, RunState.REVIEW} or (checked and bool(run.guard))
    return {
        "new": counts.get("new", 0) if applied else 0,
        "changed": counts.get("changed", 0) if applied else 0,
        "unchanged": counts.get("unchanged", 0),
        "withdrawn": counts.get("vanished", 0) if applied else 0,
        "errors": counts.get("errors", 0),
        "held": pending(counts) if is_held else 0,
    }
