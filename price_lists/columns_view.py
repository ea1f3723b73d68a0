"""What the columns' page shows: the file's first rows under the meanings of its columns."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from price_lists.labels import FORMATS, GROUPS, LABELS, PRICE_KINDS
from price_lists.mapping.model import ColumnGuess, Field, Mapping, TableMapping
from price_lists.models import ImportRun
from price_lists.services.columns import UNSURE
from price_lists.words_view import words_context

#: Columns shown at once; a list of 500 has its meaningful ones first.
SHOWN = 40
_ROWS = 12
_MINOR = {Field.ATTRIBUTE, Field.ATTRIBUTE_NAME, Field.ATTRIBUTE_UNIT, Field.ATTRIBUTE_VALUE, Field.IGNORE}
#: How sure a guess is, in words; "said" is a person's word.
CERTAINTY: dict[str, Any] = {
    "said": _("Chosen by hand"),
    "good": _("Sure"),
    "warn": _("Likely"),
    "bad": _("A guess"),
}
_DECISIVE = {Field.TITLE, Field.TITLE_UK, Field.TITLE_RU, Field.TITLE_EN, Field.PRICE, Field.VARIANT_PRICE}


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column with its select; `chosen` is the field, a person's answer included."""

    name: str
    heading: str
    letter: str
    chosen: str
    label: Any
    percent: int
    sure: str  # good, warn, bad
    certainty: Any  # the same in words
    reason: str
    samples: tuple[str, ...]
    index: int
    note: str


@dataclass(frozen=True, slots=True)
class TableView:
    sheet: str
    columns: list[ColumnView]
    rows: list[tuple[int, str, list[str]]]  # number, "header", "above" or "", cells of the shown columns
    left: int  # columns not shown
    is_list: bool  # shown as a list of columns, not as the file's own table
    header_row: int


def columns_context(
    run: ImportRun, mapping: Mapping, asked: MappingType[str, Any], answers: MappingType[str, Any] | None
) -> dict[str, Any]:
    """The tables of the page. `asked` may hold `all=1`; `answers` are selects that were sent and refused."""
    inspection = run.inspection or {}
    sheets = {sheet["name"]: sheet for sheet in inspection.get("sheets", [])}
    tables = [
        _table(
            number,
            table,
            sheets.get(table.sheet),
            everything="all" in asked,
            answers=answers,
            mapping=mapping,
        )
        for number, table in enumerate(mapping.tables)
    ]
    return {
        "tables": tables,
        "groups": [(group, [(field.value, label) for field, label in fields]) for group, fields in GROUPS],
        "format_label": FORMATS.get(mapping.format, mapping.format.upper()),
        "notes": inspection.get("notes", []),
        "some_left": any(table.left for table in tables),
        "words": words_context(run, mapping),
        "known_layout": inspection.get("layout_of"),
        "doubts": [column for table in tables for column in table.columns if _is_doubtful(column)],
    }


def _is_doubtful(column: ColumnView) -> bool:
    """Whether an offer's name or price rests on a guess that nothing is applied on by itself."""
    return column.chosen in _DECISIVE and column.percent < round(UNSURE * 100)


def _table(
    number: int,
    table: TableMapping,
    sheet: dict[str, Any] | None,
    *,
    everything: bool,
    answers: MappingType[str, Any] | None,
    mapping: Mapping,
) -> TableView:
    columns = list(table.columns)
    if not everything and len(columns) > SHOWN:
        meant = [column for column in columns if column.field not in _MINOR]
        rest = [column for column in columns if column.field in _MINOR and any(column.samples)]
        kept = {column.index for column in (meant + rest)[:SHOWN]}
        columns = [column for column in columns if column.index in kept]
    if not everything:  # what holds nothing and means nothing is only in the way
        columns = [column for column in columns if column.field != Field.IGNORE or any(column.samples)]
    views = [_column(number, column, answers, is_table=mapping.is_table) for column in columns]
    rows = []
    if sheet and mapping.is_table:
        for row_number, cells in sheet["rows"]:
            if row_number < table.header_row - 3:
                continue
            shown = [cells[view.index] if view.index < len(cells) else "" for view in views]
            header = (
                table.header_row and table.header_row - table.header_rows < row_number <= table.header_row
            )
            kind = "header" if header else "above" if row_number < table.header_row else ""
            rows.append((row_number, kind, shown))
            if len(rows) >= _ROWS:
                break
    return TableView(
        sheet=table.sheet,
        columns=views,
        rows=rows,
        left=len(table.columns) - len(columns),
        is_list=not mapping.is_table or not rows,
        header_row=table.header_row,
    )


def _column(
    number: int, column: ColumnGuess, answers: MappingType[str, Any] | None, *, is_table: bool
) -> ColumnView:
    name = f"c-{number}-{column.index}"
    chosen = str((answers or {}).get(name) or column.field)
    percent = round(column.confidence * 100)
    sure = "good" if percent >= 80 else "warn" if percent >= 50 else "bad"
    return ColumnView(
        name=name,
        heading=column.heading,
        letter=_letter(column.index),
        chosen=chosen,
        label=LABELS.get(chosen, chosen),
        percent=percent,
        sure=sure,
        certainty=CERTAINTY["said" if is_table and column.confidence >= 1 else sure],
        reason=column.reason,
        samples=tuple(sample for sample in column.samples if sample)[:3],
        index=column.index,
        note=", ".join(each for each in (column.currency, _kind(column, chosen)) if each),
    )


def _kind(column: ColumnGuess, chosen: str) -> str:
    """Which further price it is; empty where the heading beside it says the same."""
    if chosen != Field.TIER_PRICE or column.kind == column.heading:
        return ""
    return str(PRICE_KINDS.get(column.kind, column.kind))


def _letter(index: int) -> str:
    """A, B … Z, AA: as spreadsheet programs name columns."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
