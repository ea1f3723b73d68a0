"""Where the tables of goods are: headers among decoration, sheets that are no lists, tables side by side."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from price_lists.mapping.columns import ColumnsGuess, guess_columns
from price_lists.mapping.grids import LEFT, PRICES
from price_lists.mapping.headers import Row, forced_header, header_places, headings_of
from price_lists.mapping.memory import NOTHING, Memory
from price_lists.mapping.model import REMARKS, ColumnGuess, Field, TableMapping, plain_heading
from price_lists.mapping.separators import guess_separator
from price_lists.mapping.vocabulary import meaning_of
from price_lists.readers.base import Peek, SheetRows
from price_lists.validation.currencies import currency_code, currency_in_heading
from price_lists.validation.numbers import NumberNotUnderstood, parse_price

_NAMES = frozenset({Field.TITLE, Field.TITLE_UK, Field.TITLE_RU, Field.TITLE_EN})
_PRICES_IN = re.compile(r"(?:цін[аи]|цен[аы]|prices?|валюта|currency|прайс)[^.\n]{0,40}", re.IGNORECASE)

_GRID_NOTES = {
    PRICES: gettext_lazy(
        "Several columns hold a price for each size or variant. Each becomes an offer of its own: confirm this, or choose the one column that is the price."
    ),
    LEFT: gettext_lazy(
        "Beside the price there are columns of sizes that hold neither a plain price nor the stock. They were left out: choose what they mean."
    ),
}


@dataclass(frozen=True, slots=True)
class FoundTables:
    tables: tuple[TableMapping, ...]
    notes: tuple[str, ...] = ()


def find_tables(
    peek: Peek,
    *,
    sheets: list[str] | None = None,
    header_rows: dict[str, int] | None = None,
    memory: Memory = NOTHING,
) -> FoundTables:
    """The tables of goods on all sheets; none if there are none."""
    found: list[tuple[SheetRows, TableMapping, float]] = []
    notes: list[str] = []
    for sheet in peek.sheets:
        if sheets is not None and sheet.name not in sheets:
            continue
        forced = (header_rows or {}).get(sheet.name)
        for table, quality in _tables_of(sheet, forced, notes, memory):
            found.append((sheet, table, quality))
    if sheets is None:
        headed = [item for item in found if item[1].header_row]
        if headed and any(
            item[2] >= 0.2 for item in headed
        ):  # tables without header only where there is none with one
            found = headed
        visible = [item for item in found if not item[0].hidden]
        found = visible or found
    return FoundTables(tuple(table for _sheet, table, _quality in found), tuple(dict.fromkeys(notes)))


def _tables_of(
    sheet: SheetRows, forced: int | None, notes: list[str], memory: Memory
) -> list[tuple[TableMapping, float]]:
    rows = sheet.rows
    if not rows:
        return []
    headers = header_places(rows) if forced is None else forced_header(rows, forced)
    made: list[tuple[TableMapping, float]] = []
    for order, (start, height) in enumerate(headers):
        end = headers[order + 1][0] if order + 1 < len(headers) else len(rows)
        for columns in _side_by_side(rows, start, height):
            headings = headings_of(rows, start, height, columns)
            columns = [index for index in columns if headings[index] != REMARKS]  # noqa: PLW2901 - without ours
            body = [cells for _number, cells in rows[start + height : end]]
            last = rows[start + height - 1][0]
            table = _table(sheet, rows, last, height, headings, body, columns, notes, memory)
            if table is not None:
                made.append(table)
    if not made and forced in {None, 0}:
        body = [cells for _number, cells in rows]
        width = max(len(cells) for cells in body)
        table = _table(sheet, rows, 0, 0, {}, body, list(range(width)), notes, memory)
        if table is not None and table[1] >= 0.5:
            made.append(table)
    return made


def _table(  # noqa: PLR0917 - all of it is about one table
    sheet: SheetRows,
    rows: list[Row],
    header_row: int,
    height: int,
    headings: dict[int, str],
    body: list[tuple[str, ...]],
    columns: list[int],
    notes: list[str],
    memory: Memory,
) -> tuple[TableMapping, float] | None:
    goods = _likely_goods(body, columns)
    if not goods:
        return None
    guess = guess_columns(headings, goods, columns, sheet.hidden_columns, memory)
    title = next((column for column in guess.columns if column.field in _NAMES), None)
    prices = [column for column in guess.columns if column.field == Field.PRICE] or [
        column for column in guess.columns if column.field == Field.VARIANT_PRICE
    ]
    if title is None or not prices:
        return None
    titles = {column.index for column in guess.columns if column.field in _NAMES}
    priced = sum(
        1
        for cells in goods
        if _is_priced(cells, prices) and any(_at(cells, index).strip() for index in titles)
    )
    if not priced or (not header_row and priced < 2):
        return None
    if header_row and priced / len(goods) < 0.1 and prices[0].confidence < 0.6:
        return None
    guess = _settle_ids(guess, goods)
    if guess.decimal_unclear:
        notes.append(
            _("It is unclear whether prices such as “1,234” have thousands or decimals: please check.")
        )
    notes += _hidden_notes(sheet, guess)
    if guess.grid in _GRID_NOTES:
        notes.append(str(_GRID_NOTES[guess.grid]))
    currency = _sheet_currency(rows, header_row, guess)
    category_columns = [column.index for column in guess.columns if column.field == Field.CATEGORY]
    separator = guess_separator(
        [_at(cells, index) for cells in goods for index in category_columns],
        [single for cells in body if (single := _only_text(cells, columns))],
    )
    with_price = [cells for cells in goods if _is_priced(cells, prices)]
    always = tuple(
        column.index
        for column in guess.columns
        if column.field in {Field.UNIT, Field.CURRENCY, Field.STOCK, Field.AVAILABILITY}
        and not (column.field == Field.STOCK and column.kind)
        and sum(1 for cells in with_price if _at(cells, column.index).strip()) >= 0.98 * len(with_price)
    )
    table = TableMapping(
        columns=guess.columns,
        always_filled=always,
        sheet=sheet.name,
        header_row=header_row,
        header_rows=height,
        currency=currency,
        decimal=guess.decimal,
        vat=guess.vat,
        unit=guess.unit,
        unit_pack=guess.pack_count,
        category_separator=separator,
    )
    return table, priced / len(goods)


def _hidden_notes(sheet: SheetRows, guess: ColumnsGuess) -> list[str]:
    """What the vendor should know about rows and columns that the file keeps from sight."""
    said: list[str] = []
    left = [
        column.heading or f"{column.index + 1}"
        for column in guess.columns
        if column.index in sheet.hidden_columns and column.field == Field.IGNORE and column.samples
    ]
    if left:
        said.append(
            _("Columns that are hidden in the file are not shown to buyers: %(names)s.")
            % {"names": ", ".join(f"“{name}”" for name in left[:5])}
        )
    if sheet.hidden_rows:
        said.append(
            ngettext(
                "%(count)d row is hidden in the file; it is read like the others. Delete it if it is not for sale.",
                "%(count)d rows are hidden in the file; they are read like the others. Delete those that are not for sale.",
                sheet.hidden_rows,
            )
            % {"count": sheet.hidden_rows}
        )
    return said


def _side_by_side(rows: list[Row], start: int, height: int) -> list[list[int]]:
    """Column groups of tables that stand next to each other under one header row."""
    cells = rows[start][1]
    width = max([len(cells), *(len(row) for _number, row in rows[start : start + 100])])
    filled = [(index, plain_heading(cell)) for index, cell in enumerate(cells) if plain_heading(cell)]
    names = [name for _index, name in filled]
    if height == 1:
        for period in range(2, len(names) // 2 + 1):
            if len(names) % period or names != names[:period] * (len(names) // period):
                continue
            fields = {meaning.field for name in names[:period] if (meaning := meaning_of(name))}
            if Field.PRICE not in fields or not fields & (_NAMES | {Field.DESCRIPTION, Field.ARTICLE}):
                continue
            starts = [filled[place][0] for place in range(0, len(names), period)]
            starts[0] = 0
            return [
                list(range(left, right)) for left, right in zip(starts, [*starts[1:], width], strict=True)
            ]
    return [list(range(width))]


def _likely_goods(body: list[tuple[str, ...]], columns: list[int]) -> list[tuple[str, ...]]:
    """Rows with at least two cells filled, one of them with a figure; the numbering row is left out."""
    goods = []
    for cells in body:
        filled = [cell for index in columns if (cell := _at(cells, index).strip())]
        if len(filled) < 2 or not any(char.isdigit() for cell in filled for char in cell):
            continue
        if is_numbering(filled):
            continue
        goods.append(cells)
    return goods


def is_numbering(filled: list[str]) -> bool:
    """The row "1 | 2 | 3 | 4" under a header."""
    return (
        len(filled) >= 3
        and all(cell.isdigit() for cell in filled)
        and [int(cell) for cell in filled] == list(range(int(filled[0]), int(filled[0]) + len(filled)))
    )


def _settle_ids(guess: ColumnsGuess, goods: list[tuple[str, ...]]) -> ColumnsGuess:
    """An identifier that differs between two prices of one article would make two offers of one good."""
    source = next((column for column in guess.columns if column.field == Field.SOURCE_ID), None)
    article = next((column for column in guess.columns if column.field == Field.ARTICLE), None)
    title = next((column for column in guess.columns if column.field in _NAMES), None)
    currency = next((column for column in guess.columns if column.field == Field.CURRENCY), None)
    if source is None or article is None or title is None or currency is None:
        return guess
    seen: dict[str, tuple[str, str, str]] = {}
    apart = together = 0
    for cells in goods:
        code = _at(cells, article.index).strip()
        if not code:
            continue
        facts = (_at(cells, title.index), _at(cells, currency.index), _at(cells, source.index))
        if code in seen:
            other = seen[code]
            if facts[2] != other[2] and facts[0] == other[0] and facts[1] != other[1]:
                together += 1
            elif facts[2] != other[2]:
                apart += 1
        seen[code] = facts
    if together and together > apart * 4:
        columns = tuple(_demoted(column) if column is source else column for column in guess.columns)
        return replace(guess, columns=columns)
    return guess


def _demoted(column: ColumnGuess) -> ColumnGuess:
    return ColumnGuess(
        index=column.index,
        heading=column.heading,
        field=str(Field.IGNORE),
        confidence=0.7,
        reason=_("one article stands under several of these, with prices in different currencies"),
        samples=column.samples,
    )


def _sheet_currency(rows: list[Row], header_row: int, guess: ColumnsGuess) -> str:
    """The currency that the price's heading tells, else a line above such as "Ціни в грн з ПДВ"."""
    if guess.currency:
        return guess.currency
    named: set[str] = set()
    for number, cells in rows:
        if number >= header_row:
            break
        for cell in cells:
            for match in _PRICES_IN.finditer(cell):
                code = currency_in_heading(match.group())
                if code:
                    named.add(code)
            if len(cell) <= 12 and currency_code(cell) and not cell.strip().isdigit():
                named.add(currency_code(cell))
    return named.pop() if len(named) == 1 else ""


def _only_text(cells: tuple[str, ...], columns: list[int]) -> str:
    filled = [cell for index in columns if (cell := _at(cells, index).strip())]
    return filled[0] if len(filled) == 1 else ""


def _is_priced(cells: tuple[str, ...], prices: list[ColumnGuess]) -> bool:
    for column in prices:
        try:
            parse_price(_at(cells, column.index))
        except NumberNotUnderstood as error:
            if error.args[0] not in {"price_by_agreement", "price_from"}:
                continue
        return True
    return False


def _at(cells: tuple[str, ...], index: int) -> str:
    return cells[index] if index < len(cells) else ""
