"""What a run's file looks like and what its columns mean: guessed, remembered from last time, or corrected."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import replace
from typing import Any

from django.db import transaction

from price_lists import reading
from price_lists.enums import RunState
from price_lists.errors import CodesMissing, ColumnsMissing, Refusal, RunNotPossible
from price_lists.mapping.memory import Memory
from price_lists.mapping.model import Field, Mapping, plain_heading
from price_lists.mapping.recalling import decided_by_others
from price_lists.models import ImportRun, RowProblem, Source
from price_lists.reading import Inspection
from price_lists.remembering.asking import asked_about
from price_lists.remembering.layouts import by_plan
from price_lists.remembering.offering import memory_for
from price_lists.remembering.recording import remember
from price_lists.remembering.unknown import explained, only_asked, without_others, words_to_json
from price_lists.services.drafting import Terms

_TITLES = {Field.TITLE, Field.TITLE_UK, Field.TITLE_RU, Field.TITLE_EN}
_PRICES = {Field.PRICE, Field.DISCOUNT_PRICE, Field.TIER_PRICE, Field.VARIANT_PRICE}
#: Below this confidence in the names' or the prices' column nothing is applied without a person's look.
UNSURE = 0.55
_SHOWN_ROWS, _SHOWN_COLUMNS, _SHOWN_LETTERS = 30, 2048, 120


def inspect_run(*, run: ImportRun) -> ImportRun:
    """Looks at the file and settles its mapping; the run then waits for a person (`mapping`) or is read.

    A layout that was confirmed before goes on at once with what was confirmed, and so does a new list in a layout that
    the vendor confirmed for another one, or enough other vendors for theirs. A layout that changed since stops, an
    automatic import at its preview. What only other vendors said is filled in where a person looks at the columns, or
    for a layout at the preview: nothing of it is applied unseen. Raises Refusal.
    """
    if run.source.is_partial:
        from price_lists.sources.partial_staging import inspect_partial

        return inspect_partial(run=run)
    path, name = run.price_list.file.path, run.price_list.original_name
    memory = memory_for(run.vendor)
    inspection = reading.inspect(path, original_name=name, memory=memory)
    mapping, drift, layout = None, None, None
    confirmed = Mapping.from_json(run.source.mapping) if run.source.mapping else None
    if confirmed is not None:
        inspection, mapping = _as_confirmed(path, name, inspection, confirmed, memory)
        if mapping is None and inspection.refusal is None:
            drift = _drift(confirmed, inspection.mapping)
    if inspection.refusal is not None:
        if _offers_partial(run, inspection.refusal):
            return run
        raise inspection.refusal
    is_same = mapping is not None
    guess = inspection.mapping
    if confirmed is None:
        mapping, layout = _as_elsewhere(guess, memory)
    goes_on, settled = mapping is not None, mapping or guess
    if run.auto_apply and not is_same and not (layout and layout["own"]):
        # Guessed is good enough for an automatic import, if others need not help; the guard looks at how sure it is.
        alone = _unattended(path, name, guess, memory)
        goes_on = is_complete(alone)
        settled, layout = alone if goes_on else settled, None
    if goes_on and not is_same:
        settled = without_others(settled, memory)
    run.inspection = inspection_to_json(inspection) | {
        "drift": drift,
        "remembered": is_same,
        "layout_of": layout,
    }
    run.mapping = settled.to_json()
    run.state = RunState.READING if goes_on else RunState.MAPPING
    save_run(run, [RunState.UPLOADED])
    return run


def _offers_partial(run: ImportRun, refusal: Refusal) -> bool:
    """Whether a file without names tells prices or stock by article: then it waits to be asked what for."""
    from price_lists.sources.conversion import partial_instead

    layout = partial_instead(run) if refusal.code == "no_goods_found" else None
    if layout is None:
        return False
    run.inspection = {"partial": str(layout.role), "format": layout.mapping.format}
    run.mapping = layout.mapping.to_json()
    run.state = RunState.MAPPING
    save_run(run, [RunState.UPLOADED])
    return True


def guess_again(
    *,
    run: ImportRun,
    encoding: str = "",
    delimiter: str = "",
    sheets: list[str] | None = None,
    header_rows: MappingType[str, int] | None = None,
) -> ImportRun:
    """Guesses the columns anew with a person's word about the file's form. A Refusal leaves the run as it was."""
    inspection = reading.inspect(
        run.price_list.file.path,
        original_name=run.price_list.original_name,
        memory=memory_for(run.vendor),
        encoding=encoding or None,
        delimiter=delimiter or None,
        sheets=sheets or None,
        header_rows=header_rows or None,
    )
    if inspection.refusal is not None:
        raise inspection.refusal
    kept = run.inspection or {}
    run.inspection = inspection_to_json(inspection) | {"drift": kept.get("drift"), "remembered": False}
    run.mapping = inspection.mapping.to_json()
    run.staged_rows, run.counts = 0, {}
    run.state = RunState.MAPPING
    # What was read stays until the reading begins anew: this page may be out of date, and the run be applied.
    save_run(run, [RunState.MAPPING, RunState.REVIEW, RunState.HELD])
    return run


def set_mapping(*, run: ImportRun, mapping: Mapping, currency: str = "") -> ImportRun:
    """A person confirms what the columns mean; the run is then to be read with that. Locks nothing.

    Of single words only answers to those that were asked about, or were explained before, are taken. `currency` is for prices that name none; it becomes the source's. Raises ColumnsMissing, RunNotPossible.
    """
    if run.source.is_partial:
        from price_lists.sources import partial_layout

        if not partial_layout.is_complete(mapping, run.source.role):
            raise CodesMissing(field="columns")
    elif not is_complete(mapping):
        raise ColumnsMissing(field="columns")
    found = Mapping.from_json(run.mapping or {"format": mapping.format})
    mapping = only_asked(mapping, found, asked_about(run, found))
    memory = memory_for(run.vendor)
    run.mapping = replace(mapping, currency=currency or mapping.currency).to_json()
    run.inspection = (run.inspection or {}) | {"confirmed": True}
    run.staged_rows, run.applied_id, run.guard, run.counts = 0, 0, [], {}
    run.state = RunState.READING
    with transaction.atomic():
        save_run(run, [RunState.MAPPING, RunState.REVIEW, RunState.HELD])
        if not run.only_check:
            whole = not run.source.is_partial
            remember(vendor=run.vendor, mapping=mapping, whole=whole, found=found, memory=memory)
    if currency and not run.only_check:
        Source.objects.filter(pk=run.source_id).update(currency=currency)
        run.source.currency = currency
    return run


def reopen_columns(*, run: ImportRun) -> ImportRun:
    """Back from the preview to the columns."""
    run.state = RunState.MAPPING
    save_run(run, [RunState.REVIEW, RunState.HELD, RunState.MAPPING])
    return run


def terms_of(run: ImportRun, mapping: Mapping) -> Terms:
    """What rows that do not say it themselves cost in and whether VAT is in it."""
    vendor = run.vendor
    return Terms(
        currency=mapping.currency or run.source.currency or vendor.default_currency,
        vat=vendor.vat_status,
        vat_percent=vendor.vat_percent,
    )


def is_complete(mapping: Mapping) -> bool:
    """Whether every table has a column with names and one with prices."""
    return bool(mapping.tables) and all(
        fields & _TITLES and fields & _PRICES
        for fields in ({column.field for column in table.columns} for table in mapping.tables)
    )


def confidence(mapping: Mapping) -> float:
    """How sure the least sure column of names or prices is."""
    sure = [
        max((column.confidence for column in table.columns if column.field in wanted), default=0.0)
        for table in mapping.tables
        for wanted in (_TITLES, _PRICES)
    ]
    return min(sure, default=0.0)


def refusal_of(run: ImportRun) -> Refusal | None:
    """Why the whole file was refused, with its message in the reader's language."""
    said = (run.inspection or {}).get("refusal")
    return Refusal(said["code"], **said["context"]) if said else None


