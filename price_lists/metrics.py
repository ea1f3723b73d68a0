"""What is counted of imports: how they ended, how long they took, how many rows they had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils import timezone

from core import metrics

if TYPE_CHECKING:
    from price_lists.models import ImportRun

RUNS: Final = metrics.counter("ryad_imports", "Imports that ended, by how.", ["outcome"])
ROWS: Final = metrics.counter(
    "ryad_import_rows", "Rows of imports that were applied, by what they did.", ["change"]
)
SECONDS: Final = metrics.histogram(
    "ryad_import_seconds",
    "From the moment the import began to the moment its changes were in the catalogue, waiting for people included.",
    buckets=(5, 15, 60, 180, 600, 1800, 3600, 21600),
)


def ended(run: ImportRun) -> None:
    """Counts a run that is over, by its state."""
    RUNS.labels(run.state).inc()
    if run.state == "applied":
        for change in ("new", "changed", "unchanged", "vanished", "errors"):
            if count := run.counts.get(change, 0):
                ROWS.labels(change).inc(count)
        SECONDS.observe((timezone.now() - run.created_at).total_seconds())
