"""The rows of a file that only says prices or stock: the short path, without names, texts and categories. No database."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple, cast

from core.money import PRICE_SCALE, round_half_up
from price_lists.mapping.feeds import column_of
from price_lists.mapping.model import ColumnGuess, Field, Mapping, TableMapping
from price_lists.messages import issue
from price_lists.readers import FeedReader, reader_for
from price_lists.rows import RawRow, RowIssue, Severity
from price_lists.sources.enums import Role
from price_lists.sources.partial_layout import CODES, USED
from price_lists.validation.currencies import currency_code
from price_lists.validation.gtin import GtinNotTaken, parse_gtin
from price_lists.validation.numbers import NumberNotUnderstood, parse_price
from price_lists.validation.stock import Stock, parse_stock, summed
from price_lists.validation.texts import clean_code

_MAX_QUANTITY: Final = Decimal(10) ** 10


class Part(NamedTuple):
    """One row: what it says of the good with these codes. None where it says nothing of that part."""

    number: int
    sheet: str
    codes: tuple[tuple[str, str], ...]  # (Field, code), most trusted first
    amount: int | None = None  # in 1/10,000
    currency: str = ""
    old: int | None = None
    state: str = ""
    quantity: str | None = None
    days: int | None = None


def parts(path: Path, mapping: Mapping, *, role: str, currency: str) -> Iterator[Part | RowIssue]:
    """The rows, streaming. `currency` is for prices that name none. Raises Refusal for a damaged file."""
    reader = reader_for(mapping.format)
    tells_price, tells_stock = role != Role.STOCK, role != Role.PRICES
    if hasattr(reader, "field_of"):
        rows = _FeedRows(cast("FeedReader", reader), mapping, currency, price=tells_price, stock=tells_stock)
        for raw in reader.rows(path, mapping):
            yield from [raw] if isinstance(raw, RowIssue) else rows.read(raw)
        return
    tables = {
        table.sheet: _TableRows(
            table, mapping.currency or table.currency or currency, price=tells_price, stock=tells_stock
        )
        for table in mapping.tables
    }
    for raw in reader.rows(path, mapping):
        if isinstance(raw, RowIssue):
            yield raw
        elif (table := tables.get(raw.sheet)) is not None and raw.number > table.header_row:
            yield from table.read(raw.number, raw.sheet, raw.cells)


class _TableRows:
    """Compiled once for a table; a row costs some 5 µs."""

    def __init__(self, table: TableMapping, currency: str, *, price: bool, stock: bool) -> None:
        self.header_row = table.header_row
        self._decimal = table.decimal
        self._headings = {column.index: column.heading for column in table.columns}
        self._codes = tuple(
            (str(field), column.index) for field in CODES for column in table.columns if column.field == field
        )

        def one(field: Field) -> int:
            return next((column.index for column in table.columns if column.field == field), -1)

        self._price = one(Field.PRICE) if price else -1
        self._reduced = one(Field.DISCOUNT_PRICE) if price else -1
        self._old = one(Field.OLD_PRICE) if price else -1
        self._currency_column = one(Field.CURRENCY)
        self._stock = tuple(c.index for c in table.columns if c.field == Field.STOCK) if stock else ()
        self._availability = one(Field.AVAILABILITY) if stock else -1
        self._days = one(Field.ORDER_DAYS) if stock else -1
        named = next((c.currency for c in table.columns if c.field == Field.PRICE and c.currency), "")
        self._currency = named or currency
        self._width = max((column.index for column in table.columns), default=0) + 1

    def read(self, number: int, sheet: str, cells: tuple[str, ...]) -> list[Part | RowIssue]:
        if len(cells) < self._width:
            cells += ("",) * (self._width - len(cells))
        codes, issues = self._named(number, sheet, cells)
        amount, old, currency = self._priced(number, sheet, cells, issues)
        stock = self._stocked(cells)
        if stock is not None and not stock.understood:
            issues.append(
                self._issue(
                    "stock_not_understood",
                    number,
                    sheet,
                    cells,
                    self._stock[0] if self._stock else -1,
                    Severity.WARNING,
                )
            )
            stock = None
        if amount is None and stock is None:
            return list(issues)
        if not codes:
            return [*issues, self._issue("code_missing", number, sheet, cells, self._codes[0][1])]
        state, quantity, days = _plain_stock(stock)
        return [Part(number, sheet, codes, amount, currency, old, state, quantity, days), *issues]

    def _named(
        self, number: int, sheet: str, cells: tuple[str, ...]
    ) -> tuple[tuple[tuple[str, str], ...], list[RowIssue]]:
        found, issues = [], []
        for field, index in self._codes:
            if field == Field.GTIN:
                if not cells[index].strip():
                    continue
                try:
                    found.append((field, parse_gtin(cells[index])))
                except GtinNotTaken as error:
                    issues.append(
                        self._issue(str(error.args[0]), number, sheet, cells, index, Severity.WARNING)
                    )
            elif code := clean_code(cells[index]):
                found.append((field, code))
        return tuple(found), issues

    def _priced(
        self, number: int, sheet: str, cells: tuple[str, ...], issues: list[RowIssue]
    ) -> tuple[int | None, int | None, str]:
        index = self._price if self._price >= 0 else self._reduced
        if index < 0 or not cells[index].strip():
            return None, None, ""
        try:
            price = parse_price(cells[index], self._decimal)
        except NumberNotUnderstood as error:
            issues.append(self._issue(str(error.args[0]), number, sheet, cells, index))
            return None, None, ""
        amount, old = _scaled(price.amount), self._optional(cells, self._old)
        reduced = self._optional(cells, self._reduced)
        if reduced is not None and reduced < amount:
            old, amount = amount, reduced
        currency = price.currency
        if not currency and self._currency_column >= 0 and cells[self._currency_column].strip():
            currency = currency_code(cells[self._currency_column])
            if not currency:
                issues.append(self._issue("unknown_currency", number, sheet, cells, self._currency_column))
                return None, None, ""
        return amount, old if old is not None and old > amount else None, currency or self._currency

    def _optional(self, cells: tuple[str, ...], index: int) -> int | None:
        if index < 0 or not cells[index].strip():
            return None
        try:
            return _scaled(parse_price(cells[index], self._decimal).amount)
        except NumberNotUnderstood:
            return None

    def _stocked(self, cells: tuple[str, ...]) -> Stock | None:
        """None where every cell about stock is empty: then nothing is said."""
        found: Stock | None = None
        for index in self._stock:
            if cells[index].strip():
                said = parse_stock(cells[index])
                found = said if found is None else summed(found, said)
        if self._availability >= 0 and cells[self._availability].strip():
            said = parse_stock(cells[self._availability])
            if found is None:
                found = said
            elif said.understood:  # the word decides about the state, the figure stays
                found = found._replace(availability=said.availability, order_days=said.order_days)
        if found is not None and self._days >= 0 and cells[self._days].strip().isdecimal():
            found = found._replace(order_days=int(cells[self._days].strip()[:6]))
        return found

    def _issue(  # noqa: PLR0917 - where it stands and what is wrong
        self,
        code: str,
        number: int,
        sheet: str,
        cells: tuple[str, ...],
        index: int,
        severity: Severity = Severity.ERROR,
    ) -> RowIssue:
        value = cells[index] if 0 <= index < len(cells) else ""
        return issue(
            code,
            row=number,
            column=self._headings.get(index, ""),
            value=value,
            sheet=sheet,
            severity=severity,
        )


class _FeedRows:
    """A feed's elements laid out as the cells of a table with a column for each field."""

    _FIELDS: Final = tuple(field for field in Field if field in USED)

    def __init__(
        self, reader: FeedReader, mapping: Mapping, currency: str, *, price: bool, stock: bool
    ) -> None:
        self._reader = reader
        table = mapping.tables[0]
        self._places = {
            column.heading: self._FIELDS.index(Field(column.field)) if column.field in USED else -1
            for column in table.columns
        }
        columns = tuple(
            ColumnGuess(place, str(field), str(field)) for place, field in enumerate(self._FIELDS)
        )
        laid = TableMapping(columns, currency=table.currency, decimal=table.decimal)
        self._rows = _TableRows(
            laid, mapping.currency or table.currency or currency, price=price, stock=stock
        )

    def read(self, raw: RawRow) -> list[Part | RowIssue]:
        cells = [""] * len(self._FIELDS)
        for name, value in zip(raw.cells[::2], raw.cells[1::2], strict=True):
            place = self._places.get(name)
            if place is None:
                field = column_of(self._reader, name, 0).field
                place = self._places[name] = self._FIELDS.index(Field(field)) if field in USED else -1
            if place >= 0 and not cells[place]:
                cells[place] = value
        return self._rows.read(raw.number, raw.sheet, tuple(cells))


def _scaled(amount: Decimal) -> int:
    scaled = amount * PRICE_SCALE
    whole = int(scaled)
    return whole if whole == scaled else round_half_up(scaled)


def _plain_stock(stock: Stock | None) -> tuple[str, str | None, int | None]:
    if stock is None:
        return "", None, None
    quantity = None
    if stock.quantity is not None:
        quantity = f"{min(max(stock.quantity, Decimal(0)), _MAX_QUANTITY).normalize():f}"
    days = None if stock.order_days is None else max(0, min(stock.order_days, 3650))
    return str(stock.availability), quantity, days