def _as_confirmed(
    path: str, name: str, inspection: Inspection, confirmed: Mapping, memory: Memory
) -> tuple[Inspection, Mapping | None]:
    """The inspection, and the mapping as confirmed where the layout is the same, else None.

    If the plain guess differs, the file is looked at again as the vendor had it corrected last time.
    """
    if inspection.refusal is None and inspection.mapping.signature == confirmed.signature:
        return inspection, explained(reading.adopt(confirmed, inspection), inspection.words, memory.own())
    again = reading.inspect(
        path,
        original_name=name,
        encoding=confirmed.encoding or None,
        delimiter=confirmed.delimiter or None,
        sheets=[table.sheet for table in confirmed.tables if table.sheet] or None,
        header_rows={table.sheet: table.header_row for table in confirmed.tables} or None,
        memory=memory,
    )
    if again.refusal is None and again.mapping.signature == confirmed.signature:
        return again, explained(reading.adopt(confirmed, again), again.words, memory.own())
    return inspection, None


def _as_elsewhere(guess: Mapping, memory: Memory) -> tuple[Mapping | None, dict[str, Any] | None]:
    """The mapping of a list that is new here, where its very layout was confirmed elsewhere; and by how many."""
    said = memory.layouts.get(guess.signature)
    mapping = by_plan(guess, said) if said is not None else None
    if said is None or mapping is None or not is_complete(mapping):
        return None, None
    return mapping, {"vendors": said.vendors, "own": said.own}


