"""Files that only say prices or stock: which column names the good and which says what. No database."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from price_lists import reading
from price_lists.errors import NoGoodsFound
from price_lists.mapping.looks import decimal_mark, look_at
from price_lists.mapping.model import ColumnGuess, Field, Mapping, TableMapping
from price_lists.mapping.vocabulary import heading_currency, meaning_of
from price_lists.readers import Peek, SheetRows, recognise
from price_lists.sources.enums import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

#: By which a good is named, in the order of trust.
CODES: Final = (Field.SOURCE_ID, Field.ARTICLE, Field.MPN, Field.GTIN)
PRICES: Final = frozenset({Field.PRICE, Field.DISCOUNT_PRICE})
STOCK: Final = frozenset({Field.STOCK, Field.AVAILABILITY})
_TITLES: Final = frozenset({Field.TITLE, Field.TITLE_UK, Field.TITLE_RU, Field.TITLE_EN})
USED: Final = frozenset({*CODES, *PRICES, *STOCK, Field.OLD_PRICE, Field.CURRENCY, Field.ORDER_DAYS})
_SEARCHED: Final = 60
_SAMPLE: Final = 200
_MAX_QUANTITY: Final = Decimal(10) ** 10
_HAS_NAMES: Final = "has_names"  # option: the file tells goods by name too


@dataclass(frozen=True, slots=True)
class PartialLayout:
    """How a file would be read as one that only says prices or stock."""

    mapping: Mapping
    role: Role
    has_names: bool  # it might as well be a whole price list
    is_sure: bool  # headings say so, nothing was guessed from the look of figures
    preview: tuple[SheetRows, ...] = ()
    details: dict[str, Any] | None = None


def find_layout(path: Path, original_name: str = "") -> PartialLayout:
    """Raises Refusal where no column with codes stands beside prices or stock."""
    format_name, reader = recognise(path)
    peek = reader.peek(path, format_name)
    if hasattr(reader, "field_of"):
        inspection = reading.inspect(path, original_name=original_name)
        if inspection.refusal is not None:
            raise inspection.refusal
        return _of_mapping(inspection.mapping, tuple(peek.sheets))
    tables = [table for sheet in peek.sheets if not sheet.hidden for table in _tables(sheet)]
    if not tables:
        tables = [table for sheet in peek.sheets[:1] for table in _headless(sheet)]
    if not tables:
        inspection = reading.inspect(path, original_name=original_name)
        if inspection.refusal is not None:
            raise NoGoodsFound("html_page" if format_name == "html" else "no_parts_found")
        return _of_mapping(inspection.mapping, tuple(peek.sheets))
    names = any(meaning_field(column.heading) in _TITLES for table in tables for column in table.columns)
    mapping = Mapping(
        format_name, tuple(tables), peek.encoding, peek.delimiter, options=_options(peek, names=names)
    )
    return PartialLayout(
        mapping,
        role_of(mapping),
        names,
        all(table.header_row for table in tables),
        tuple(peek.sheets),
        dict(peek.details),
    )


def why_not_partial(path: Path, original_name: str = "") -> None:
    """Raises the Refusal that a file would meet as a partial source's next version."""
    find_layout(path, original_name)


def role_of(mapping: Mapping) -> Role:
    """What the columns tell, whatever the source is for."""
    fields = {column.field for table in mapping.tables for column in table.columns}
    if fields & PRICES:
        return Role.BOTH if fields & STOCK else Role.PRICES
    return Role.STOCK


def is_complete(mapping: Mapping, role: str) -> bool:
    """Whether every table names goods by a code and says what the source is for."""
    wanted = {Role.PRICES: PRICES, Role.STOCK: STOCK}.get(Role(role), PRICES | STOCK)
    return bool(mapping.tables) and all(
        fields & set(CODES) and fields & wanted
        for fields in ({column.field for column in table.columns} for table in mapping.tables)
    )


def meaning_field(heading: str) -> Field | None:
    meaning = meaning_of(heading.strip())
    return meaning.field if meaning else None


# Finding the columns --------------------------------------------------------------------------------------


