"""A sheet given as rows, understood as if it had come out of a file, and its offers in a form to compare."""

from __future__ import annotations

from price_lists.mapping.model import Mapping
from price_lists.mapping.sorting import sorted_rows
from price_lists.mapping.tables import FoundTables, find_tables
from price_lists.readers.base import Peek, SheetRows
from price_lists.rows import OfferRow, RawRow, RowIssue
from price_lists.validation.normalise import TableNormaliser

Rows = list[list[object]]


def as_cells(row: list[object]) -> tuple[str, ...]:
    """Cells as the readers give them: whole figures without a fraction, nothing after the last filled one."""
    cells = []
    for value in row:
        if isinstance(value, float):
            cells.append(str(int(value)) if value.is_integer() else format(value, ".15g"))
        else:
            cells.append("" if value is None else str(value))
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def found(rows: Rows, **more: object) -> FoundTables:
    return find_tables(Peek([_sheet(rows, **more)]))


def understood(rows: Rows, **more: object) -> tuple[list[OfferRow], list[RowIssue], FoundTables]:
    """Offers, issues and what was found; `more` are further facts of the sheet (hidden columns, say)."""
    sheet = _sheet(rows, **more)
    tables = find_tables(Peek([sheet]))
    mapping = Mapping("xlsx", tables.tables)
    normalisers = [TableNormaliser(mapping, table) for table in mapping.tables]
    offers: list[OfferRow] = []
    issues: list[RowIssue] = []
    for item in sorted_rows((RawRow("", number, cells) for number, cells in sheet.rows), mapping):
        said = [item] if isinstance(item, RowIssue) else normalisers[item[0].table](item[0])
        for one in said:
            (offers if isinstance(one, OfferRow) else issues).append(one)  # type: ignore[arg-type]  # told apart
    return offers, issues, tables


def _sheet(rows: Rows, **more: object) -> SheetRows:
    numbered = [(number, cells) for number, row in enumerate(rows, 1) if (cells := as_cells(row))]
    return SheetRows("", numbered, **more)  # type: ignore[arg-type]  # as the caller names them