def _unattended(path: str, name: str, guess: Mapping, memory: Memory) -> Mapping:
    """The guess for a list that nobody looks at: others may make a heading doubtful, and it waits; never settle one."""
    if confidence(guess) < UNSURE or not decided_by_others(guess, memory):
        return guess
    return reading.inspect(path, original_name=name, memory=memory.own()).mapping


def _drift(before: Mapping, now: Mapping) -> dict[str, Any]:
    """Headings that went and came since the layout was confirmed."""
    old, new = _headings(before), _headings(now)
    return {
        "gone": [heading for plain, heading in old.items() if plain not in new][:20],
        "come": [heading for plain, heading in new.items() if plain not in old][:20],
        "format": [before.format, now.format] if before.format != now.format else [],
    }


def _headings(mapping: Mapping) -> dict[str, str]:
    return {
        plain_heading(column.heading): column.heading
        for table in mapping.tables
        for column in table.columns
        if column.heading
    }


def inspection_to_json(inspection: Inspection) -> dict[str, Any]:
    """What of an inspection is kept with its run: the beginning of each sheet, and what was found out."""
    return {
        "format": inspection.format,
        "encoding": inspection.encoding,
        "delimiter": inspection.delimiter,
        "notes": [str(note) for note in inspection.notes],
        "words": words_to_json(inspection.words),
        "details": inspection.details,
        "sheets": [
            {
                "name": sheet.name,
                "is_product_list": sheet.is_product_list,
                "row_count": sheet.row_count,
                "rows": [
                    [number, [cell[:_SHOWN_LETTERS] for cell in cells[:_SHOWN_COLUMNS]]]
                    for number, cells in sheet.rows[:_SHOWN_ROWS]
                ],
            }
            for sheet in inspection.sheets
        ],
    }


def save_run(run: ImportRun, states: list[RunState]) -> None:
    """Writes the run if it is still in one of `states`; RunNotPossible otherwise."""
    with transaction.atomic():
        moved = ImportRun.objects.filter(pk=run.pk, state__in=states).update(
            state=run.state,
            inspection=run.inspection,
            mapping=run.mapping,
            staged_rows=run.staged_rows,
            applied_id=run.applied_id,
            guard=run.guard,
            counts=run.counts,
        )
        if not moved:
            raise RunNotPossible("run_moved_on")
        if run.state == RunState.READING:
            RowProblem.objects.filter(run=run).delete()