def _tables(sheet: SheetRows) -> list[TableMapping]:
    for place, (number, cells) in enumerate(sheet.rows[:_SEARCHED]):
        columns = _headed(cells)
        if columns:
            body = [row for _number, row in sheet.rows[place + 1 : place + 1 + _SAMPLE]]
            return [_table(sheet.name, number, columns, body)] if _has_values(columns, body) else []
    return []


def _headed(cells: Sequence[str]) -> list[ColumnGuess]:
    """The columns under these headings; none unless a code and a price or stock are among them."""
    meanings = [(index, cell.strip(), meaning_of(cell.strip())) for index, cell in enumerate(cells)]
    priced = [(m.rank, index) for index, _cell, m in meanings if m and m.field == Field.PRICE]
    main = min(priced)[1] if priced else -1
    columns, seen = [], set()
    for index, heading, meaning in meanings:
        field = meaning.field if meaning else Field.IGNORE
        alone = field not in {Field.STOCK, Field.GTIN}
        if (
            field not in USED | _TITLES
            or (field == Field.PRICE and index != main)
            or (alone and field in seen)
        ):
            field = Field.IGNORE
        seen.add(field)
        columns.append(
            ColumnGuess(
                index,
                heading,
                str(field),
                meaning.weight if meaning else 0.0,
                currency=heading_currency(heading),
            )
        )
    fields = {column.field for column in columns}
    return columns if fields & set(CODES) and fields & (PRICES | STOCK) else []


def _headless(sheet: SheetRows) -> list[TableMapping]:
    """Two or three columns without headings: one of codes that never repeat, then a price, then perhaps a stock."""
    body = [cells for _number, cells in sheet.rows[:_SAMPLE]]
    width = max((len(cells) for cells in body), default=0)
    if not 2 <= width <= 3 or len(body) < 2:
        return []
    looks = [
        look_at([cells[index] if index < len(cells) else "" for cells in body]) for index in range(width)
    ]
    first, *others = looks
    if first.distinct < 0.95 or first.fill < 0.95 or first.words > 0.05 or first.fraction > 0.05:
        return []
    if any(look.price < 0.9 for look in others):
        return []
    code = Field.GTIN if first.gtin > 0.9 else Field.ARTICLE
    fields = [code, Field.PRICE, Field.STOCK][:width]
    columns = [ColumnGuess(index, "", str(field), 0.4) for index, field in enumerate(fields)]
    return [_table(sheet.name, 0, columns, body)]


def _table(
    sheet: str, header_row: int, columns: list[ColumnGuess], body: list[tuple[str, ...]]
) -> TableMapping:
    price = next((column for column in columns if column.field == Field.PRICE), None)
    values = [cells[price.index] for cells in body if price and price.index < len(cells)]
    return TableMapping(
        columns=tuple(
            ColumnGuess(
                column.index,
                column.heading,
                column.field,
                column.confidence,
                samples=tuple(cells[column.index][:80] for cells in body[:3] if column.index < len(cells)),
                currency=column.currency,
            )
            for column in columns
        ),
        sheet=sheet,
        header_row=header_row,
        header_rows=1 if header_row else 0,
        currency=price.currency if price else "",
        decimal=decimal_mark(values)[0],
    )


def _has_values(columns: list[ColumnGuess], body: list[tuple[str, ...]]) -> bool:
    codes = [column.index for column in columns if column.field in CODES]
    said = [column.index for column in columns if column.field in PRICES | STOCK]
    return any(
        any(index < len(cells) and cells[index].strip() for index in codes)
        and any(index < len(cells) and cells[index].strip() for index in said)
        for cells in body
    )


def _of_mapping(mapping: Mapping, preview: tuple[SheetRows, ...]) -> PartialLayout:
    """A whole price list or feed, of which only codes, prices and stock are used."""
    fields = {column.field for table in mapping.tables for column in table.columns}
    if not fields & set(CODES):
        raise NoGoodsFound("no_parts_found")
    return PartialLayout(mapping, role_of(mapping), has_names=True, is_sure=True, preview=preview)


def _options(peek: Peek, *, names: bool) -> dict[str, str]:
    return dict(peek.options) | ({_HAS_NAMES: "yes"} if names else {})
