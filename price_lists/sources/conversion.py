"""A file that was sent as a price list and turns out to tell only prices or stock: offered as such, then taken as such."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from price_lists.enums import RunState
from price_lists.errors import Refusal, RunNotPossible
from price_lists.models import ImportRun, PriceList, Source
from price_lists.services.uploads import open_source
from price_lists.sources.enums import Precedence, Role
from price_lists.sources.partial_layout import PartialLayout, find_layout


def partial_instead(run: ImportRun) -> PartialLayout | None:
    """How a refused file would be read as one of prices or stock; None where it is none or there is nothing to tell about."""
    if not targets_for(run):
        return None
    try:
        layout = find_layout(Path(run.price_list.file.path), run.price_list.original_name)
    except Refusal:
        return None
    return None if layout.has_names else layout


def targets_for(run: ImportRun) -> list[Source]:
    """The vendor's lists that have goods, whose prices or stock a file might tell."""
    full = Source.objects.filter(vendor=run.vendor_id, role=Role.FULL, items__withdrawn=False)
    return list(full.distinct().order_by("name"))


def take_as_partial(*, run: ImportRun, target: Source | None) -> ImportRun:
    """Makes the run one of a partial source about `target` (all lists without it). Raises RunNotPossible.

    A source that the upload itself opened becomes that source; a list that has goods keeps its role, and the file moves
    to a source beside it. The next file of the same name then goes the short way by itself.
    """
    said = (run.inspection or {}).get("partial")
    if run.state != RunState.MAPPING or not said or run.source.is_partial:
        raise RunNotPossible("run_moved_on")
    if target is not None and target.is_partial:
        raise RunNotPossible("source_not_full")
    role = Role(said)
    with transaction.atomic():
        source = run.source
        if source.items.exists():
            source = open_source(vendor=run.vendor, name=f"{source.name}: {role.label}"[:120])
            if source.items.exists():
                raise RunNotPossible("source_not_partial")
        Source.objects.filter(pk=source.pk).update(
            role=role, precedence=Precedence.HIGH, target=target, mapping=None, layout="", fingerprint=""
        )
        PriceList.objects.filter(pk=run.price_list_id).update(source=source)
        moved = ImportRun.objects.filter(pk=run.pk, state=RunState.MAPPING).update(
            source=source, state=RunState.UPLOADED, inspection=None, mapping=None
        )
        if not moved:
            raise RunNotPossible("run_moved_on")
    return ImportRun.objects.select_related("vendor", "source__supply", "price_list").get(pk=run.pk)
